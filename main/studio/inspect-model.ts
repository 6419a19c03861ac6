/** What a model file says about itself. Runs in the darkroom: a file from elsewhere is hostile until it was read. */
import { readModelFile } from '../engine/snapshot.ts';
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
