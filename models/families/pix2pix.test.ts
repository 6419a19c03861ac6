import { describe, expect, it } from 'vitest';
import { countFlops } from '../graph/cost.ts';
import { sizeOf } from '../graph/tensor.ts';
import { linearDecay } from './family.ts';
import { pix2pix } from './pix2pix.ts';
import { cutIntoStages } from './stages.ts';

describe('the step of pix2pix', () => {
  const step = pix2pix.step('dg', { size: 256, channels: 3, batch: 1 }, pix2pix.settings.parse({}));

  it('has the size and the work that the paper’s network has', () => {
    const parameters = step.updates.flatMap(({ parameters }) => parameters);
    expect(parameters.reduce((total, { parameter }) => total + sizeOf(parameter.shape), 0)).toBe(57_171_588);
    expect(
      countFlops([...parameters.map(({ gradient }) => gradient), ...Object.values(step.results)]) / 1e9,
    ).toBeCloseTo(86.9, 1);
  });

  it('is cut where the host updates weights; the generator sees the updated discriminator', () => {
    const [first, second, ...more] = cutIntoStages(step);
    expect(more).toEqual([]);
    expect([first!.update!.player, second!.update!.player]).toEqual(['discriminator', 'generator']);
    expect([...second!.given.values()].filter((name) => name.startsWith('discriminator/'))).toHaveLength(7);
    expect(Object.keys(second!.results)).toContain('gGan');
    expect(Object.keys(first!.crossing).length).toBeGreaterThan(0);
    expect([...second!.given.values()].filter((name) => name.startsWith('crossing/')).sort()).toEqual(
      Object.keys(first!.crossing).sort(),
    );
  });
});

it('keeps the rate for the first half and lets it fall to zero over the second', () => {
  expect([0, 49, 50, 75, 99].map((step) => linearDecay(2, step, 100))).toEqual([2, 2, 2, 1, 0.04]);
});
