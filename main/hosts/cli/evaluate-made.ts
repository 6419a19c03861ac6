/** How good a generator is: what it makes beside pictures that it never saw, and beside those that it learned from. */
import { Random } from '../../../models/graph/random.ts';
import { MinibatchSource } from '../../engine/data/minibatches.ts';
import { Generator, seedAt, traitsThat, wishFor } from '../../engine/inference/generator.ts';
import {
  AgreementTotal,
  LabelReader,
  type Agreement,
  type Labels,
  type Learned,
} from '../../engine/metrics/agreement.ts';
import { LearnedPictures } from '../../engine/metrics/nearest.ts';
import { toUnit, type PlaneShape } from '../../engine/metrics/metrics.ts';
import { measureCodes, type CodeScore } from '../../engine/metrics/codes.ts';
import { measureSliders, type SliderScore } from '../../engine/metrics/sliders.ts';
import { spreadOf } from '../../engine/metrics/originality.ts';
import { small } from '../../engine/metrics/small.ts';
import { SlicedWasserstein } from '../../engine/metrics/swd.ts';
import { toPlanar } from '../../engine/pictures/pictures.ts';
import { UNVARIED, type LoaderSettings } from '../../engine/processes/messages.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { UserError } from '../../errors.ts';
import type { Output } from './output.ts';

export interface MadeScores {
  /** Pictures that were held out; as many are made. */
  n: number;
  /** Sliced Wasserstein distance x 1000 of the made pictures to those held out, and of learned ones to them. */
  swd: number;
  swdReal: number;
  /** How far made pictures are from each other on average, where 1 is how far those held out are. */
  variety: number;
  /** Share of the made pictures that are copies of learned ones. */
  copies: number;
  /** How often the label that was asked for is seen; null where no label of the pictures can be asked for. */
  agreement: SeenLabels | null;
  /** What named sliders change; null where that was not to be measured, or the pictures have no labels. */
  sliders: SliderScore[] | null;
  /** What the codes change that it learned by itself; null where the pictures have no labels. */
  codes: CodeScore[] | null;
}

/** How often asked labels are seen in made pictures, and how often whoever looks is right about real ones. */
export interface SeenLabels {
  made: Agreement;
  real: Agreement;
}

/** Pictures are compared with learned ones at this side, in pixels. */
const SMALL = 32;
const SEED = 1;

/** @throws UserError */
export async function evaluateMade(
  file: string,
  {
    threads,
    sliders,
    ...settings
  }: Pick<LoaderSettings, 'dataset' | 'holdout' | 'seed'> & { threads: number; sliders: boolean },
  output: Output,
): Promise<MadeScores> {
  const generator = new Generator(readModelFile(file).bytes, file);
  const { size, channels } = generator.form;
  const shape: PlaneShape = { channels, height: size, width: size };
  const source = new MinibatchSource(
    {
      ...{ ...settings, kind: 'pictures', size, channels, batch: 1, emphasis: null, only: null },
      augment: UNVARIED,
    },
    (message) => output.warning(message),
  );
  const { heldOut, train } = source.summary;
  if (heldOut < 2) throw new UserError('At least two pictures must be held out: give a larger --holdout');
  const traits = traitsThat(generator.form);
  const [toMade, toReal] = [new SlicedWasserstein(shape), new SlicedWasserstein(shape)];
  const [made, held, learned]: [Uint8Array[], Uint8Array[], Uint8Array[]] = [[], [], []];
  const shown: Shown[] = [];
  try {
    for (let i = 0; i < heldOut; i++) {
      const drawn = new Random(SEED, 'labels', i);
      const labels = Object.fromEntries(traits.map(({ name, values }) => [name, values[drawn.below(values.length)]!]));
      const planes = toPlanar(await generator.make(wishFor({ kind: 'seed', seed: seedAt(SEED, i) }, { labels })));
      shown.push({ asked: labels, planes });
      const picture = toUnit(planes);
      const real = toUnit((await source.heldOut(i, 1)).ports['picture']!.slice());
      const known = toUnit((await source.batch(i % train)).ports['picture']!.slice());
      toMade.add(picture, real);
      toReal.add(known, real);
      made.push(small(picture, shape, SMALL));
      held.push(small(real, shape, SMALL));
      output.progress(i + 1, heldOut, '');
    }
    for (let i = 0; i < train; i++)
      learned.push(small(toUnit((await source.batch(i)).ports['picture']!.slice()), shape, SMALL));
    output.end();
    const read =
      traits.length > 0 || sliders
        ? await withReader({ ...settings, size, channels, threads }, output, async (reader) => ({
            agreement: await seenLabels(reader, shown),
            sliders: sliders
              ? await measureSliders(generator, reader, (done, total) => output.progress(done, total, 'sliders'))
              : null,
            codes: await measureCodes(generator, reader, (done, total) => output.progress(done, total, 'codes')),
          }))
        : null;
    output.end();
    const all = new LearnedPictures(learned);
    return {
      n: heldOut,
      swd: toMade.distance(),
      swdReal: toReal.distance(),
      variety: spreadOf(made) / spreadOf(held),
      copies: made.filter((picture) => all.nearest(picture)?.copy).length / made.length,
      agreement: read?.agreement ?? null,
      sliders: read?.sliders ?? null,
      codes: read?.codes ?? null,
    };
  } finally {
    generator.release();
  }
}

/** A made picture, planes in [-1, 1], and what was asked for. */
interface Shown {
  asked: Labels;
  planes: Float32Array;
}

/** Works with a reader of the labels of what was learned; null where it has none. */
async function withReader<T>(
  { threads, ...learned }: Learned & { threads: number },
  output: Output,
  work: (reader: LabelReader) => Promise<T>,
): Promise<T | null> {
  const reader = await LabelReader.learn(learned, {
    threads,
    warn: () => undefined, // said when they were opened to be compared with
    progress: (done, total) => output.progress(done, total, 'learning to read labels'),
  });
  output.end();
  if (!reader) return null;
  try {
    return await work(reader);
  } finally {
    await reader.dispose();
  }
}

async function seenLabels(reader: LabelReader, shown: readonly Shown[]): Promise<SeenLabels | null> {
  const known = reader.traits.filter(({ name }) => shown[0]!.asked[name] !== undefined);
  if (known.length === 0) return null;
  const total = new AgreementTotal();
  for (const { asked, planes } of shown)
    total.add(Object.fromEntries(known.map(({ name }) => [name, asked[name]!])), await reader.read(planes));
  return { made: total.agreement(), real: reader.accuracy };
}
