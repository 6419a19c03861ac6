import { appendFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { readCurves } from './curves.ts';

const folder = temporary();
afterAll(() => folder.remove());

/** A log of `count` steps, a preview every 100. */
function log(name: string, count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const step = i + 1;
    const line = JSON.stringify({ step, losses: { g: step, d: 1 }, probabilities: { pReal: 0.5 }, rate: 1, stepMs: 2 });
    return step % 100 ? line : `${line}\n${JSON.stringify({ step, heldOut: { l1: 1 / step, n: 6 } })}`;
  });
  const file = folder.path(name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

describe('curves', () => {
  it('are every step of a short run', async () => {
    const curves = await readCurves(log('short', 5), 100);
    expect(curves.steps).toEqual([1, 2, 3, 4, 5]);
    expect(curves.losses).toEqual({ g: [1, 2, 3, 4, 5], d: [1, 1, 1, 1, 1] });
    expect(curves.probabilities).toEqual({ pReal: [0.5, 0.5, 0.5, 0.5, 0.5] });
  });

  it('of a long run are means of equally many steps, the end included', async () => {
    const curves = await readCurves(log('long', 1050), 10);
    expect(curves.steps).toHaveLength(10);
    expect(curves.steps.at(-1)).toBe(1050);
    expect(curves.losses['g']![0]).toBeCloseTo(53, 9);
    expect(curves.heldOut.steps).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(curves.heldOut.measure).toBe('l1');
    expect(curves.heldOut.values).toHaveLength(10);
    expect(curves.heldOut.values[0]).toBe(0.01);
  });

  it('have every value at the step that told it: a judge that warms up tells other losses', async () => {
    const lines = Array.from({ length: 7 }, (_, i) => ({ step: i + 1, losses: i < 3 ? { d: 4 } : { d: 1, g: i } }));
    const file = folder.path('warm-up');
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    expect((await readCurves(file, 100)).losses).toEqual({
      d: [4, 4, 4, 1, 1, 1, 1],
      g: [null, null, null, 3, 4, 5, 6],
    });
    expect((await readCurves(file, 4)).losses).toEqual({ d: [4, 2.5, 1, 1], g: [null, 3, 4.5, 6] });
  });

  it('say since when something holds, as it was said while the run trained', async () => {
    const lines = Array.from({ length: 1200 }, (_, i) => {
      const line = { step: i + 1, losses: { g: 1 }, probabilities: { pReal: 0.99, pFake: i < 600 ? 0.4 : 0.01 } };
      return JSON.stringify(line) + ((i + 1) % 100 ? '' : `\n{"step":${i + 1},"heldOut":{"l1":0.2,"n":6}}`);
    });
    const file = folder.path('advice');
    writeFileSync(file, lines.join('\n'));
    const { advice } = await readCurves(file, 120, 20);
    const since = Object.fromEntries(advice.map(({ kind, since }) => [kind, since]));
    expect(since).toMatchObject({ fewPictures: 1, stalled: 600 });
    expect(since['discriminatorWins']).toBeGreaterThan(700);
    expect(since['discriminatorWins']).toBeLessThan(1190);
  });

  it('say how held-out results were judged', async () => {
    const file = log('sets', 3);
    appendFileSync(file, '{"step":3,"heldOut":{"swd":41.5,"n":6}}\n');
    expect((await readCurves(file, 100)).heldOut).toEqual({ measure: 'swd', steps: [3], values: [41.5] });
  });

  it('pass over lines that a crash cut short, and a log that is not there', async () => {
    const file = log('cut', 3);
    appendFileSync(file, '{"step":4,"losses":{"g"');
    expect((await readCurves(file, 100)).steps).toEqual([1, 2, 3]);
    expect((await readCurves(folder.path('none'), 100)).steps).toEqual([]);
  });
});
