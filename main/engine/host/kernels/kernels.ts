/** The compiled kernels over one memory, and the messages that share a pass among threads. */
import { readFileSync } from 'node:fs';
import { built } from '../../../root.ts';

/** In the order of the kernel's parameters; a gain is 1 - beta. */
export type AdamConstants = [
  beta1: number,
  gain1: number,
  beta2: number,
  gain2: number,
  epsilon: number,
  stepSize: number,
  correction: number,
];

/** One call of a kernel, over floats `from` to `to` of its arrays. */
export type Pass =
  | { kernel: 'adam'; arrays: [w: number, g: number, m: number, v: number]; constants: AdamConstants }
  | { kernel: 'ema'; arrays: [average: number, w: number]; constants: [decay: number] };

type Exports = Record<Pass['kernel'], (...args: number[]) => void>;

let compiled: WebAssembly.Module | undefined;

export class Kernels {
  readonly #exports: Exports;

  constructor(memory: WebAssembly.Memory) {
    compiled ??= new WebAssembly.Module(readFileSync(built('optimiser.wasm')));
    this.#exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Exports;
  }

  /** Runs a pass over floats `from` to `to`, both multiples of 4. `arrays` are byte offsets. */
  run({ kernel, arrays, constants }: Pass, from: number, to: number): void {
    this.#exports[kernel](...arrays.map((offset) => offset + from * 4), to - from, ...constants);
  }
}

/** What a helper thread is started with. `control`: [passes asked for, passes done]. */
export interface ThreadData {
  control: Int32Array;
  memories: WebAssembly.Memory[];
  jobs: Float64Array;
  index: number;
  threads: number;
}

const KERNELS = ['adam', 'ema'] as const;
export const JOB_LENGTH = 16;

/** A job in shared memory: [memory, kernel, count, arrays..., constants...]; numbers only, so that nothing is posted. */
export function writeJob(jobs: Float64Array, memory: number, pass: Pass, count: number): void {
  jobs.set([memory, KERNELS.indexOf(pass.kernel), count, ...pass.arrays, ...pass.constants]);
}

export function readJob(jobs: Float64Array): { memory: number; pass: Pass; count: number } {
  const kernel = KERNELS[jobs[1]!]!;
  const [arrays, constants] = kernel === 'adam' ? [4, 7] : [2, 1];
  const numbers = (at: number, length: number): number[] => Array.from(jobs.subarray(at, at + length));
  return {
    memory: jobs[0]!,
    count: jobs[2]!,
    pass: { kernel, arrays: numbers(3, arrays), constants: numbers(3 + arrays, constants) } as Pass,
  };
}

/** The part of `count` floats that falls to thread `index` of `threads`: whole cache lines. */
export function share(count: number, index: number, threads: number): [from: number, to: number] {
  const each = Math.ceil(count / threads / 16) * 16;
  return [Math.min(index * each, count), Math.min((index + 1) * each, count)];
}
