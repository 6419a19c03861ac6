/** Named sliders: from pictures of a generator that have something, and others that have not, to a direction. */
import { Random } from '../../../models/graph/random.ts';
import { directionTo, type Drawn, type Moved } from '../../../models/latent/directions.ts';
import { foundAt, latentOf, type Recipe } from '../../../models/latent/recipe.ts';
import { small } from '../metrics/small.ts';
import { toUnit } from '../metrics/metrics.ts';
import { toPlanar, type Picture } from '../pictures/pictures.ts';
import { seedAt, wishFor, type Directions, type Generator, type Wish } from './generator.ts';

/** How many pictures are drawn to look for what is marked, and how many steps are taken from each. */
const DRAWN = 250;
const STEPS = 4;
/** How far a step goes in one way, where 1 is as far as points usually differ. */
const FAR = 0.5;
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
 * The direction [levels x length] of a slider, as long as its number 1. What the other sliders change it leaves alone.
 * @throws RangeError where a side has no picture, or nothing tells them apart
 */
export async function sliderOf(
  generator: Generator,
  { having, without }: MarkedWishes,
  others: Directions = {},
): Promise<Float32Array> {
  const { latent } = generator.form;
  const looked = async (wish: Wish): Promise<Float32Array> => atAGlance(await generator.make(wish, others));
  const each = async (wishes: readonly Wish[]): Promise<Drawn[]> => {
    const all: Drawn[] = [];
    for (const wish of wishes) all.push({ point: await generator.pointOf(wish, others), picture: await looked(wish) });
    return all;
  };
  const marked = { having: await each(having), without: await each(without) };
  const wishes = [...having, ...without];
  const moved: Moved[] = [];
  for (let i = 0; i < DRAWN; i++) {
    const recipe: Recipe = { kind: 'seed', seed: seedAt(SEED, i) };
    // Of a model that is asked by labels: those that are marked, in turn.
    const { labels } = wishes[i % wishes.length]!;
    const before = await looked(wishFor(recipe, { labels }));
    const point = latentOf(recipe, latent);
    for (let k = 0; k < STEPS; k++) {
      const step = new Random(SEED, 'slider', moved.length).normal(new Float32Array(point.length));
      step.forEach((value, n) => (step[n] = FAR * value));
      const there = foundAt(point.map((value, n) => value + step[n]!));
      moved.push({ step, before, after: await looked(wishFor(there, { labels })) });
    }
  }
  // Some are the same for all levels.
  const beside = Object.values(others).map((other) =>
    new Float32Array(latent.levels * latent.length).map((_, i) => other[i % other.length]!),
  );
  const direction = directionTo(marked, moved, latent.length, beside);
  return direction.map((value) => value * STEP);
}

function atAGlance(picture: Picture): Float32Array {
  const shape = { channels: picture.channels, height: picture.height, width: picture.width };
  return new Float32Array(small(toUnit(toPlanar(picture)), shape, SIDE)).map((value) => value / 255);
}
