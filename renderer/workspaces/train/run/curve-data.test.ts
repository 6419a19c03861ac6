import { describe, expect, it } from 'vitest';
import type { Curves, RunProgress } from '../../../../preload/contract/index.ts';
import { CurveData, lastValues, MOST_POINTS, smoothed } from './curve-data.ts';

const progress = (step: number, over: Partial<RunProgress> = {}): RunProgress => ({
  run: 'r',
  step,
  steps: null,
  progress: null,
  stepMs: 10,
  secondsLeft: null,
  losses: { g: step },
  probabilities: {},
  heldOut: null,
  made: null,
  advice: [],
  ...over,
});
const history: Curves = {
  steps: [10, 20],
  losses: { g: [1, 2] },
  probabilities: { pReal: [0.6, 0.5] },
  heldOut: { measure: 'l1', steps: [20], values: [0.3] },
  made: null,
  advice: [],
};

describe('curves', () => {
  it('go on from their history', () => {
    const data = new CurveData();
    data.begin(history);
    data.add(progress(30, { probabilities: { pReal: 0.4 }, heldOut: { measure: 'l1', step: 30, value: 0.2 } }));
    data.add(progress(40, { heldOut: { measure: 'l1', step: 40, value: 0.25 } }));
    expect(data.losses).toEqual({ steps: [10, 20, 30, 40], values: { g: [1, 2, 30, 40] } });
    expect(data.probabilities.values).toEqual({ pReal: [0.6, 0.5, 0.4] });
    expect(data.score()).toEqual({ measure: 'l1', now: 0.25, best: 0.2 });
    expect(lastValues(data.losses)).toEqual({ g: 40 });
  });
  it('keep what came in while the history was on its way', () => {
    const data = new CurveData();
    data.add(progress(20));
    data.add(progress(25));
    data.begin(history);
    expect(data.losses).toEqual({ steps: [10, 20, 25], values: { g: [1, 2, 25] } });
  });
  it('leave out steps that were there before', () => {
    const data = new CurveData();
    data.begin(history);
    data.add(progress(15));
    expect(data.losses.steps).toEqual([10, 20]);
  });
  it('have gaps where a loss was not told', () => {
    const data = new CurveData();
    data.begin(history);
    data.add(progress(30, { losses: { d: 5 } }));
    expect(data.losses.values).toEqual({ g: [1, 2, null], d: [null, null, 5] });
    expect(lastValues(data.losses)).toEqual({ d: 5 });
  });
  it('are thinned out when they get long', () => {
    const data = new CurveData();
    for (let step = 1; step <= MOST_POINTS + 1; step++) data.add(progress(step));
    expect(data.losses.steps).toHaveLength(MOST_POINTS / 2 + 1);
    expect(data.losses.values['g']).toHaveLength(MOST_POINTS / 2 + 1);
    expect(data.losses.values['g']!.slice(0, 2)).toEqual([1.5, 3.5]);
    expect(data.losses.steps.at(-1)).toBe(MOST_POINTS + 1);

    const began = new CurveData();
    for (let step = 1; step <= MOST_POINTS + 1; step++)
      began.add(progress(step, { losses: step < 4 ? { w: 1 } : { g: 2 } }));
    expect(began.losses.values['w']!.slice(0, 3)).toEqual([1, 1, null]);
    expect(began.losses.values['g']!.slice(0, 3)).toEqual([null, 2, 2]);
  });
  it('are smoothed when there are enough points to', () => {
    expect(smoothed([1, 9, 1])).toEqual([1, 9, 1]);
    const noisy = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0 : 1));
    for (const value of smoothed(noisy).slice(50)) expect(Math.abs(value! - 0.5)).toBeLessThan(0.06);
    expect(smoothed([null, ...noisy, null]).filter((_, i) => [0, 1, 401].includes(i))).toEqual([null, 0, null]);
  });
  it('know no score before there is one', () => expect(new CurveData().score()).toBeNull());
});
