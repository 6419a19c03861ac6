/**
 * How a picture of a generator came about, as a small record that can be kept, sent and repeated: from a seed, near
 * another, near another of which a part is held, between two, mixed of two, or found for a picture. What came from what is the record itself.
 */
import { Random } from '../graph/random.ts';

/** A part of a picture: shares of its sides, 0..1, from the left and from the top; `left` < `right`, `top` < `bottom`. */
export interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * `seed`: drawn; `near`: on the way from `of` towards a drawn one; `between`: of two; `mix`: coarse of one, fine of the
 * other; `found`: looked for, to be like a given picture.
 */
export type Recipe =
  | { kind: 'seed'; seed: number }
  /** distance: 0 is `of` itself, 1 a picture that has nothing of it. */
  | { kind: 'near'; of: Recipe; seed: number; distance: number }
  /** As `near`, but a part stays as it is in `of`: only a generator can tell where that leads. */
  | ({ kind: 'held'; of: Recipe; seed: number; distance: number } & Part)
  /** at: 0 is `from`, 1 is `to`. */
  | { kind: 'between'; from: Recipe; to: Recipe; at: number }
  /** Levels of detail below `level` are of `coarse`, the others of `fine`. */
  | { kind: 'mix'; coarse: Recipe; fine: Recipe; level: number }
  /** The whole latent, as `foundAt` writes it. */
  | { kind: 'found'; point: string };

/** The latent of a generator: so many levels of detail, each led by so many numbers. */
export interface LatentShape {
  levels: number;
  length: number;
}

/** Recipes that nest deeper are refused where they come from outside. */
export const DEEPEST = 64;

/**
 * The latent that a recipe leads to: [levels, length], each level a point like those of N(0, 1). Where there is one level
 * only, mixing takes one of the two whole.
 * @throws RangeError for a point that was found in a latent of another shape
 */
export function latentOf(recipe: Recipe, shape: LatentShape): Float32Array {
  const { levels, length } = shape;
  switch (recipe.kind) {
    case 'seed': {
      const drawn = new Random(recipe.seed, 'latent').normal(new Float32Array(length));
      return repeated(drawn, levels);
    }
    case 'near': {
      const towards = latentOf({ kind: 'seed', seed: recipe.seed }, shape);
      return between(latentOf(recipe.of, shape), towards, recipe.distance, length);
    }
    case 'held':
      throw new TypeError('What a generator holds it must settle first');
    case 'between':
      return between(latentOf(recipe.from, shape), latentOf(recipe.to, shape), recipe.at, length);
    case 'mix': {
      const mixed = latentOf(recipe.fine, shape);
      mixed.set(latentOf(recipe.coarse, shape).subarray(0, recipe.level * length));
      return mixed;
    }
    case 'found':
      return readPoint(recipe.point, shape);
  }
}

/** Points are kept as whole numbers of 16 bits: this is 1. */
const ONE = 2048;

/** The recipe of a point, of at most 16 in any direction, to 1/2048. */
export function foundAt(point: Float32Array): Recipe {
  const text = Array.from(point, (value) => {
    const whole = Math.max(-32768, Math.min(32767, Math.round(value * ONE))) & 0xffff;
    return String.fromCharCode(whole & 0xff, whole >> 8);
  });
  return { kind: 'found', point: btoa(text.join('')).replaceAll('+', '-').replaceAll('/', '_') };
}

function readPoint(text: string, { levels, length }: LatentShape): Float32Array {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
  if (bytes.length !== 2 * levels * length) throw new RangeError('The point belongs to another latent');
  const view = new DataView(bytes.buffer);
  return new Float32Array(levels * length).map((_, i) => view.getInt16(2 * i, true) / ONE);
}

function repeated(row: Float32Array, times: number): Float32Array {
  const all = new Float32Array(row.length * times);
  for (let i = 0; i < times; i++) all.set(row, i * row.length);
  return all;
}

/**
 * Level by level the point between two, on the arc from one direction to the other (Shoemake 1985), its length between
 * theirs: points of a normal distribution in many dimensions lie near a sphere, and those on a straight line do not.
 */
function between(a: Float32Array, b: Float32Array, at: number, length: number): Float32Array {
  const result = new Float32Array(a.length);
  for (let from = 0; from < a.length; from += length) {
    const [p, q] = [a.subarray(from, from + length), b.subarray(from, from + length)];
    const [np, nq] = [norm(p), norm(q)];
    const cos = np * nq === 0 ? 1 : p.reduce((sum, value, i) => sum + value * q[i]!, 0) / (np * nq);
    const angle = Math.acos(Math.min(1, Math.max(-1, cos)));
    const sin = Math.sin(angle);
    // Of nearly equal (or opposite) directions the arc is not defined well: the straight line is as good.
    const [wp, wq] = sin < 1e-4 ? [1 - at, at] : [Math.sin((1 - at) * angle) / sin, Math.sin(at * angle) / sin];
    const size = (1 - at) * np + at * nq;
    for (let i = 0; i < length; i++)
      result[from + i] = sin < 1e-4 ? p[i]! * wp + q[i]! * wq : size * ((p[i]! / np) * wp + (q[i]! / nq) * wq);
  }
  return result;
}

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));

/** How deep a recipe nests: 1 for a seed. */
export const depthOf = (recipe: Recipe): number => 1 + Math.max(0, ...parentsOf(recipe).map(depthOf));

/** What a recipe was made from: the recipes within it. */
export const parentsOf = (recipe: Recipe): Recipe[] =>
  Object.values(recipe).filter((part): part is Recipe => typeof part === 'object');

/** How far along the way from one key to the next one is, 0..1, when a share of its time is over. */
export type Pace = (share: number) => number;

/** The ways from key to key. @param keys at least two */
export const legsOf = (keys: readonly Recipe[], loop: boolean): { from: Recipe; to: Recipe }[] =>
  keys.slice(0, loop ? undefined : -1).map((from, i) => ({ from, to: keys[(i + 1) % keys.length]! }));

/**
 * The pace at which steps are even, of a way that was measured.
 * @param steps how far it is from each of some places to the next; the places lie at even shares of the way
 */
export function paceOf(steps: readonly number[]): Pace {
  const total = steps.reduce((sum, step) => sum + step, 0);
  if (!(total > 0)) return (share) => share;
  return (share) => {
    let left = share * total;
    for (const [i, step] of steps.entries()) {
      if (left <= step && step > 0) return (i + left / step) / steps.length;
      left -= step;
    }
    return 1;
  };
}

/**
 * A path through pictures: `frames` recipes, at even steps, or each leg at a pace of its own. A loop comes back: its last
 * frame is one step before the first.
 * @param keys at least two
 */
export function pathThrough(
  keys: readonly Recipe[],
  { frames, loop, paces = [] }: { frames: number; loop: boolean; paces?: readonly Pace[] },
): Recipe[] {
  const stops = loop ? [...keys, keys[0]!] : keys;
  const whole = stops.length - 1;
  const steps = loop ? frames : Math.max(1, frames - 1);
  return Array.from({ length: frames }, (_, i) => {
    const place = (i * whole) / steps;
    const leg = Math.min(Math.floor(place), whole - 1);
    return { kind: 'between', from: stops[leg]!, to: stops[leg + 1]!, at: paces[leg]?.(place - leg) ?? place - leg };
  });
}
