/**
 * The state of a training on the host: weights, gradients, optimiser state and averages of every player, in memory that
 * ONNX Runtime, the optimiser's kernels and their threads all read and write in place.
 */
import { Worker } from 'node:worker_threads';
import { sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import { adamScalars } from '../../../models/graph/optimiser.ts';
import { built } from '../../root.ts';
import { drawInitial, type Field, type Player } from '../players.ts';
import {
  JOB_LENGTH,
  Kernels,
  share,
  writeJob,
  type AdamConstants,
  type Pass,
  type ThreadData,
} from './kernels/kernels.ts';

const FIELDS: readonly Field[] = ['w', 'g', 'm', 'v', 'ema'];

/** Floats in one memory and field; WebAssembly addresses 4 GiB, and five fields of this take 1.25. */
const SLAB = 1 << 26;
const PAGE = 65536;

/** A memory that holds some parameters of one player, field after field. */
interface Slab {
  player: Player;
  memory: WebAssembly.Memory;
  index: number;
  /** Floats in a field. */
  length: number;
  kernels: Kernels;
}

interface Place {
  slab: Slab;
  at: number;
  size: number;
}

export class Parameters {
  readonly players: readonly Player[];
  readonly #slabs: Slab[] = [];
  readonly #places = new Map<string, Place>();
  readonly #threads: number;
  readonly #workers: Worker[] = [];
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  readonly #jobs = new Float64Array(new SharedArrayBuffer(JOB_LENGTH * 8));

  constructor(players: readonly Player[], threads: number) {
    this.players = players;
    this.#threads = threads;
    for (const player of players) this.#allocate(player);
    for (let index = 1; index < threads; index++) {
      const workerData: ThreadData = {
        control: this.#control,
        memories: this.#slabs.map(({ memory }) => memory),
        jobs: this.#jobs,
        index,
        threads,
      };
      const worker = new Worker(built('optimiser-thread.js'), { workerData });
      worker.unref();
      this.#workers.push(worker);
    }
  }

  #allocate(player: Player): void {
    const aligned = (size: number): number => Math.ceil(size / 16) * 16;
    const groups: Tensor[][] = [[]];
    let filled = 0;
    for (const tensor of player.parameters) {
      const size = aligned(sizeOf(tensor.shape));
      if (filled > 0 && filled + size > SLAB) {
        groups.push([]);
        filled = 0;
      }
      groups.at(-1)!.push(tensor);
      filled += size;
    }
    for (const group of groups) {
      const length = group.reduce((total, { shape }) => total + aligned(sizeOf(shape)), 0);
      const pages = Math.ceil((length * 4 * (player.averaged ? FIELDS.length : FIELDS.length - 1)) / PAGE) + 1;
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
      const slab: Slab = { player, memory, index: this.#slabs.length, length, kernels: new Kernels(memory) };
      this.#slabs.push(slab);
      let at = 0;
      for (const { name, shape } of group) {
        this.#places.set(name, { slab, at, size: sizeOf(shape) });
        at += aligned(sizeOf(shape));
      }
    }
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** The values of a field of a parameter, in place. */
  view(name: string, field: Field): Float32Array {
    const place = this.#places.get(name);
    if (!place) throw new Error(`there is no parameter "${name}"`);
    const { slab, at, size } = place;
    return new Float32Array(slab.memory.buffer, this.#offset(slab, field) + at * 4, size);
  }

  /** Where a field begins, in bytes. The first page is left out: address 0 is nobody's. */
  #offset(slab: Slab, field: Field): number {
    return PAGE + FIELDS.indexOf(field) * slab.length * 4;
  }

  /** Draws the first weights; averages begin there too. */
  initialise(seed: number): void {
    for (const { parameters, averaged } of this.players)
      for (const parameter of parameters) {
        const weight = this.view(parameter.name, 'w');
        drawInitial(parameter, seed, weight);
        if (averaged) this.view(parameter.name, 'ema').set(weight);
      }
  }

  /** One step of Adam for a player, from the gradients that are in place. `t` counts from 1. */
  update(player: string, rate: number, t: number): void {
    for (const slab of this.#slabs.filter((slab) => slab.player.name === player)) {
      const { beta1, beta2, epsilon } = slab.player.optimiser;
      const { stepSize, secondCorrection } = adamScalars(slab.player.optimiser, rate, t);
      const at = (field: Field): number => this.#offset(slab, field);
      const constants: AdamConstants = [beta1, 1 - beta1, beta2, 1 - beta2, epsilon, stepSize, secondCorrection];
      this.#run(slab, { kernel: 'adam', arrays: [at('w'), at('g'), at('m'), at('v')], constants });
    }
  }

  /** Moves a player's average towards its weights. */
  average(player: string, decay: number): void {
    for (const slab of this.#slabs.filter((slab) => slab.player.name === player && slab.player.averaged))
      this.#run(slab, {
        kernel: 'ema',
        arrays: [this.#offset(slab, 'ema'), this.#offset(slab, 'w')],
        constants: [decay],
      });
  }

  /** Runs a pass on all threads. Every float is touched by one thread in one way, so the result does not depend on their number. */
  #run(slab: Slab, pass: Pass): void {
    writeJob(this.#jobs, slab.index, pass, slab.length);
    Atomics.store(this.#control, 1, 0);
    Atomics.add(this.#control, 0, 1);
    Atomics.notify(this.#control, 0);
    slab.kernels.run(pass, ...share(slab.length, 0, this.#threads));
    for (let done = Atomics.load(this.#control, 1); done < this.#workers.length; done = Atomics.load(this.#control, 1))
      Atomics.wait(this.#control, 1, done);
  }

  /** Ends the threads. */
  async dispose(): Promise<void> {
    Atomics.store(this.#control, 0, -1);
    Atomics.notify(this.#control, 0);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
