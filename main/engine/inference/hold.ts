/** Pictures near one of which a part stays as it is: the way in the latent is bent so that nothing moves there. */
import { Holding } from '../../../models/latent/holding.ts';
import type { Part } from '../../../models/latent/recipe.ts';

/** A picture of a generator. */
interface Shape {
  channels: number;
  size: number;
}

/** The planes [channels, size, size] in -1..1 that a point leads to; they are overwritten by the next. */
type Draw = (point: Float32Array) => Promise<Float32Array>;

/** How far each number of the latent is moved to see what it changes. */
const NUDGE = 0.05;
/** The way is gone in so many stages: what a nudge tells of holds nearby only. */
const STAGES = 8;
/** After each stage what has changed all the same is taken back so many times, */
const BACK = 2;
/** by this share, as far from where it was nudged it goes too far. */
const SHARE = 0.7;
/** Where a stage has changed the part by more than this after all (the mean, of 2), it is taken back, and half as long from there. */
const MOST = 0.05;
/** So much further than asked for: steps that leave the part alone change the rest less than others do. */
const REACH = 2;
/** Larger parts are looked at in so many cells a side. */
const CELLS = 32;

/** Goes from a point towards another as far as the part allows; gives where it ends. */
export type Bent = (towards: Float32Array) => Promise<Float32Array>;

/** Looks at what each number of the latent changes in a part of the picture at `point`, which takes as many pictures. */
export async function holdAt(draw: Draw, point: Float32Array, part: Part, shape: Shape): Promise<Bent> {
  const look = async (at: Float32Array): Promise<Float32Array> => partOf(await draw(at), part, shape);
  const still = await look(point);
  const ways: Float32Array[] = [];
  for (let i = 0; i < point.length; i++) {
    const nudged = point.slice();
    nudged[i] = nudged[i]! + NUDGE;
    ways.push((await look(nudged)).map((value, k) => (value - still[k]!) / NUDGE));
  }
  const holding = new Holding(ways);
  const changed = async (at: Float32Array): Promise<Float32Array> =>
    (await look(at)).map((value, k) => value - still[k]!);
  return async (towards) => {
    let stage = holding.along(towards.map((value, i) => (REACH * (value - point[i]!)) / STAGES));
    let at = point;
    for (let done = 0; done < STAGES; done++) {
      let next = at.map((value, i) => value + stage[i]!);
      for (let times = 0; times < BACK; times++) {
        const step = holding.back(await changed(next));
        next = next.map((value, i) => value + SHARE * step[i]!);
      }
      const left = await changed(next);
      if (left.reduce((sum, value) => sum + Math.abs(value), 0) < MOST * left.length) at = next;
      else stage = stage.map((value) => value / 2);
    }
    return at;
  };
}

/** A part of planes, as means of at most `CELLS` cells a side. */
function partOf(planes: Float32Array, { left, top, right, bottom }: Part, { channels, size }: Shape): Float32Array {
  const [x0, y0] = [left, top].map((share) => Math.min(size - 1, Math.floor(share * size))) as [number, number];
  const [x1, y1] = [Math.ceil(right * size), Math.ceil(bottom * size)];
  const [width, height] = [Math.max(1, x1 - x0), Math.max(1, y1 - y0)];
  const by = Math.ceil(Math.max(width, height) / CELLS);
  const [columns, rows] = [Math.ceil(width / by), Math.ceil(height / by)];
  const sums = new Float32Array(channels * rows * columns);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const cell = (c * rows + Math.floor(y / by)) * columns + Math.floor(x / by);
        sums[cell] = sums[cell]! + planes[(c * size + y0 + y) * size + x0 + x]! / by ** 2;
      }
  return sums;
}
