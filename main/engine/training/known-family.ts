/** The family that a training names, before anything is begun with it. */
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { UserError } from '../../errors.ts';

/** @throws UserError when there is no such family, or its networks cannot take pictures of this size or with alpha */
export function requireFamily(id: string, { size, channels }: { size: number; channels: number }): Family {
  const family = FAMILIES.get(id);
  if (!family) throw new UserError(`There is no family "${id}"; there are: ${[...FAMILIES.keys()].join(', ')}`);
  const refused = family.refuseSize(size);
  if (refused) throw new UserError(`Size ${size} will not do: ${refused}`);
  if (family.opaque && channels === 4)
    throw new UserError(
      `${family.title} learns colours alone (--channels rgb); its models keep transparency all the same`,
    );
  return family;
}
