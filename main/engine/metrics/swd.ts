/**
 * The sliced Wasserstein distance of Karras et al. 2018 ("Progressive growing of GANs", arXiv:1710.10196, section 5):
 * patches of 7 x 7 pixels are cut out of every level of the pictures' Laplacian pyramids, so that each level compares
 * one scale of detail; the two clouds of patches are compared along random directions, where the distance of two
 * sorted lists is exact.
 *
 * Both sets are cut at the same places, so that equal sets have distance 0 exactly.
 */
import { matmul } from '../../../models/graph/operators/matmul.ts';
import { Random } from '../../../models/graph/random.ts';
import { input } from '../../../models/graph/tensor.ts';
import { evaluateGraph } from '../cpu/evaluate-graph.ts';
import { laplacianPyramid, pyramidShapes, type PlaneShape } from './pyramid.ts';
import { sortFloats } from './radix.ts';

const PATCH = 7;
const PATCHES_PER_PICTURE = 128;
/** 4 times 128, as in the paper. */
const DIRECTIONS = 512;
const SEED = 2018;

/** The smallest level of the pyramid has at least this many pixels a side. */
const SMALLEST = 16;

export class SlicedWasserstein {
  readonly #shape: PlaneShape;
  readonly #levels: PlaneShape[];
  /** The patches of each level, a Float32Array a picture: patch after patch, each CHW. About 75 kB for RGB. */
  readonly #patches: { mine: Float32Array[]; theirs: Float32Array[] }[];

  /** @throws RangeError for pictures smaller than 16 x 16 */
  constructor(shape: PlaneShape) {
    this.#shape = shape;
    this.#levels = pyramidShapes(shape, SMALLEST);
    this.#patches = this.#levels.map(() => ({ mine: [], theirs: [] }));
  }

  /** Cuts patches out of a pair of pictures (CHW). */
  add(mine: Float32Array, theirs: Float32Array): void {
    const pyramids = { mine: laplacianPyramid(mine, this.#levels), theirs: laplacianPyramid(theirs, this.#levels) };
    this.#levels.forEach((shape, level) => {
      const kept = this.#patches[level]!;
      const index = kept.mine.length;
      kept.mine.push(cutPatches(pyramids.mine[level]!, shape, new Random(SEED, `patches/${level}`, index)));
      kept.theirs.push(cutPatches(pyramids.theirs[level]!, shape, new Random(SEED, `patches/${level}`, index)));
    });
  }

  /** The distance x 1000 of each level, from the finest to the coarsest. */
  levels(): number[] {
    return this.#patches.map(({ mine, theirs }, level) => {
      const [a, b] = [join(mine), join(theirs)];
      for (const patches of [a, b]) normaliseChannels(patches, this.#shape.channels, PATCH * PATCH);
      return 1000 * slicedDistance(a, b, this.#shape.channels * PATCH * PATCH, new Random(SEED, 'directions', level));
    });
  }

  /** The mean over the levels of the distance x 1000. */
  distance(): number {
    const levels = this.levels();
    return levels.reduce((sum, value) => sum + value, 0) / levels.length;
  }
}

/**
 * The mean over random directions of the Wasserstein-1 distance between two sets of points projected on them.
 * @param a points one after another, `dimension` numbers each; `b` likewise, as many
 */
export function slicedDistance(a: Float32Array, b: Float32Array, dimension: number, random: Random): number {
  if (a.length !== b.length || a.length % dimension !== 0)
    throw new RangeError(
      `Two equally large sets of points of ${dimension} numbers are needed, not ${a.length} and ${b.length} numbers`,
    );
  const count = a.length / dimension;
  let sum = 0;
  for (let done = 0; done < DIRECTIONS; done += TOGETHER) {
    const directions = unitVectors(dimension, random);
    const [p, q] = [a, b].map((points) => project(points, directions, dimension)) as [Float32Array, Float32Array];
    for (let i = 0; i < TOGETHER; i++)
      sum += sortedDistance(p.subarray(i * count, (i + 1) * count), q.subarray(i * count, (i + 1) * count));
  }
  return sum / DIRECTIONS;
}

/** How many directions one matrix product serves: enough to be fast, few enough to be small. */
const TOGETHER = 64;

/** Random directions of length 1, one after another. */
function unitVectors(dimension: number, random: Random): Float32Array {
  const out = new Float32Array(dimension * TOGETHER);
  for (let i = 0; i < TOGETHER; i++) {
    const vector = random.normal(out.subarray(i * dimension, (i + 1) * dimension));
    const length = Math.hypot(...vector);
    for (let k = 0; k < dimension; k++) vector[k]! /= length;
  }
  return out;
}

/** The dot product of every direction with every point: the products of a direction stand together. */
function project(points: Float32Array, directions: Float32Array, dimension: number): Float32Array {
  const [d, p] = [input('d', [TOGETHER, dimension]), input('p', [points.length / dimension, dimension])];
  return evaluateGraph({ products: matmul(d, p, { transposeB: true }) }, { d: directions, p: points }).products;
}

/** The Wasserstein-1 distance of two equally large sets of numbers: the mean difference when both are in order. */
function sortedDistance(p: Float32Array, q: Float32Array): number {
  const [a, b] = [sortFloats(p), sortFloats(q)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** 128 patches at random places where they fit, each CHW. */
function cutPatches(level: Float32Array, { channels, height, width }: PlaneShape, random: Random): Float32Array {
  const out = new Float32Array(PATCHES_PER_PICTURE * channels * PATCH * PATCH);
  let to = 0;
  for (let i = 0; i < PATCHES_PER_PICTURE; i++) {
    const [left, top] = [random.below(width - PATCH + 1), random.below(height - PATCH + 1)];
    for (let c = 0; c < channels; c++)
      for (let y = top; y < top + PATCH; y++, to += PATCH) {
        const from = (c * height + y) * width + left;
        out.set(level.subarray(from, from + PATCH), to);
      }
  }
  return out;
}

/** Brings each channel of a set of patches to mean 0 and deviation 1, in place. A flat channel becomes 0. */
function normaliseChannels(patches: Float32Array, channels: number, plane: number): void {
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0];
    const each = (visit: (at: number) => void): void => {
      for (let patch = c * plane; patch < patches.length; patch += channels * plane)
        for (let at = patch; at < patch + plane; at++) visit(at);
    };
    each((at) => (sum += patches[at]!));
    const mean = sum / (patches.length / channels);
    each((at) => (squares += (patches[at]! - mean) ** 2));
    const deviation = Math.sqrt(squares / (patches.length / channels));
    each((at) => (patches[at] = deviation > 0 ? (patches[at]! - mean) / deviation : 0));
  }
}

function join(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
