/**
 * Whether an engine on a device computes what it should: every operator at its cases and a few steps of trainings, against values that
 * the caller has from an engine that is trusted. Drivers are wrong more often than they crash.
 */
import { z } from 'zod';
import type { Program } from '../../../models/families/program.ts';
import { gradients } from '../../../models/graph/gradient.ts';
import { mul, sum } from '../../../models/graph/operators/index.ts';
import { Random } from '../../../models/graph/random.ts';
import {
  input,
  operators,
  sizeOf,
  type ConformanceCase,
  type Shape,
  type Tensor,
} from '../../../models/graph/tensor.ts';
import type { Execution } from '../engine.ts';

type Values = Record<string, Float32Array>;

/** A short training whose losses are known. */
export interface TrainingCase {
  name: string;
  program: Program;
  steps: number;
  seed: number;
  /** What the ports are given for a step. */
  given: (step: number) => Values;
  /** What the trusted engine reported, step by step. */
  expected: () => Promise<Record<string, number>[]>;
}

export interface Trusted {
  cases: readonly OperatorCase[];
  /** How far a value may be off, relative to the largest of its tensor; losses drift apart over steps. */
  tolerance: { operator: number; loss: number };
  /** The values of a graph's outputs. */
  evaluate: (outputs: Record<string, Tensor>, leaves: Values) => Promise<Values>;
  trainings: readonly TrainingCase[];
}

/** What is tried. */
export interface Tried {
  evaluate: (outputs: Record<string, Tensor>, leaves: Values) => Promise<Values>;
  open: (program: Program, seed: number) => Promise<Execution>;
}

export const verdictSchema = z.object({
  passed: z.boolean(),
  /** What was wrong, in the order in which it was tried: `Conv2d case 2: 0.12 off`. */
  wrong: z.array(z.string()),
  /** How many operator cases and trainings were tried. */
  tried: z.int(),
  /** The largest difference of those that passed. */
  largest: z.number(),
  /** How long a step of the first training takes, in milliseconds. */
  stepMs: z.number().nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export async function selfTest(tried: Tried, { cases, tolerance, evaluate, trainings }: Trusted): Promise<Verdict> {
  const verdict: Verdict = { passed: true, wrong: [], tried: 0, largest: 0, stepMs: null };
  const judge = (name: string, off: number, most: number): void => {
    verdict.tried++;
    if (off <= most) verdict.largest = Math.max(verdict.largest, off);
    else {
      verdict.passed = false;
      verdict.wrong.push(`${name}: ${off.toPrecision(3)} off`);
    }
  };
  await Promise.all(
    cases.map(async ({ name, outputs, leaves }) => {
      const [ours, theirs] = [await tried.evaluate(outputs, leaves), await evaluate(outputs, leaves)];
      const off = Object.keys(theirs).map((key) => difference(ours[key]!, theirs[key]!));
      judge(name, Math.max(...off), tolerance.operator);
    }),
  );
  for (const training of trainings) {
    const { off, stepMs } = await tryTraining(tried, training);
    judge(training.name, off, tolerance.loss);
    verdict.stepMs ??= stepMs;
  }
  return verdict;
}

export interface OperatorCase {
  name: string;
  outputs: Record<string, Tensor>;
  leaves: Values;
}

/** Every operator at its cases, with its gradients there. */
export function operatorCases(): OperatorCase[] {
  return [...operators].flatMap(([name, { operator, apply }]) =>
    operator.cases.map((sizes, i) => operatorCase(`${name} case ${i + 1}`, apply, sizes, i + 1)),
  );
}

/** An operator with its gradients, at seeded values. */
export function operatorCase(
  name: string,
  apply: (inputs: readonly Tensor[], attributes: object) => Tensor,
  sizes: ConformanceCase<object>,
  seed: number,
): OperatorCase {
  const inputs = sizes.inputs.map((shape, i) => input(`x${i}`, shape));
  const output = apply(inputs, sizes.attributes ?? {});
  const learned = inputs.filter((_, i) => !sizes.values?.[i]);
  const slopes = gradients(sum(mul(output, input('weights', output.shape))), learned);
  const drawn = inputs.map(({ name, shape }, i) => {
    const given = sizes.values?.[i];
    return [name, given ? Float32Array.from(given) : draw(seed, name, shape, sizes)] as const;
  });
  return {
    name,
    outputs: { output, ...Object.fromEntries(slopes.map((slope, i) => [`gradient of ${learned[i]!.name}`, slope])) },
    leaves: { weights: draw(seed, 'weights', output.shape, {}), ...Object.fromEntries(drawn) },
  };
}

/** Seeded values in a case's range, kept away from zero where it says so. */
function draw(
  seed: number,
  name: string,
  shape: Shape,
  { range: [low, high] = [-1, 1], awayFromZero = 0 }: Pick<ConformanceCase<object>, 'range' | 'awayFromZero'>,
): Float32Array {
  const random = new Random(seed, name);
  return new Float32Array(sizeOf(shape)).map(() => {
    const x = low + (high - low) * random.uniform();
    return Math.abs(x) < awayFromZero ? x + Math.sign(x || 1) * awayFromZero : x;
  });
}

/** The largest difference, relative to the largest magnitude; infinite where a value is no number. */
function difference(ours: Float32Array, theirs: Float32Array): number {
  let [off, magnitude] = [ours.length === theirs.length ? 0 : Infinity, 1e-6];
  for (let i = 0; i < theirs.length; i++) {
    const one = Math.abs(ours[i]! - theirs[i]!);
    off = Math.max(off, Number.isNaN(one) ? Infinity : one);
    magnitude = Math.max(magnitude, Math.abs(theirs[i]!));
  }
  return off / magnitude;
}

async function tryTraining(
  tried: Tried,
  { program, steps, seed, given, expected }: TrainingCase,
): Promise<{ off: number; stepMs: number }> {
  const known = await expected();
  const execution = await tried.open(program, seed);
  await execution.initialise(seed);
  let [off, stepMs] = [0, Infinity];
  for (let step = 0; step < steps; step++) {
    const began = performance.now();
    for (const [port, data] of Object.entries(given(step))) await execution.write(port, data);
    await execution.step(step, 'main', Infinity);
    const ours = await execution.reports();
    stepMs = Math.min(stepMs, performance.now() - began);
    for (const [name, value] of Object.entries(known[step]!)) {
      const one = Math.abs((ours[name]?.value ?? NaN) - value) / Math.max(Math.abs(value), 0.1);
      off = Math.max(off, Number.isNaN(one) ? Infinity : one);
    }
  }
  await execution.dispose();
  return { off, stepMs };
}
