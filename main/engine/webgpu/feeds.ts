/**
 * What the host gives the leaves of a step before each run: noise, dropout masks, places, and pictures of the past. The pool of
 * these stays on the device; the host decides what is exchanged, as the CPU engine's pool does, and encodes the copies.
 */
import { drawFeed } from '../../../models/graph/feeds.ts';
import { Random } from '../../../models/graph/random.ts';
import { feedOf, sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import type { Memory } from './bound-plan.ts';
import type { Gpu } from './gpu.ts';

/** Past pictures on the device (Shrivastava et al. 2017, arXiv:1612.07828, section 2.3). */
export interface Pool {
  buffer: GPUBuffer;
  capacity: number;
  filled: number;
  /** Floats in a picture. */
  length: number;
}

/** Fills a leaf; copies go into the encoder. `place` counts the turns of the whole run. */
export type Feeder = (place: number, encoder: GPUCommandEncoder) => void;

export class Feeds {
  readonly pools = new Map<string, Pool>();
  readonly #gpu: Gpu;
  readonly #memory: Memory;
  readonly #seed: number;

  constructor(gpu: Gpu, memory: Memory, seed: number) {
    [this.#gpu, this.#memory, this.#seed] = [gpu, memory, seed];
  }

  /** What fills a leaf; null for one that is simply given. */
  of(leaf: Tensor): Feeder | null {
    const { name, shape } = leaf;
    const feed = feedOf(leaf);
    if (!feed) return null;
    const random = (place: number): Random => new Random(this.#seed, name, place);
    const data = new Float32Array(sizeOf(shape));
    const { buffer } = this.#memory.named('leaf', name, data.length);
    if (feed.kind !== 'pastPictures')
      return (place) => {
        drawFeed(feed, random(place), { data, shape });
        this.#gpu.write(buffer, data);
      };
    const length = data.length / shape[0]!;
    const pool = this.#pool(name, feed.capacity, length);
    const fresh = this.#memory.named('result', feed.of, data.length).buffer;
    return (place, encoder) =>
      this.#exchange(pool, fresh, buffer, { random: random(place), encoder, pictures: shape[0]! });
  }

  #pool(name: string, capacity: number, length: number): Pool {
    let pool = this.pools.get(name);
    if (!pool)
      this.pools.set(name, (pool = { buffer: this.#gpu.buffer(capacity * length), capacity, filled: 0, length }));
    return pool;
  }

  #exchange(
    pool: Pool,
    fresh: GPUBuffer,
    shown: GPUBuffer,
    { random, encoder, pictures }: { random: Random; encoder: GPUCommandEncoder; pictures: number },
  ): void {
    const bytes = pool.length * 4;
    for (let i = 0; i < pictures; i++) {
      const from = i * bytes;
      if (pool.filled < pool.capacity) {
        encoder.copyBufferToBuffer(fresh, from, shown, from, bytes);
        encoder.copyBufferToBuffer(fresh, from, pool.buffer, pool.filled++ * bytes, bytes);
      } else if (pool.capacity > 0 && random.uniform() < 0.5) {
        const at = random.below(pool.capacity) * bytes;
        encoder.copyBufferToBuffer(pool.buffer, at, shown, from, bytes);
        encoder.copyBufferToBuffer(fresh, from, pool.buffer, at, bytes);
      } else encoder.copyBufferToBuffer(fresh, from, shown, from, bytes);
    }
  }

  dispose(): void {
    for (const { buffer } of this.pools.values()) buffer.destroy();
  }
}
