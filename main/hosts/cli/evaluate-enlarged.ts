/** How well an upscaler brings back the held-out pictures of a dataset, beside a bicubic filter. */
import { openUpscaler } from '../../engine/inference/upscale-files.ts';
import type { Scores } from '../../engine/metrics/metrics.ts';
import { READERS } from '../../engine/data/readers.ts';
import { EnlargingTotal, enlargeBy, FILTERS, PLAIN, taskOf } from './enlarge.ts';
import type { Output } from './output.ts';
import { UNVARIED } from '../../engine/processes/messages.ts';

export interface HeldOutPart {
  dataset: string;
  holdout: number;
  seed: number;
}

/** @throws UserError when nothing is held out, or the model is none */
export async function evaluateEnlarged(
  model: { file: string; title: string },
  part: HeldOutPart,
  output: Output,
): Promise<{ model: Scores; bicubic: Scores }> {
  const opened = READERS.pictures({
    ...{ ...part, kind: 'pictures', size: 1, channels: 3, batch: 1, emphasis: null, only: null },
    augment: UNVARIED,
  });
  const cards = opened.decks[0]!.heldOut;
  const upscaler = openUpscaler(model);
  const totals = { model: new EnlargingTotal(), bicubic: new EnlargingTotal() };
  try {
    for (const [i, { name, pictures }] of cards.entries()) {
      const { truth, small } = await taskOf(pictures[0]!.file, upscaler.scale, FILTERS.bicubic);
      totals.model.add(await enlargeBy(upscaler)(small, truth), truth, upscaler.scale);
      totals.bicubic.add(await PLAIN.bicubic(small, truth), truth, upscaler.scale);
      output.progress(i + 1, cards.length, name);
    }
  } finally {
    upscaler.release();
    output.end();
  }
  return { model: totals.model.scores(), bicubic: totals.bicubic.scores() };
}
