/** What can train on this machine, and why not the rest. No provider is trusted before it has passed a self-test. */
import { availableParallelism, cpus } from 'node:os';
import { pix2pix } from '../../models/families/pix2pix.ts';
import { Random } from '../../models/graph/random.ts';
import { UserError } from '../errors.ts';
import { startRuntime } from './cpu/ort.ts';
import { Runner } from './cpu/runner.ts';

export interface EngineReport extends Record<string, unknown> {
  name: string;
  available: boolean;
  chosen: boolean;
  reason: string;
  device: string | null;
  selfTest: 'passed' | 'failed' | 'not run';
  stepMs: number | null;
}

/** The engines that this version does not have. Each will be its own row of code, not a flag of another. */
const ABSENT: Readonly<Record<string, string>> = {
  webgpu: 'training on WebGPU is not part of this version',
  cuda: 'training on CUDA is not part of this version',
  directml: 'training on DirectML is not part of this version',
  coreml: 'training on CoreML is not part of this version',
  tensorflow: 'training with TensorFlow is not part of this version',
};

/** The engine that a name means. @throws UserError when it does not exist or cannot be used, saying why */
export function requireEngine(name: string): 'cpu' {
  if (name === 'auto' || name === 'cpu') return 'cpu';
  const reason = ABSENT[name];
  if (reason) throw new UserError(`The engine "${name}" is not available: ${reason}; use --engine cpu`);
  throw new UserError(`There is no engine "${name}"; there are: auto, cpu, ${Object.keys(ABSENT).join(', ')}`);
}

/** Reports every engine, after a self-test of those that are there. */
export async function reportEngines(threads: number): Promise<EngineReport[]> {
  const { version } = startRuntime(threads);
  const test = await selfTest(threads);
  const device = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${threads} of ${availableParallelism()} threads`;
  const cpu: EngineReport = {
    name: 'cpu',
    available: test.passed,
    chosen: test.passed,
    reason: test.passed ? `ONNX Runtime ${version}` : test.reason,
    device,
    selfTest: test.passed ? 'passed' : 'failed',
    stepMs: Math.round(test.stepMs * 10) / 10,
  };
  const absent = Object.entries(ABSENT).map(([name, reason]): EngineReport => ({
    name,
    available: false,
    chosen: false,
    reason,
    device: null,
    selfTest: 'not run',
    stepMs: null,
  }));
  return [cpu, ...absent];
}

/**
 * Trains a tiny network for a few steps, with ONNX Runtime's optimiser and without it: two ways through its kernels
 * that must agree, and must learn.
 */
async function selfTest(threads: number): Promise<{ passed: boolean; reason: string; stepMs: number }> {
  const settings = pix2pix.settings.parse({ width: 8 });
  const [size, steps] = [32, 4];
  const losses: number[][] = [];
  let stepMs = 0;
  for (const optimise of [true, false]) {
    const runner = new Runner(pix2pix, { size, channels: 3, batch: 1 }, settings, { seed: 1, threads, optimise });
    runner.parameters.initialise(1);
    const random = new Random(1, 'self-test');
    for (const name of ['input', 'target'])
      runner.value(name).data.forEach((_, i, data) => (data[i] = random.uniform() * 2 - 1));
    const seen: number[] = [];
    for (let step = 0; step < steps; step++) {
      const began = performance.now();
      await runner.step(step, ['dg'], 2e-4);
      if (optimise) stepMs = performance.now() - began;
      seen.push(...Object.values(runner.scalars()));
    }
    losses.push(seen);
    await runner.dispose();
  }
  const [a, b] = losses as [number[], number[]];
  const agree = a.every(
    (loss, i) => Number.isFinite(loss) && Math.abs(loss - b[i]!) <= 1e-3 * Math.max(1, Math.abs(loss)),
  );
  return { passed: agree, reason: agree ? '' : 'its optimised and plain kernels disagree', stepMs };
}
