/** A device with what every user of it needs: buffers by size, pipelines by text, reading back, and errors that are seen. */
import { inGigabytes } from '../../counted.ts';
import { DeviceLost, OutOfMemory, UserError } from '../../errors.ts';
import type { DeviceInfo } from './device.ts';
import type { Room } from './planned-program.ts';
import type { Precision } from './probe.ts';
import { MATRIX_TILES, MATRIX_TUNING, SMALL_MATRIX_TUNING, SOFTWARE_TUNING, TUNING, type Tuning } from './tiling.ts';

/** WebGPU's numbers; its own constants are globals of browsers. */
const USE = { mapRead: 1, copyFrom: 4, copyTo: 8, uniform: 64, storage: 128, queryResolve: 512 } as const;
const READ = 1;

/** The device has gone, or refused what it was told: one line for whoever trains; what else the driver said is the cause. */
export class GpuError extends UserError {
  override name = 'GpuError';
  /** The first line of what the driver said. */
  readonly said: string;

  constructor(said: string) {
    const first = said.trim().split('\n')[0]!;
    super(`The graphics card failed: ${first}; go on without it: --engine cpu`, { cause: said });
    this.said = first;
  }
}

/** What has to fit into a device's memory, and what to do where it does not. */
export interface Fitted {
  subject: string;
  advice: string;
}
export const TRAINING: Fitted = {
  subject: 'This training',
  advice: 'choose a smaller size or width, or go on without it: --engine cpu',
};
export const PICTURE: Fitted = {
  subject: 'A picture of this size',
  advice: 'choose a smaller one, or go on without it: --engine cpu',
};

/** Bindings begin at multiples of this many floats. */
export const ALIGNED_FLOATS = 64;
export const aligned = (floats: number): number => Math.ceil(floats / ALIGNED_FLOATS) * ALIGNED_FLOATS;

/** Floats that are read back through one buffer: 64 MB. */
const READ_AT_ONCE = 1 << 24;

/** Milliseconds between two questions whether a software driver is done. */
const REST_MS = 1;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Floats that lie somewhere in a buffer. */
export interface Part {
  buffer: GPUBuffer;
  /** In floats. */
  at: number;
  floats: number;
}

interface Piece {
  buffer: GPUBuffer;
  at: number;
  into: Float32Array;
}

export class Gpu {
  readonly device: GPUDevice;
  readonly info: DeviceInfo;
  /** In single precision throughout. */
  readonly tuning: Tuning;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  #failure: GpuError | DeviceLost | null = null;
  #awaited = 0;
  #resting = false;

