/** Steps in a latent that leave a part of the picture as it is, by how that part changes along each of its numbers. */
import { dot, factored, solved, type Vector } from './linear.ts';

/** How far steps are held to be as they were, as a share of how much the part usually changes along one number. */
const RIDGE = 0.1;

export class Holding {
  readonly #ways: readonly Float32Array[];
  readonly #factor: Float64Array;
  readonly #ridge: number;

  /** @param ways how the part changes along each number of the latent: as many as it has, of equal lengths */
  constructor(ways: readonly Float32Array[]) {
    this.#ways = ways;
    const n = ways.length;
    const gram = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(ways[i]!, ways[j]!);
    const usual = ways.reduce((sum, way) => sum + dot(way, way), 0) / n;
    // Where nothing changes the part, every step leaves it as it is.
    this.#ridge = Math.max(RIDGE * usual, 1e-9);
    for (let i = 0; i < n; i++) gram[i * n + i] = gram[i * n + i]! + this.#ridge;
    this.#factor = factored(gram);
  }

  /**
   * The step nearest to the one asked for that changes the part little, and as long (after the low-rank subspaces of Zhu et
   * al. 2021, arXiv:2106.04488).
   */
  along(step: Vector): Float64Array {
    const left = solved(
      this.#factor,
      step.map((value) => value * this.#ridge),
    );
    const [asked, given] = [Math.sqrt(dot(step, step)), Math.sqrt(dot(left, left))];
    return given > 0 ? left.map((value) => (value * asked) / given) : left;
  }

  /** The shortest step, about, by which a difference of the part goes away (Levenberg and Marquardt). */
  back(difference: Float32Array): Float64Array {
    return solved(
      this.#factor,
      Float64Array.from(this.#ways, (way) => -dot(way, difference)),
    );
  }
}
