/** What an engine gives whoever trains: a copy of main/engine/engine.ts, until both are in one place. */

export interface StateTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/** All that a training needs to go on: the names are those of checkpoints. */
export interface EngineState {
  tensors: StateTensor[];
  /** How many updates each player has had. */
  updates: Record<string, number>;
  /** How many pictures each pool holds. */
  pools: Record<string, number>;
}

export interface Execution {
  readonly parameterCount: number;
  readonly flops: number;
  /** Draws the first weights. */
  initialise(seed: number): Promise<void>;
  /** Gives a leaf of the steps its values. */
  write(port: string, data: Float32Array): Promise<void>;
  /** The scheduled steps with their updates, then the averages. `step` counts from 0. */
  step(step: number, schedule: readonly string[], rate: (player: string) => number): Promise<void>;
  /** The numbers that the last step reported. */
  reports(): Promise<Record<string, number>>;
  /** A reported tensor, or a gradient as `<parameter>#g`. */
  read(name: string): Promise<Float32Array>;
  save(): Promise<EngineState>;
  load(state: EngineState): Promise<void>;
  /** Runs an exported graph on the averaged weights. */
  infer(model: number, inputs: Record<string, Float32Array>): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}
