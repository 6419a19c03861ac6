/**
 * ONNX Runtime through its C API.
 *
 * The library is the one that the package onnxruntime-node carries for each platform; its own JavaScript binding is not
 * used, because it copies every result (all gradients of a step) and its `run` is the only way in. Called directly, a
 * run reads and writes our buffers in place, and can leave the JavaScript thread free.
 *
 * The C API is a table of function pointers to which entries are only ever appended; the numbers below are places in
 * it (onnxruntime_c_api.h, `struct OrtApi`).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import type { Shape } from '../../../models/graph/tensor.ts';

const API_VERSION = 17;
const FLOAT = 1;

/** A failure that ONNX Runtime reports: a fault of ours or of the machine, never of the person. */
export class OrtError extends Error {
  override name = 'OrtError';
}

/** A run that was interrupted: what it would have written is not to be used. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

type Pointer = bigint | null;
type NativeFunction = ((...args: unknown[]) => unknown) & { async: (...args: unknown[]) => void };

const SIGNATURES = {
  GetErrorMessage: [2, 'const char *GetErrorMessage(void *status)'],
  CreateSessionFromArray: [
    8,
    'void *CreateSessionFromArray(void *env, const void *data, size_t size, void *options, _Out_ void **session)',
  ],
  Run: [
    9,
    'void *Run(void *session, void *options, const char **inputNames, void **inputs, size_t inputCount, const char **outputNames, size_t outputCount, void **outputs)',
  ],
  CreateSessionOptions: [10, 'void *CreateSessionOptions(_Out_ void **options)'],
  EnableProfiling: [14, 'void *EnableProfiling(void *options, const char *prefix)'],
  DisableMemPattern: [17, 'void *DisableMemPattern(void *options)'],
  SetSessionGraphOptimizationLevel: [23, 'void *SetSessionGraphOptimizationLevel(void *options, int level)'],
  CreateRunOptions: [39, 'void *CreateRunOptions(_Out_ void **options)'],
  RunOptionsSetTerminate: [46, 'void *RunOptionsSetTerminate(void *options)'],
  RunOptionsUnsetTerminate: [47, 'void *RunOptionsUnsetTerminate(void *options)'],
  CreateTensorWithData: [
    49,
    'void *CreateTensorWithDataAsOrtValue(void *info, void *data, size_t bytes, const int64_t *shape, size_t rank, int type, _Out_ void **value)',
  ],
  GetTensorMutableData: [51, 'void *GetTensorMutableData(void *value, _Out_ void **data)'],
  GetTensorElementType: [60, 'void *GetTensorElementType(void *info, _Out_ int *type)'],
  GetDimensionsCount: [61, 'void *GetDimensionsCount(void *info, _Out_ size_t *count)'],
  GetDimensions: [62, 'void *GetDimensions(void *info, int64_t *lengths, size_t count)'],
  GetTensorTypeAndShape: [65, 'void *GetTensorTypeAndShape(void *value, _Out_ void **info)'],
  CreateCpuMemoryInfo: [69, 'void *CreateCpuMemoryInfo(int allocator, int memory, _Out_ void **info)'],
  ReleaseStatus: [93, 'void ReleaseStatus(void *status)'],
  ReleaseSession: [95, 'void ReleaseSession(void *session)'],
  ReleaseValue: [96, 'void ReleaseValue(void *value)'],
  ReleaseTensorTypeAndShapeInfo: [99, 'void ReleaseTensorTypeAndShapeInfo(void *info)'],
  ReleaseSessionOptions: [100, 'void ReleaseSessionOptions(void *options)'],
  SessionEndProfiling: [110, 'void *SessionEndProfiling(void *session, void *allocator, _Out_ const char **file)'],
  GetAllocatorWithDefaultOptions: [78, 'void *GetAllocatorWithDefaultOptions(_Out_ void **allocator)'],
  CreateEnvWithGlobalThreadPools: [
    119,
    'void *CreateEnvWithGlobalThreadPools(int level, const char *id, void *threading, _Out_ void **env)',
  ],
  DisablePerSessionThreads: [120, 'void *DisablePerSessionThreads(void *options)'],
  CreateThreadingOptions: [121, 'void *CreateThreadingOptions(_Out_ void **options)'],
  AddSessionConfigEntry: [130, 'void *AddSessionConfigEntry(void *options, const char *key, const char *value)'],
  SetGlobalIntraOpNumThreads: [147, 'void *SetGlobalIntraOpNumThreads(void *options, int threads)'],
  SetGlobalInterOpNumThreads: [148, 'void *SetGlobalInterOpNumThreads(void *options, int threads)'],
  SetGlobalSpinControl: [149, 'void *SetGlobalSpinControl(void *options, int allow)'],
} as const;

type Api = Record<keyof typeof SIGNATURES, NativeFunction>;

/** Where onnxruntime-node keeps the library for this platform. */
export function libraryPath(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')).replace(
    /app\.asar(?=[\\/])/,
    'app.asar.unpacked',
  );
  const folder = join(root, 'bin', 'napi-v6', process.platform, process.arch);
  const names = ['libonnxruntime.so.1', 'libonnxruntime.1.dylib', 'libonnxruntime.1.30.0.dylib', 'onnxruntime.dll'];
  const found = names.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (!found) throw new OrtError(`ONNX Runtime has no library for ${process.platform}/${process.arch}`);
  return found;
}

