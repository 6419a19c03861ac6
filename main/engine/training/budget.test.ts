import { describe, expect, it } from 'vitest';
import { TimeBudget } from './budget.ts';

/** The numbers of steps that a budget gives, with the step at which each was given. */
function given(minutes: number, warmup: number, timeOf: (step: number) => { stepMs: number; wholeMs: number }) {
  const budget = new TimeBudget(minutes, warmup);
  const said: [number, number][] = [];
  for (let step = 1; step < (said.at(-1)?.[1] ?? Infinity) && step < 1e5; step++) {
    const steps = budget.hear(step, timeOf(step));
    if (steps !== null) said.push([step, steps]);
  }
  return said;
}

describe('a time budget', () => {
  it('is known after fifteen steps, of which the first three do not count', () => {
    const [first] = given(1, 0, (step) => ({ stepMs: step <= 3 ? 900 : 100, wholeMs: step <= 3 ? 900 : 100 }));
    expect(first).toEqual([15, 15 + Math.round((60_000 - 3 * 900 - 12 * 100) / 100)]);
  });
  it('is not taken from the faster steps of a warm-up', () => {
    const [first] = given(1, 50, (step) => ({ stepMs: step <= 50 ? 10 : 30, wholeMs: step <= 50 ? 10 : 30 }));
    expect(first![0]).toBe(65);
    expect(first![1]).toBeLessThan(2100);
  });
  it('is corrected once, by what previews and checkpoints take, before the rate falls', () => {
    const said = given(1, 0, () => ({ stepMs: 20, wholeMs: 40 }));
    expect(said).toHaveLength(2);
    const [at, steps] = said[1]!;
    expect(steps).toBeCloseTo(1500, -2);
    expect(at).toBeLessThan(steps / 2);
  });
});
