/** Where this engine cuts a step, because the host updates weights in between. */
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { cutIntoStages } from './stages.ts';

const SHAPE = { size: 256, channels: 3, batch: 1, labels: [] } as const;
const stagesOf = (id: string, step: string) => {
  const family = FAMILIES.get(id)!;
  return cutIntoStages(family.program(SHAPE, family.settings.parse({})).steps[step]!());
};

describe('a step of pix2pix', () => {
  it('is cut where the host updates weights; the generator sees the updated discriminator', () => {
    const [first, second, ...more] = stagesOf('pix2pix', 'dg');
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

describe('the steps of CycleGAN and CUT', () => {
  it('are cut after each player', () => {
    const players = (id: string, step: string) => stagesOf(id, step).map(({ update }) => update!.player);
    expect(players('cyclegan', 'g')).toEqual(['generators']);
    expect(players('cyclegan', 'd')).toEqual(['discriminators']);
    expect(players('cut', 'dg')).toEqual(['discriminator', 'generator']);
    expect(Object.keys(stagesOf('cyclegan', 'g')[0]!.results).sort()).toEqual([
      'fakeA',
      'fakeB',
      'g',
      'gCycle',
      'gGan',
      'gIdentity',
    ]);
  });
});
