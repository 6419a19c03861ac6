/** A way through pictures that changes evenly to the eye: at even steps in the latent some pictures jump and others stay. */
import { legsOf, paceOf, pathThrough, type Pace } from '../../../models/latent/recipe.ts';
import { l1 } from '../metrics/metrics.ts';
import { toPlanar } from '../pictures/pictures.ts';
import type { Directions, Generator, Wish } from './generator.ts';

/** Pictures that are looked at for each one of the way. */
const FINER = 2;

/**
 * Wishes along a way, with the labels and all else of the first key. Key pictures keep their moments.
 * @param keys at least two
 */
export async function evenPath(
  generator: Generator,
  keys: readonly Wish[],
  { frames, loop }: { frames: number; loop: boolean },
  directions: Directions = {},
): Promise<Wish[]> {
  const [first] = keys as [Wish];
  const recipes = keys.map(({ recipe }) => recipe);
  const legs = legsOf(recipes, loop);
  const places = Math.max(2, Math.ceil((FINER * frames) / legs.length));
  const paces: Pace[] = [];
  for (const { from, to } of legs) {
    const steps: number[] = [];
    let before: Float32Array | undefined;
    for (let i = 0; i <= places; i++) {
      const recipe = { kind: 'between', from, to, at: i / places } as const;
      const picture = toPlanar(await generator.make({ ...first, recipe }, directions));
      if (before) steps.push(l1(picture, before));
      before = picture;
    }
    paces.push(paceOf(steps));
  }
  return pathThrough(recipes, { frames, loop, paces }).map((recipe) => ({ ...first, recipe }));
}