  constructor(device: GPUDevice, info: DeviceInfo) {
    this.device = device;
    this.info = info;
    this.tuning = info.software ? SOFTWARE_TUNING : TUNING;
    device.addEventListener('uncapturederror', (event) => {
      this.#failure ??= new GpuError(event.error.message);
    });
    void device.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed') this.#failure ??= new DeviceLost(`${info.name} was lost (${message})`);
    });
  }

  /** @throws GpuError where the device has no matrix units to mix precisions with */
  tuningAt(precision: Precision): Tuning {
    if (precision === 'single') return this.tuning;
    const lanes = this.info.matrixLanes;
    if (lanes === 0) throw new GpuError(`${this.info.name} has no matrix units`);
    const roomy = this.device.limits.maxComputeWorkgroupStorageSize >= MATRIX_TILES;
    return { ...this.tuning, matrix: { ...(roomy ? MATRIX_TUNING : SMALL_MATRIX_TUNING), lanes } };
  }

  /** @throws GpuError or DeviceLost for what went wrong since: WebGPU tells it late. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** A buffer of zeros. */
  buffer(floats: number, use: 'storage' | 'uniform' = 'storage'): GPUBuffer {
    const size = Math.max(16, aligned(floats) * 4);
    if (size > this.largestBuffer)
      throw new GpuError(`${this.info.name} has no buffers of ${Math.ceil(size / 2 ** 20)} MB`);
    return this.device.createBuffer({ size, usage: USE[use] | USE.copyFrom | USE.copyTo });
  }

  /** Bytes of the largest buffer. */
  get largestBuffer(): number {
    return Math.min(this.device.limits.maxBufferSize, this.device.limits.maxStorageBufferBindingSize);
  }

  /** Makes buffers, and waits to hear whether there was room for them. @throws OutOfMemory */
  async inRoom<T extends { dispose(): void | Promise<void> }>(make: () => T, needed: Room, what: Fitted): Promise<T> {
    const { largest } = needed;
    const full = (why: string): OutOfMemory =>
      new OutOfMemory(`${what.subject} does not fit into ${this.info.name}: it ${why}; ${what.advice}`);
    if (largest > this.largestBuffer)
      throw full(`has ${inGigabytes(largest)} in one piece, and the card takes ${inGigabytes(this.largestBuffer)}`);
    this.device.pushErrorScope('out-of-memory');
    let told: Promise<GPUError | null>;
    let made: T;
    try {
      made = make();
    } finally {
      told = this.device.popErrorScope();
    }
    if ((await told) === null) return made;
    await made.dispose();
    throw full(`takes ${inGigabytes(needed.bytes)}, which is more than it has left`);
  }

  queryBuffer(bytes: number): GPUBuffer {
    return this.device.createBuffer({ size: bytes, usage: USE.queryResolve | USE.copyFrom });
  }

  write(buffer: GPUBuffer, data: Float32Array, floatsIn = 0): void {
    this.device.queue.writeBuffer(buffer, floatsIn * 4, data.buffer, data.byteOffset, data.byteLength);
  }

  /** The pipeline of a kernel's text, compiled once. */
  pipeline(code: string, label: string): Promise<GPUComputePipeline> {
    let pipeline = this.#pipelines.get(code);
    if (!pipeline) {
      const module = this.device.createShaderModule({ code, label });
      pipeline = this.device.createComputePipelineAsync({
        label,
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      pipeline = this.#patiently(pipeline).catch(async (error: unknown) => {
        const { messages } = await module.getCompilationInfo();
        const lines = messages.map(({ lineNum, message }) => `${lineNum}: ${message}`).join('\n');
        throw new GpuError(`${label} does not compile: ${(error as Error).message}\n${lines}\n${code}`);
      });
      this.#pipelines.set(code, pipeline);
    }
    return pipeline;
  }

  /** What lies in parts of buffers: small ones are read together, large ones piece by piece. */
  async read(parts: readonly Part[]): Promise<Float32Array[]> {
    const results = parts.map(({ floats }) => new Float32Array(floats));
    let pieces: Piece[] = [];
    let waiting = 0;
    for (const [i, { buffer, at, floats }] of parts.entries())
      for (let from = 0; from < floats; from += READ_AT_ONCE) {
        const length = Math.min(READ_AT_ONCE, floats - from);
        if (waiting + length > READ_AT_ONCE) {
          await this.#readTogether(pieces);
          [pieces, waiting] = [[], 0];
        }
        pieces.push({ buffer, at: at + from, into: results[i]!.subarray(from, from + length) });
        waiting += length;
      }
    if (pieces.length > 0) await this.#readTogether(pieces);
    return results;
  }

  async #readTogether(pieces: readonly Piece[]): Promise<void> {
    const size = pieces.reduce((total, { into }) => total + into.byteLength, 0);
    const staging = this.device.createBuffer({ size, usage: USE.mapRead | USE.copyTo });
    const encoder = this.device.createCommandEncoder();
    let to = 0;
    for (const { buffer, at, into } of pieces) {
      encoder.copyBufferToBuffer(buffer, at * 4, staging, to, into.byteLength);
      to += into.byteLength;
    }
    this.device.queue.submit([encoder.finish()]);
    await this.#patiently(staging.mapAsync(READ));
    this.check();
    const all = new Float32Array(staging.getMappedRange());
    let from = 0;
    for (const { into } of pieces) into.set(all.subarray(from, (from += into.length)));
    staging.destroy();
  }

  async done(): Promise<void> {
    await this.#patiently(this.device.queue.onSubmittedWorkDone());
    this.check();
  }

  /**
   * Waits for the device. Dawn asks it in every turn of the event loop, with all of a core: where that is a core of the
   * very processor that plays the card, the loop rests between two turns.
   */
  async #patiently<T>(answer: Promise<T>): Promise<T> {
    if (!this.info.software) return answer;
    this.#awaited++;
    if (!this.#resting) setImmediate(this.#rest);
    this.#resting = true;
    try {
      return await answer;
    } finally {
      this.#awaited--;
    }
  }

  readonly #rest = (): void => {
    this.#resting = this.#awaited > 0;
    if (!this.#resting) return;
    Atomics.wait(NEVER, 0, 0, REST_MS);
    setImmediate(this.#rest);
  };
}