/** The process's one ONNX Runtime: its function table, environment and threads, which all sessions share. */
class Runtime {
  readonly api: Api;
  /** Held for ever: a library that is garbage collected is unloaded under the functions that came from it. */
  readonly library = koffi.load(libraryPath());
  readonly version: string;
  readonly env: Pointer;
  readonly memory: Pointer;
  readonly threads: number;

  constructor(threads: number, { idle }: RuntimeOptions) {
    const base = this.library.func('void *OrtGetApiBase()')() as unknown;
    const [getApi, getVersion] = koffi.decode(base, koffi.array('void *', 2)) as [unknown, unknown];
    this.version = (
      koffi.decode(getVersion, koffi.proto('const char *OrtGetVersionString()')) as NativeFunction
    )() as string;
    const table = (koffi.decode(getApi, koffi.proto('void *OrtGetApi(uint32_t version)')) as NativeFunction)(
      API_VERSION,
    );
    const entries = koffi.decode(table, koffi.array('void *', 150)) as unknown[];
    this.api = Object.fromEntries(
      Object.entries(SIGNATURES).map(([name, [place, signature]]) => [
        name,
        koffi.decode(entries[place], koffi.proto(signature)),
      ]),
    ) as Api;
    this.threads = threads;
    const threading = this.make('CreateThreadingOptions');
    this.check(this.api.SetGlobalIntraOpNumThreads(threading, threads));
    this.check(this.api.SetGlobalInterOpNumThreads(threading, 1));
    this.check(this.api.SetGlobalSpinControl(threading, threads > 1 && idle === 'spin' ? 1 : 0));
    // Level 4: what fails is told by its status, and by whoever asked; a line on stderr would be a second one.
    this.env = this.make('CreateEnvWithGlobalThreadPools', 4, 'maquette', threading);
    this.memory = this.make('CreateCpuMemoryInfo', 1, 0);
  }

  /** Calls a function whose last argument is an out-pointer; gives what it made. */
  make(name: keyof Api, ...args: unknown[]): Pointer {
    const out: Pointer[] = [null];
    this.check(this.api[name](...args, out));
    return out[0]!;
  }

  /** @throws OrtError when a status says so; releases the status */
  check(status: unknown): void {
    if (status === null) return;
    const message = this.api.GetErrorMessage(status) as string;
    this.api.ReleaseStatus(status);
    throw new OrtError(message);
  }
}

let runtime: Runtime | undefined;
/** How it is to be started: it is once something needs it. A process that ends as its threads begin may crash. */
let wanted: { threads: number; options: RuntimeOptions } | undefined;

export interface RuntimeOptions {
  /**
   * What its threads do between two operators, and for some 50 ms after the last one: `spin` is a little faster while
   * it runs; `sleep` leaves the processor to whoever waits for the result.
   */
  idle: 'spin' | 'sleep';
}

