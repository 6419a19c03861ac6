/** An example to paint over: an input that the model never learned from. Runs in the task worker. */
import type { Region } from '../../../preload/contract/schemas.ts';
import type { PictureRef } from '../../engine/data/datasets.ts';
import { UserError } from '../../errors.ts';
import { bringPicture, type Frame } from './bring-in.ts';
import { flatColours, inputsIn } from './palette.ts';

/** So many are looked at: held-out names come in a random order, so the first are as good as any. */
const LOOKED_AT = 12;

/** The first held-out inputs that are still there. */
export function examplesIn(dataset: string, heldOut: readonly string[]): PictureRef[] {
  const inputs = new Map(inputsIn(dataset).map(({ name, input }) => [name, input]));
  return heldOut.flatMap((name) => inputs.get(name) ?? []).slice(0, LOOKED_AT);
}

/** The most colourful of the examples, as large as the frame: the model sees it at the size that it learned. @throws UserError */
export async function bringExample({
  dataset,
  heldOut,
  ...frame
}: Frame & { dataset: string; heldOut: readonly string[] }): Promise<Region> {
  const counted = await Promise.all(
    examplesIn(dataset, heldOut).map(async (input) => ({ input, colours: await flatColours(input) })),
  );
  const best = counted.sort((a, b) => b.colours - a.colours)[0];
  if (!best) throw new UserError('None of the pictures that were held out is there any more');
  return bringPicture({ ...best.input, ...frame, enlarge: true });
}
