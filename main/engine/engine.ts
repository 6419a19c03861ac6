/**
 * What an engine is: something that runs programs. One folder below this one for each, and one row in engines.ts. How a
 * step is lowered, where weights live and what is fused is an engine's own business.
 */
import { UserError } from '../errors.ts';
import type { Phase, Program } from '../../models/families/program.ts';
import type { Tensor } from '../../models/graph/tensor.ts';
import type { ReportKind } from '../../models/families/step.ts';

export interface NamedTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/**
 * Everything that an exact resume needs; order, noise and augmentation are functions of the seed and the step. Any
 * engine loads what any other saved. Of each parameter: `name` (weight), `name#m` and `name#v` (Adam's moments) and, of
 * what is exported, `name#ema`; each pool of past pictures under the name of the input that it feeds.
 */
export interface EngineState {
  tensors: NamedTensor[];
  /** How many updates each player has had. */
  updates: Record<string, number>;
  /** How many pictures each pool holds. */
  pools: Record<string, number>;
}

/** A program opened on an engine. */
export interface Execution {
  readonly parameterCount: number;
  /** Floating-point operations of one step of the run, as `countFlops` counts them. */
  readonly flops: number;
  /** Draws the first weights; averages begin there too. */
  initialise(seed: number): Promise<void>;
  /** What a port holds for the next step. @throws Error where the program has no such port */
  write(port: string, data: Float32Array): Promise<void>;
  /**
   * One step of the run (from 0) of `of`: the turns that are due, with their updates, then the average. The same step,
   * state and pictures give the same bits on the same device.
   */
  step(step: number, phase: Phase, of: number): Promise<void>;
  /** The numbers that the last step reported. */
  reports(): Promise<Record<string, { kind: ReportKind; value: number }>>;
  /** What the last step left in a value: a kept result, a parameter, or its gradient (`name#g`). Valid until the next. */
  read(name: string): Promise<Float32Array>;
  /** A state to be filled and loaded; its arrays may be the engine's own memory. */
  blank(): EngineState;
  /** The state now. Its arrays are valid until the next step. */
  save(): Promise<EngineState>;
  /** Puts a state in place; tensors that it does not have stay as they are. */
  load(state: EngineState): Promise<void>;
  /** Runs an exported graph (by its place) on the averaged weights. The results are valid until the next call. */
  infer(model: number, inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  seed: number;
  /** Processor threads. */
  threads: number;
  /** Awaited between parts of a step, so that it can be interrupted by something more urgent. */
  breathe?: () => Promise<void>;
  /** Writes traces of every kernel to files that begin so. */
  profile?: string;
}

/** The name of the engine that is everywhere. */
export const EVERYWHERE = 'cpu';

/** What is said where an engine is asked for that is not there. */
export const notAvailable = (name: string, reason: string, options?: ErrorOptions): UserError =>
  new UserError(
    `The engine "${name}" is not available: ${reason}; choose another engine (${EVERYWHERE} is everywhere, auto takes the fastest that is there)`,
    options,
  );

/** Whether an engine can be used on this machine: on what, and why not. */
export interface Presence {
  available: boolean;
  /** Whether `auto` may take it, once it is trusted. */
  automatic: boolean;
  reason: string;
  device: string | null;
}

/** What an engine's self-test found. */
export interface SelfTest {
  passed: boolean;
  /** What was wrong, in words. */
  wrong: string[];
  /** How long a step of a tiny training takes. */
  stepMs: number | null;
}

/** What a training takes of the memory that it trains in, in bytes. */
export interface Room {
  /** By the plan of its steps: weights and what belongs to them, and all that is there at once. */
  needed: number;
  /** What there is; null where nobody says. */
  free: number | null;
}

/** A graph whose weights stay as they are, opened on an engine. */
export interface Frozen {
  /** The results of these inputs. The arrays are the caller's. */
  run(inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>;
  dispose(): void;
}

export interface Engine {
  readonly name: string;
  /** Looks whether it is there, without running anything. */
  presence(threads: number): Promise<Presence>;
  /** The versions that a run's record keeps, by name. */
  versions(threads: number): Promise<Record<string, string>>;
  /**
   * Its own comparison with what is trusted, in a process of its own; null where it is not worth the time. Engines
   * without one are tried in the process at hand, and trusted by `auto`.
   */
  selfTest?(): Promise<SelfTest | null>;
  /** Where a part of it is the person's own: builds what is missing from what is in a folder of hers, and says what was done. */
  install?(folder: string, say: (line: string) => void): Promise<string>;
  /** Estimates, without taking any. */
  room(program: Program): Promise<Room>;
  /** @throws OutOfMemory */
  open(program: Program, options: OpenOptions): Promise<Execution>;
  /**
   * Opens a graph with its weights, to be run again and again, in single precision. Engines without it leave that to ONNX
   * Runtime's processor provider.
   */
  freeze?(
    graph: { inputs: Readonly<Record<string, Tensor>>; outputs: Readonly<Record<string, Tensor>> },
    weights: ReadonlyMap<string, { data: Float32Array }>,
  ): Promise<Frozen>;
  /** Runs a graph once, given a value for every leaf by name: for tests and self-tests. */
  evaluate<K extends string>(
    outputs: Readonly<Record<K, Tensor>>,
    leaves: Readonly<Record<string, Float32Array>>,
    options: Pick<OpenOptions, 'threads'>,
  ): Promise<Record<K, Float32Array>>;
}