/** ONNX Runtime is to have this many threads. The first caller decides; asking for another number later is an error. */
export function startRuntime(threads: number, options: RuntimeOptions = { idle: 'spin' }): void {
  if (wanted && wanted.threads !== threads)
    throw new OrtError(`ONNX Runtime already runs with ${wanted.threads} threads in this process`);
  wanted ??= { threads, options };
}

/** The version of ONNX Runtime. @throws Error where it cannot be loaded here */
export const runtimeVersion = (): string => started().version;

function started(): Runtime {
  if (!wanted) throw new OrtError('startRuntime was not called in this process');
  return (runtime ??= new Runtime(wanted.threads, wanted.options));
}

/** A float32 tensor that ONNX Runtime reads and writes in place. The array must keep its memory (never a grown one). */
export class Value {
  readonly data: Float32Array;
  readonly shape: Shape;
  readonly pointer: Pointer;

  /** `data` must not be shorter than 17 elements unless it has its own ArrayBuffer: V8 moves small ones. */
  constructor(data: Float32Array, shape: Shape) {
    this.data = data;
    this.shape = shape;
    const { memory } = started();
    this.pointer = started().make(
      'CreateTensorWithData',
      memory,
      data,
      data.byteLength,
      BigInt64Array.from(shape, BigInt),
      shape.length,
      FLOAT,
    );
  }

  static zeros(shape: Shape): Value {
    const size = shape.reduce((product, length) => product * length, 1);
    return new Value(new Float32Array(new ArrayBuffer(size * 4)), shape);
  }

  /** Frees ONNX Runtime's side; the array stays. */
  dispose(): void {
    started().api.ReleaseValue(this.pointer);
  }
}

/** What a model gave of a shape that only it knew. */
export interface Answer {
  shape: Shape;
  data: Float32Array;
}

/** More values than any picture has that is good for something: what a model gives is copied. */
const MOST_VALUES = 2 ** 28;

/** Takes a float32 result out of ONNX Runtime's memory and frees it there. @throws OrtError for one of another kind */
function takeAnswer(pointer: bigint): Answer {
  const ort = started();
  const [type, count, data]: [number[], number[], Pointer[]] = [[0], [0], [null]];
  try {
    const info = ort.make('GetTensorTypeAndShape', pointer);
    try {
      ort.check(ort.api.GetTensorElementType(info, type));
      ort.check(ort.api.GetDimensionsCount(info, count));
      const lengths = new BigInt64Array(new ArrayBuffer(Math.max(8, count[0]! * 8)), 0, count[0]);
      ort.check(ort.api.GetDimensions(info, lengths, count[0]));
      const shape = [...lengths].map(Number);
      const size = shape.reduce((product, length) => product * length, 1);
      if (type[0] !== FLOAT) throw new OrtError(`it gives values of type ${type[0]}, not float32`);
      if (size > MOST_VALUES) throw new OrtError(`it gives ${size} values at once`);
      if (size === 0) return { shape, data: new Float32Array() };
      ort.check(ort.api.GetTensorMutableData(pointer, data));
      return { shape, data: koffi.decode(data[0], koffi.array('float', size, 'Typed')) as Float32Array };
    } finally {
      ort.api.ReleaseTensorTypeAndShapeInfo(info);
    }
  } finally {
    ort.api.ReleaseValue(pointer);
  }
}

export interface SessionOptions {
  /** ONNX Runtime's own graph optimisation; off is for tests that compare. */
  optimise?: boolean;
  /** Writes a trace of every kernel to `<profile>_*.json` when the session is released. */
  profile?: string;
}

/** A model that is ready to run. */
export class Session {
  readonly #pointer: Pointer;
  readonly #profiling: boolean;

