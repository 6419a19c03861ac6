/** The values that stand for black and white in a model of another tool, guessed from what it gives for a picture. */
import type { PictureIo } from '../../../preload/contract/index.ts';
import { UserError } from '../../errors.ts';
import type { Size } from './tiles.ts';

/** How the values of a picture go in. */
export type Way = Pick<PictureIo, 'range' | 'mean' | 'deviation'>;

const plain = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const satisfies Omit<Way, 'range'>;

/** The ways that models are trained with, by name, the likeliest first. The last is that of networks trained on ImageNet. */
export const WAYS = {
  '0..1': { range: '0..1', mean: [...plain.mean], deviation: [...plain.deviation] },
  '-1..1': { range: '-1..1', mean: [...plain.mean], deviation: [...plain.deviation] },
  '0..255': { range: '0..255', mean: [...plain.mean], deviation: [...plain.deviation] },
  imagenet: { range: '0..1', mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
} as const satisfies Record<string, Way>;

/** What a model gave: the lowest and the highest without the utmost hundredths, and the share that lies at either. */
interface SeenValues {
  low: number;
  high: number;
  stuck: number;
}

/** What it gave for the picture in each way. */
export type Answers = Map<string, SeenValues>;

/**
 * What comes out. A model whose answer to values up to 255 stays within 1 ends in a squashing function, and whether it
 * goes below 0 tells -1..1 from 0..1. One that answers in tens even to values within 1 works in 0..255. Of any other (a
 * plain sum of its inputs, say) nothing can be told: 0..1, as most exports have.
 */
export function guessRange(answers: ReadonlyMap<string, Pick<SeenValues, 'low' | 'high'>>): PictureIo['outputRange'] {
  const all = [...answers.values()];
  const [low, high] = [Math.min(...all.map((one) => one.low)), Math.max(...all.map((one) => one.high))];
  if (high <= 1.5 && low >= -1.5) return low < -0.05 * Math.max(1, high) ? '-1..1' : '0..1';
  const small = answers.get('-1..1') ?? all[0]!;
  return Math.max(Math.abs(small.low), Math.abs(small.high)) > 10 ? '0..255' : '0..1';
}

const ENDS = { '-1..1': [-1, 1], '0..1': [0, 1], '0..255': [0, 255] } as const;

/** What an answer must fill of the range to be a better one, and the most of it that may be cut off at the ends. */
const FULL = 0.9;
const MOST_STUCK = 0.5;

/**
 * What goes in has the range of what comes out, as in nearly all models; unless the answer to that is hardly a picture
 * (it fills little of the range, or goes far beyond it) and the answer to another way fills it.
 */
export function guessWay(answers: ReadonlyMap<string, SeenValues>, outputRange: PictureIo['outputRange']): Way {
  const fill = (name: string): number => {
    const { low, high, stuck } = answers.get(name)!;
    const [black, white] = ENDS[outputRange];
    const inside = Math.min(high, white) - Math.max(low, black);
    return stuck > MOST_STUCK ? 0 : Math.max(0, inside) / (Math.max(high, white) - Math.min(low, black));
  };
  const usual = fill(outputRange);
  const names = Object.keys(WAYS) as (keyof typeof WAYS)[];
  const best = names.reduce((one, other) => (fill(other) > fill(one) + 0.01 ? other : one));
  return WAYS[usual < FULL / 2 && fill(best) >= FULL ? best : outputRange];
}

/** @throws UserError for what is no number */
export function answerOf(values: Float32Array): SeenValues {
  const sorted = values.slice().sort();
  if (!sorted.every(Number.isFinite)) throw new UserError('it gives no numbers for an ordinary picture (NaN)');
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const near = (at(1) - at(0)) / 500;
  const stuck = sorted.filter((value) => value - at(0) < near || at(1) - value < near).length / sorted.length;
  return { low: at(0.01), high: at(0.99), stuck };
}

/** A picture with all colours from black to white, slopes, edges and fine patterns: planes in [-1, 1]. */
export function synthetic({ width, height }: Size): Float32Array<ArrayBuffer> {
  const planes = new Float32Array(3 * width * height);
  for (let c = 0, i = 0; c < 3; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [u, v] = [x / width, y / height];
        const slope = Math.cos(2 * Math.PI * (u * (1 + c) + v * (3 - c)));
        const edge = (Math.floor(u * 5) + Math.floor(v * 7) + c) % 2 ? 1 : -1;
        planes[i++] = v < 0.5 ? slope : (x + y) % 8 < 4 ? edge : slope;
      }
  return planes;
}
