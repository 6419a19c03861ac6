import { describe, expect, it } from 'vitest';
import { topological } from '../graph/graph.ts';
import { feedOf, isLeaf, isParameter, sizeOf } from '../graph/tensor.ts';
import { cut } from './cut.ts';
import { cyclegan } from './cyclegan.ts';
import type { Family, StepName } from './family.ts';
import { cutIntoStages } from './stages.ts';
import type { Step } from './step.ts';

const SHAPE = { size: 256, channels: 3, batch: 1 } as const;
const build = (family: Family, name: StepName, settings = {}): Step =>
  family.step(name, SHAPE, family.settings.parse(settings));
const parameters = ({ updates }: Step): number =>
  updates.flatMap((update) => update.parameters).reduce((total, { parameter }) => total + sizeOf(parameter.shape), 0);
const inputs = (step: Step): string[] =>
  topological(step.updates.flatMap((update) => update.parameters.map(({ gradient }) => gradient)))
    .filter((leaf) => isLeaf(leaf) && !isParameter(leaf))
    .map(({ name }) => name)
    .sort();

describe('the steps of CycleGAN', () => {
  it("have the sizes of the paper's networks", () => {
    // The reference code has biases where an instance normalisation cancels them: 5,248 and 896 in each network.
    expect(parameters(build(cyclegan, 'g'))).toBe(2 * (11_378_179 - 5_248));
    expect(parameters(build(cyclegan, 'd'))).toBe(2 * (2_764_737 - 896));
  });

  it('are one update each: of both generators, and of both discriminators by past results', () => {
    const [g, ...more] = cutIntoStages(build(cyclegan, 'g'));
    expect(more).toEqual([]);
    expect(g!.update!.player).toBe('generators');
    expect(Object.keys(g!.results).sort()).toEqual(['fakeA', 'fakeB', 'g', 'gCycle', 'gGan', 'gIdentity']);
    const d = build(cyclegan, 'd');
    expect(cutIntoStages(d).map(({ update }) => update!.player)).toEqual(['discriminators']);
    expect(inputs(d)).toEqual(['input', 'pool/fakeA', 'pool/fakeB', 'target']);
    const pool = topological(Object.values(d.results)).find(({ name }) => name === 'pool/fakeB')!;
    expect(feedOf(pool)).toEqual({ kind: 'pastPictures', of: 'fakeB', capacity: 50 });
  });

  it('leave the generators alone while warming up', () => {
    const settings = cyclegan.settings.parse({});
    const players = cyclegan.schedule(settings, true).flatMap((name) => build(cyclegan, name).updates);
    expect(players.map(({ player }) => player)).toEqual(['discriminators']);
  });

  it('punish steep discriminators, in a loss of its own, only where that is asked for', () => {
    expect(Object.keys(build(cyclegan, 'd').results)).not.toContain('dPenalty');
    const { results, updates } = build(cyclegan, 'd', { penaltyWeight: 10 });
    expect(Object.keys(results)).toEqual(expect.arrayContaining(['dA', 'dB', 'dPenalty', 'd']));
    expect(updates.map(({ player }) => player)).toEqual(['discriminators']);
  });

  it('have no identity loss where its weight is 0, which spares two passes', () => {
    const step = build(cyclegan, 'g', { identityWeight: 0 });
    expect(Object.keys(step.results)).not.toContain('gIdentity');
    const size = (of: Step): number => topological(Object.values(of.results)).length;
    expect(size(step)).toBeLessThan(0.8 * size(build(cyclegan, 'g')));
  });
});

describe('the step of CUT', () => {
  const step = build(cut, 'dg');

  it('updates the discriminator, then the generator with its projector against it', () => {
    expect(cutIntoStages(step).map(({ update }) => update!.player)).toEqual(['discriminator', 'generator']);
    const names = step.updates[1]!.parameters.map(({ parameter }) => parameter.name.split('/')[0]);
    expect(new Set(names)).toEqual(new Set(['generator', 'projector']));
  });

  it('compares five layers at places of their own, for the source and for the target', () => {
    const places = inputs(step).filter((name) => name.startsWith('places/'));
    expect(places).toHaveLength(10);
  });

  it('exports the generator alone', () => {
    const exported = cut.inference(SHAPE, cut.settings.parse({}));
    expect(exported.map(({ file, direction }) => [file, direction])).toEqual([['model.onnx', 'AtoB']]);
    const weights = topological([exported[0]!.output]).filter(isParameter);
    expect(weights.every(({ name }) => name.startsWith('generator/'))).toBe(true);
  });
});
