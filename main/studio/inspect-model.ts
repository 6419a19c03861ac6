/** What a model file says about itself. Runs in the darkroom: a file from elsewhere is hostile until it was read. */
import { readModelFile } from '../engine/snapshot.ts';
import { requireFamily } from '../engine/known-family.ts';
import { UserError } from '../errors.ts';

export interface ModelFacts {
  family: string;
  size: number | null;
  channels: number | null;
  steps: number | null;
}

const whole = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;

/** @throws UserError when it is not a model that Maquette trained */
export function inspectModel(file: string): ModelFacts {
  const { metadata } = readModelFile(file);
  const family = metadata['maquette.family'];
  if (!family)
    throw new UserError(`${file} is not a model that Maquette trained; models of other tools cannot be used yet`);
  return {
    family,
    size: whole(metadata['maquette.size']),
    channels: whole(metadata['maquette.channels']),
    steps: whole(metadata['maquette.steps']),
  };
}

/** What a training needs to know to go on with a model. */
export interface ModelShape {
  family: string;
  size: number;
  channels: 3 | 4;
  settings: Record<string, unknown>;
}

/** @throws UserError when it is not a model that can be trained further */
export function modelShape(file: string): ModelShape {
  const { metadata } = readModelFile(file);
  const [size, channels] = [whole(metadata['maquette.size']), whole(metadata['maquette.channels'])];
  if (size === null || (channels !== 3 && channels !== 4))
    throw new UserError(`${file} does not say what pictures it takes; it cannot be taught`);
  const family = requireFamily(metadata['maquette.family'] ?? '', size);
  const settings = family.settings.safeParse(JSON.parse(metadata['maquette.settings'] ?? '{}'));
  if (!settings.success) throw new UserError(`${file} has settings that its family does not know; it cannot be taught`);
  return { family: family.id, size, channels, settings: settings.data };
}
