import { describe, expect, it } from 'vitest';
import { countFlops } from '../graph/cost.ts';
import { sizeOf } from '../graph/tensor.ts';
import { linearDecay } from './family.ts';
import { pix2pix } from './pix2pix.ts';
import { resultsOf } from './step.ts';

describe('the step of pix2pix', () => {
  const shape = { size: 256, channels: 3, batch: 1, labels: [] } as const;
  const step = pix2pix.program(shape, pix2pix.settings.parse({})).steps['dg']!();

  it('has the size and the work that the paper’s network has', () => {
    const parameters = step.updates.flatMap(({ parameters }) => parameters);
    expect(parameters.reduce((total, { parameter }) => total + sizeOf(parameter.shape), 0)).toBe(57_171_588);
    expect(
      countFlops([...parameters.map(({ gradient }) => gradient), ...Object.values(resultsOf(step))]) / 1e9,
    ).toBeCloseTo(86.9, 1);
  });
});

it('keeps the rate for the first half and lets it fall to zero over the second', () => {
  expect([0, 49, 50, 75, 99].map((step) => linearDecay(2, step, 100))).toEqual([2, 2, 2, 1, 0.04]);
});
