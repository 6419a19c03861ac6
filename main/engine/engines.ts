/** The engines, one row each; what can train on this machine, and why not the rest. None is trusted before its self-test. */
import { pix2pix } from '../../models/families/pix2pix.ts';
import { Random } from '../../models/graph/random.ts';
import { UserError } from '../errors.ts';
import { cpu } from './cpu/index.ts';
import { notAvailable, type Engine, type SelfTest } from './engine.ts';
import { plain } from './plain/index.ts';
import { tensorflow } from './tensorflow/index.ts';
import { webgpu, webgpuMixed } from './webgpu/index.ts';

/** What others are compared with; never chosen by itself. */
const REFEREE: Engine = plain;

/** In the order in which `auto` takes them. */
export const ENGINES: readonly Engine[] = [webgpuMixed, webgpu, tensorflow, cpu, plain];

/** The engines that this version does not have. Each will be its own row of code, not a flag of another. */
const ABSENT: Readonly<Record<string, string>> = {
  cuda: 'training on CUDA is not part of this version',
  directml: 'training on DirectML is not part of this version',
  coreml: 'training on CoreML is not part of this version',
};

export interface EngineReport extends Record<string, unknown> {
  name: string;
  available: boolean;
  chosen: boolean;
  reason: string;
  device: string | null;
  selfTest: 'passed' | 'failed' | 'not run';
  stepMs: number | null;
}

/** The engine of a name. @throws UserError where this version has none of it */
export function requireEngine(name: string): Engine {
  const engine = ENGINES.find((each) => each.name === name);
  if (engine) return engine;
  const reason = ABSENT[name];
  if (reason) throw notAvailable(name, reason);
  const known = ['auto', ...ENGINES.map((each) => each.name), ...Object.keys(ABSENT)];
  throw new UserError(`There is no engine "${name}"; there are: ${known.join(', ')}`);
}

/** Refuses names that mean no engine, before anything is begun; whether it is there, `chooseEngine` finds. */
export const checkEngineName = (name: string): string => (name === 'auto' ? name : requireEngine(name).name);

/**
 * The engine to be used here: the one of that name, or with `auto` the first that is there, fast, and passed its own
 * self-test. `warn` hears why one that is there was not taken. @throws UserError when a named one is not there
 */
export async function chooseEngine(
  name: string,
  threads: number,
  warn: (message: string) => void = () => undefined,
  engines = ENGINES,
): Promise<Engine> {
  if (name !== 'auto') {
    const engine = requireEngine(name);
    const { available, reason } = await engine.presence(threads);
    if (!available) throw notAvailable(name, reason);
    return engine;
  }
  for (const engine of engines) {
    const { available, automatic, device } = await engine.presence(threads);
    if (!available || !automatic) continue;
    const test = await engine.selfTest?.();
    if (test === undefined || test?.passed) return engine;
    if (test) warn(`${engine.name} is not used on ${device}: ${sayWrong(test)}`);
  }
  throw new UserError('There is no engine that can train on this machine');
}

const sayWrong = ({ wrong }: SelfTest): string =>
  wrong.length === 0 ? 'it does not compute what it should' : `it failed its self-test (${wrong[0]})`;

/** Reports every engine, after a self-test of those that are there; chosen is what `auto` takes. */
export async function reportEngines(threads: number): Promise<EngineReport[]> {
  let expected: Promise<Trial> | undefined;
  const tried = async (engine: Engine): Promise<SelfTest> =>
    compare(await trial(engine, threads), await (expected ??= trial(REFEREE, threads)));
  const reports: EngineReport[] = [];
  for (const engine of ENGINES) {
    const { available, automatic, reason, device } = await engine.presence(threads);
    const test = available ? await (engine.selfTest ? engine.selfTest() : tried(engine)) : null;
    const usable = available && test?.passed !== false;
    reports.push({
      name: engine.name,
      available: usable,
      chosen: usable && automatic && test !== null && !reports.some(({ chosen }) => chosen),
      reason:
        engine === REFEREE
          ? `${reason}, unoptimised: what the others are compared with`
          : test?.passed === false
            ? sayWrong(test)
            : reason,
      device,
      selfTest: test === null ? 'not run' : test.passed ? 'passed' : 'failed',
      stepMs: test?.stepMs == null ? null : Math.round(test.stepMs * 10) / 10,
    });
  }
  const absent = Object.entries(ABSENT).map(([name, reason]): EngineReport => ({
    ...{ name, available: false, chosen: false, reason, device: null },
    ...{ selfTest: 'not run', stepMs: null },
  }));
  return [...reports, ...absent];
}

interface Trial {
  losses: number[];
  stepMs: number;
}

/** A tiny network, trained for a few steps. */
async function trial(engine: Engine, threads: number): Promise<Trial> {
  const shape = { size: 32, channels: 3, batch: 1, labels: [] } as const;
  const execution = await engine.open(pix2pix.program(shape, pix2pix.settings.parse({ width: 8 })), {
    seed: 1,
    threads,
  });
  try {
    await execution.initialise(1);
    const random = new Random(1, 'self-test');
    for (const port of ['input', 'target'])
      await execution.write(
        port,
        new Float32Array(3 * 32 * 32).map(() => random.uniform() * 2 - 1),
      );
    const losses: number[] = [];
    // The first steps warm up, and others may have the processor for a while: the quickest says what it can.
    let stepMs = Infinity;
    for (let step = 0; step < 4; step++) {
      const began = performance.now();
      await execution.step(step, 'main', Infinity);
      losses.push(...Object.values(await execution.reports()).map(({ value }) => value));
      stepMs = Math.min(stepMs, performance.now() - began);
    }
    return { losses, stepMs };
  } finally {
    await execution.dispose();
  }
}

/** Two ways to compute the same must agree. */
function compare({ losses, stepMs }: Trial, expected: Trial): SelfTest {
  const close = (loss: number, i: number): boolean =>
    Number.isFinite(loss) && Math.abs(loss - expected.losses[i]!) <= 1e-3 * Math.max(1, Math.abs(loss));
  return { passed: losses.length === expected.losses.length && losses.every(close), wrong: [], stepMs };
}
