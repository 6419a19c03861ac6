/** Adam and the moving average as kernels: a player's parameters in one dispatch, four at a time. */
import { adamScalars } from '../../../models/graph/optimiser.ts';
import type { Field } from '../players.ts';
import { GROUP, INVOCATIONS, spread } from './elementwise.ts';
import type { Gpu } from './gpu.ts';
import { literal } from './writer.ts';
import type { PlayerBuffers } from './weights.ts';

/** A dispatch that is ready to be encoded. */
export interface Dispatch {
  label: string;
  pipeline: GPUComputePipeline;
  bindings: GPUBindGroup;
  groups: readonly [number, number, number];
}

const pass = (fields: readonly Field[], length: number, body: string): string => `
${fields.map((field, i) => `@group(0) @binding(${i}) var<storage, read_write> ${field}: array<vec4f>;`).join('\n')}
@group(0) @binding(${fields.length}) var<uniform> given: vec4f;
@compute @workgroup_size(${INVOCATIONS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (${GROUP}) * ${INVOCATIONS}u + t;
  if (i >= ${length / 4}u) { return; }
  ${body}
}`;

// The gains come from the host in double precision: in single, 1 - 0.999 is wrong in the fifth digit.
const adamCode = ({ length, optimiser: { beta1, beta2, epsilon } }: PlayerBuffers): string =>
  pass(
    ['w', 'g', 'm', 'v'],
    length,
    `let grad = g[i];
  let first = m[i] * ${literal(beta1)} + grad * ${literal(1 - beta1)};
  let second = v[i] * ${literal(beta2)} + (grad * grad) * ${literal(1 - beta2)};
  m[i] = first;
  v[i] = second;
  w[i] = w[i] - (first * given.x) / (sqrt(second * given.y) + ${literal(epsilon)});`,
  );

const emaCode = ({ length }: PlayerBuffers): string =>
  pass(['ema', 'w'], length, 'ema[i] = ema[i] * given.x + w[i] * given.y;');

/** The optimiser of one player. What changes from update to update lies in a uniform of its own. */
export class Optimiser {
  readonly update: Dispatch;
  /** Null where no average is kept. */
  readonly average: Dispatch | null;
  readonly #gpu: Gpu;
  readonly #player: PlayerBuffers;
  readonly #rates: GPUBuffer;
  readonly #decay: GPUBuffer;

  private constructor(
    gpu: Gpu,
    player: PlayerBuffers,
    made: { update: Dispatch; average: Dispatch | null; rates: GPUBuffer; decay: GPUBuffer },
  ) {
    [this.#gpu, this.#player, this.#rates, this.#decay] = [gpu, player, made.rates, made.decay];
    [this.update, this.average] = [made.update, made.average];
  }

  static async create(gpu: Gpu, player: PlayerBuffers): Promise<Optimiser> {
    const [rates, decay] = [gpu.buffer(4, 'uniform'), gpu.buffer(4, 'uniform')];
    const dispatch = async (
      label: string,
      code: string,
      fields: readonly Field[],
      given: GPUBuffer,
    ): Promise<Dispatch> => {
      const pipeline = await gpu.pipeline(code, label);
      const entries = [...fields.map((field) => player.fields.get(field)!), given].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      }));
      const bindings = gpu.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      return { label, pipeline, bindings, groups: spread(Math.ceil(player.length / 4 / INVOCATIONS)) };
    };
    const update = await dispatch(`Adam of ${player.name}`, adamCode(player), ['w', 'g', 'm', 'v'], rates);
    const average = player.averaged
      ? await dispatch(`average of ${player.name}`, emaCode(player), ['ema', 'w'], decay)
      : null;
    return new Optimiser(gpu, player, { update, average, rates, decay });
  }

  /** The numbers of the next update; `t` counts from 1. */
  prepareUpdate(rate: number, t: number): void {
    const { stepSize, secondCorrection } = adamScalars(this.#player.optimiser, rate, t);
    this.#gpu.write(this.#rates, new Float32Array([stepSize, secondCorrection, 0, 0]));
  }

  /** The numbers of the next move of the average. */
  prepareAverage(decay: number): void {
    const keep = Math.fround(decay);
    this.#gpu.write(this.#decay, new Float32Array([keep, 1 - keep, 0, 0]));
  }

  dispose(): void {
    this.#rates.destroy();
    this.#decay.destroy();
  }
}