  /** @throws OrtError when the model is not valid */
  constructor(model: Uint8Array, { optimise = true, profile }: SessionOptions = {}) {
    const ort = started();
    const options = ort.make('CreateSessionOptions');
    try {
      ort.check(ort.api.DisablePerSessionThreads(options));
      ort.check(ort.api.SetSessionGraphOptimizationLevel(options, optimise ? 99 : 0));
      // Its plan of all memory at once takes twice as much as asking for each value when it is needed, and is no faster.
      ort.check(ort.api.DisableMemPattern(options));
      // Denormals cost a hundred times a normal product, and a dying gradient is full of them.
      ort.check(ort.api.AddSessionConfigEntry(options, 'session.set_denormal_as_zero', '1'));
      if (profile) ort.check(ort.api.EnableProfiling(options, profile));
      this.#profiling = profile !== undefined;
      this.#pointer = ort.make('CreateSessionFromArray', ort.env, model, model.byteLength, options);
    } finally {
      ort.api.ReleaseSessionOptions(options);
    }
  }

  /** Prepares a call that reads and writes the same buffers every time; null for a result that `take` gives. */
  bind(inputs: Readonly<Record<string, Value>>, outputs: Readonly<Record<string, Value | null>>): Call {
    return new Call(this.#pointer, inputs, outputs);
  }

  release(): void {
    const ort = started();
    if (this.#profiling) ort.make('SessionEndProfiling', this.#pointer, ort.make('GetAllocatorWithDefaultOptions'));
    ort.api.ReleaseSession(this.#pointer);
  }
}

/** A session with its inputs and outputs bound. */
export class Call {
  readonly #arguments: unknown[];
  /** Made for calls that are to be interrupted. */
  #options: Pointer = null;
  #state: 'idle' | 'running' | 'interrupted' = 'idle';
  /** What it reads and writes: held so that the buffers live as long as the call. */
  readonly values: readonly Value[];
  /** Where ONNX Runtime leaves the results for which nothing was bound. */
  readonly #results: BigUint64Array;

  constructor(
    session: Pointer,
    inputs: Readonly<Record<string, Value>>,
    outputs: Readonly<Record<string, Value | null>>,
  ) {
    this.values = [...Object.values(inputs), ...Object.values(outputs)].filter((value) => value !== null);
    // In an ArrayBuffer of its own: V8 moves small typed arrays, and an asynchronous call reads this one all along.
    const pointers = (values: Readonly<Record<string, Value | null>>): BigUint64Array => {
      const list = Object.values(values).map((value) => value?.pointer ?? 0n);
      const array = new BigUint64Array(new ArrayBuffer(list.length * 8));
      array.set(list);
      return array;
    };
    const [inputNames, outputNames] = [Object.keys(inputs), Object.keys(outputs)];
    this.#results = pointers(outputs);
    this.#arguments = [
      session,
      null,
      inputNames,
      pointers(inputs),
      inputNames.length,
      outputNames,
      outputNames.length,
      this.#results,
    ];
  }

  /** Takes the results of a call that bound none of them, in the order of their names. Once after each run. */
  take(): Answer[] {
    const taken = [...this.#results];
    this.#results.fill(0n);
    return taken.map(takeAnswer);
  }

  /** Runs and waits: nothing else happens on this thread. */
  run(): void {
    started().check(started().api.Run(...this.#arguments));
  }

  /** Runs on a thread of its own, so that this one can answer messages. @throws Interrupted when it was */
  async runAsync(): Promise<void> {
    const ort = started();
    if (this.#options !== null) ort.check(ort.api.RunOptionsUnsetTerminate(this.#options));
    this.#state = 'running';
    try {
      const status = await new Promise<unknown>((resolve, reject) => {
        ort.api.Run.async(...this.#arguments, (error: Error | null, result: unknown) =>
          error ? reject(error) : resolve(result),
        );
      });
      ort.check(status);
    } catch (error) {
      throw this.#wasInterrupted() ? new Interrupted('The run was interrupted', { cause: error }) : error;
    } finally {
      this.#state = 'idle';
    }
  }

  #wasInterrupted(): boolean {
    return this.#state === 'interrupted';
  }

  /** From now on the call can be interrupted. Costs a little memory that is never given back. */
  interruptible(): this {
    this.#options ??= started().make('CreateRunOptions');
    this.#arguments[1] = this.#options;
    return this;
  }

  /** Ends the run under way between two operators; does nothing when there is none. */
  interrupt(): void {
    if (this.#state !== 'running' || this.#options === null) return;
    this.#state = 'interrupted';
    started().check(started().api.RunOptionsSetTerminate(this.#options));
  }
}
