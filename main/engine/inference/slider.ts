/** Named sliders: from pictures of a generator that have something, and others that have not, to a direction. */
import { directionTo } from '../../../models/latent/directions.ts';
import { latentOf, type Recipe } from '../../../models/latent/recipe.ts';
import { small } from '../metrics/small.ts';
import { toUnit } from '../metrics/metrics.ts';
import { toPlanar, type Picture } from '../pictures/pictures.ts';
import { seedAt, wishFor, type Directions, type Generator, type Wish } from './generator.ts';

/** How many pictures are drawn to look for what is marked. */
const DRAWN = 1000;
const SEED = 1;
/** Pictures are looked at at this side, in pixels. */
const SIDE = 16;
/** How far a slider's number 1 goes, where 1 is as far as points usually differ in one way. */
const STEP = 0.7;

export interface MarkedWishes {
  having: readonly Wish[];
  without: readonly Wish[];
}

/**
 * The direction [length] of a slider, as long as its number 1. What the other sliders change it leaves alone.
 * @throws RangeError where a side has no picture, or nothing tells them apart
 */
export async function sliderOf(
  generator: Generator,
  { having, without }: MarkedWishes,
  others: Directions = {},
): Promise<Float32Array> {
  const { length } = generator.form.latent;
  const looked = async (wish: Wish): Promise<Float32Array> => atAGlance(await generator.make(wish, others));
  const each = async (wishes: readonly Wish[]): Promise<Float32Array[]> => {
    const all: Float32Array[] = [];
    for (const wish of wishes) all.push(await looked(wish));
    return all;
  };
  const marked = { having: await each(having), without: await each(without) };
  const wishes = [...having, ...without];
  const drawn = [];
  for (let i = 0; i < DRAWN; i++) {
    const recipe: Recipe = { kind: 'seed', seed: seedAt(SEED, i) };
    // Of a model that is asked by labels: those that are marked, in turn.
    const picture = await looked(wishFor(recipe, { labels: wishes[i % wishes.length]!.labels }));
    drawn.push({ point: latentOf(recipe, { levels: 1, length }), picture });
  }
  // Those of versions that told levels apart say nothing of a direction that all levels take.
  const beside = Object.values(others).filter((other) => other.length === length);
  const direction = directionTo(
    marked,
    drawn,
    beside.map((other) => Float32Array.from(other)),
  );
  return direction.map((value) => value * STEP);
}

function atAGlance(picture: Picture): Float32Array {
  const shape = { channels: picture.channels, height: picture.height, width: picture.width };
  return Float32Array.from(small(toUnit(toPlanar(picture)), shape, SIDE), (value) => value / 255);
}
