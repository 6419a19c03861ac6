/** What a preset says of a draft: its size, its time, and each setting of the family. */
import type { Field, Preset } from '../../../../preload/contract/index.ts';
import type { Draft } from './validate.ts';

type Said = Pick<Draft, 'size' | 'minutes' | 'settings'>;

/** What a draft becomes by a preset. */
export const saidBy = ({ size, minutes, settings }: Preset, fields: readonly Field[]): Said => ({
  ...{ size, minutes },
  settings: Object.fromEntries(fields.map(({ name, preset }) => [name, settings[name] ?? preset])),
});

/** Whether a draft is still as a preset says. */
export function isAs(draft: Said, preset: Preset, fields: readonly Field[]): boolean {
  const said = saidBy(preset, fields);
  return (
    draft.size === said.size &&
    draft.minutes === said.minutes &&
    fields.every(({ name }) => draft.settings[name] === said.settings[name])
  );
}
