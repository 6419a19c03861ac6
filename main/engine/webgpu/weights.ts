/**
 * Weights, gradients, moments and averages of every player on the device: a buffer a field, all in the same order, so that
 * one dispatch updates a player.
 */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { drawInitial, type Field, type Player } from '../players.ts';
import { aligned, type Gpu, type Part } from './gpu.ts';

export interface PlayerBuffers extends Player {
  /** Floats in a field. */
  length: number;
  fields: ReadonlyMap<Field, GPUBuffer>;
}

export class Weights {
  readonly players: readonly PlayerBuffers[];
  readonly #places = new Map<string, { player: PlayerBuffers; at: number; floats: number }>();
  readonly #gpu: Gpu;

  constructor(gpu: Gpu, players: readonly Player[]) {
    this.#gpu = gpu;
    this.players = players.map((player) => {
      const length = player.parameters.reduce((total, { shape }) => total + aligned(sizeOf(shape)), 0);
      const fields: Field[] = player.averaged ? ['w', 'g', 'm', 'v', 'ema'] : ['w', 'g', 'm', 'v'];
      const buffers = { ...player, length, fields: new Map(fields.map((field) => [field, gpu.buffer(length)])) };
      let at = 0;
      for (const { name, shape } of player.parameters) {
        this.#places.set(name, { player: buffers, at, floats: sizeOf(shape) });
        at += aligned(sizeOf(shape));
      }
      return buffers;
    });
  }

  /** Where a field of a parameter lies. */
  part(name: string, field: Field): Part {
    const place = this.#places.get(name);
    const buffer = place?.player.fields.get(field);
    if (!place || !buffer) throw new Error(`there is no "${field}" of a parameter "${name}"`);
    return { buffer, at: place.at, floats: place.floats };
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Draws the first weights; averages begin there too. */
  initialise(seed: number): void {
    for (const { parameters, averaged } of this.players)
      for (const parameter of parameters) {
        const weight = new Float32Array(sizeOf(parameter.shape));
        drawInitial(parameter, seed, weight);
        for (const field of averaged ? (['w', 'ema'] as const) : (['w'] as const))
          this.set(parameter.name, field, weight);
      }
  }

  set(name: string, field: Field, data: Float32Array): void {
    const { buffer, at, floats } = this.part(name, field);
    if (data.length !== floats) throw new Error(`"${name}" has ${floats} numbers, not ${data.length}`);
    this.#gpu.write(buffer, data, at);
  }

  dispose(): void {
    for (const { fields } of this.players) for (const buffer of fields.values()) buffer.destroy();
  }
}
