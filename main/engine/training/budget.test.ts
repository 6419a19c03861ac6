import { describe, expect, it } from 'vitest';
import { linearDecay } from '../../../models/families/family.ts';
import { plannedSchema, scheduleEnd, TimeBudget, type Planned } from './budget.ts';

interface Times {
  stepMs: number;
  wholeMs: number;
}
const steady = (ms: number): Times => ({ stepMs: ms, wholeMs: ms });

/** Runs a budget to its end: what it decided, when it ended, and the learning rate of each step. */
function spend(
  minutes: number,
  timeOf: (step: number, spent: number) => Times,
  { warmup = 0, plan = [] as Planned[], begin = 0 } = {},
) {
  const budget = new TimeBudget(minutes, { warmup, plan, begin });
  const decided = [...plan];
  const rates: number[] = [];
  let [step, spent] = [begin, 0];
  while (step < (decided.at(-1)?.steps ?? Infinity)) {
    rates.push(linearDecay(1, step, scheduleEnd(decided, decided.at(-1)?.steps ?? null, step)));
    const times = timeOf(++step, spent);
    spent += times.wholeMs;
    const planned = budget.hear(step, times);
    if (planned) decided.push(plannedSchema.parse(planned));
  }
  return { decided, steps: step, spent, rates, leftMs: budget.leftMs };
}

/** The greatest fall of the rate from one step to the next, and whether it ever rises. */
const falls = (rates: readonly number[]): { most: number; rises: boolean } => {
  const steps = rates.slice(1).map((rate, i) => rates[i]! - rate);
  return { most: Math.max(...steps), rises: steps.some((fall) => fall < -1e-9) };
};

describe('a time budget', () => {
  it('is known after fifteen steps, of which the first three do not count', () => {
    const { decided } = spend(1, (step) => steady(step <= 3 ? 900 : 100));
    const steps = 15 + Math.round((60_000 - 3 * 900 - 12 * 100) / 100);
    expect(decided[0]).toMatchObject({ from: 15, steps, progress: 15 / steps });
  });

  it('is not taken from the faster steps of a warm-up', () => {
    const { decided } = spend(1, (step) => steady(step <= 50 ? 10 : 30), { warmup: 50 });
    expect(decided[0]!.from).toBe(65);
    expect(decided[0]!.steps).toBeLessThan(2100);
  });

  it.each<[string, (step: number, spent: number) => Times]>([
    ['steps are steady', () => steady(100)],
    ['previews and checkpoints take time', (step) => ({ stepMs: 100, wholeMs: step % 50 === 0 ? 3000 : 100 })],
    ['the machine gets slow in the middle', (_, spent) => steady(spent < 150_000 ? 60 : 200)],
    ['the machine gets fast in the middle', (_, spent) => steady(spent < 150_000 ? 200 : 60)],
    ['every third half minute is slow', (_, spent) => steady(Math.floor(spent / 30_000) % 3 === 2 ? 400 : 80)],
  ])('ends on the clock where %s, and the rate falls smoothly to nothing', (_, timeOf) => {
    const { spent, rates, leftMs } = spend(5, timeOf);
    expect(Math.abs(spent - 300_000)).toBeLessThan(0.02 * 300_000);
    expect(leftMs).toBeLessThan(0.02 * 300_000);
    const { most, rises } = falls(rates);
    expect(rises).toBe(false);
    expect(most).toBeLessThan(0.02);
    expect(rates[Math.floor(rates.length * 0.1)]).toBe(1);
    expect(rates.at(-1)).toBeLessThan(0.02);
  });

  it('lets the rate fall also where others took nearly all of the time', () => {
    const { spent, rates, steps } = spend(1, (step) => steady(step === 200 ? 90_000 : 100));
    expect(spent).toBeGreaterThan(90_000);
    expect(steps).toBeGreaterThan(210);
    expect(steps).toBeLessThan(240);
    expect(rates.at(-1)).toBeLessThan(0.1);
    expect(falls(rates).rises).toBe(false);
  });

  it('decides again what was decided, and then goes on with the time that was left', () => {
    const whole = spend(5, (_, spent) => steady(spent < 100_000 ? 60 : 100));
    const killed = whole.decided.filter(({ from }) => from <= 1500);
    // Gone on with from step 1200, on a machine that is twice as slow by now.
    const again = spend(5, () => steady(200), { plan: killed, begin: 1200 });
    expect(again.rates.slice(0, 300)).toEqual(whole.rates.slice(1200, 1500));
    expect(again.decided.slice(0, killed.length)).toEqual(killed);
    expect(again.decided.length).toBeGreaterThan(killed.length);
    expect(falls(again.rates).rises).toBe(false);
    // A run that came to its end comes to the same end.
    const budget = new TimeBudget(5, { warmup: 0, plan: whole.decided, begin: whole.steps });
    const plan = [...whole.decided, budget.ended(whole.steps)];
    const same = spend(5, () => steady(900), { plan, begin: 1200 });
    expect(same.rates).toEqual(whole.rates.slice(1200));
  });
});

describe('the end that a schedule counts to', () => {
  it('is the number of steps where that was given, and far away before it is known', () => {
    expect(scheduleEnd([], 500, 499)).toBe(500);
    expect(scheduleEnd([], null, 3)).toBe(Infinity);
    expect(scheduleEnd([{ from: 15, steps: 100, progress: 0.15, spentMs: 0 }], 100, 9)).toBe(Infinity);
    expect(scheduleEnd([{ from: 15, steps: 100, progress: 0.15, spentMs: 0 }], 100, 60)).toBeCloseTo(100, 9);
  });
});
