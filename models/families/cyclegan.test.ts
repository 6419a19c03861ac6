import { describe, expect, it } from 'vitest';
import { topological } from '../graph/graph.ts';
import { feedOf, isLeaf, isParameter, sizeOf } from '../graph/tensor.ts';
import { cut } from './cut.ts';
import { cyclegan } from './cyclegan.ts';
import type { Family } from './family.ts';
import { stepsOf, type Program } from './program.ts';
import { resultsOf, type Step } from './step.ts';

const SHAPE = { size: 256, channels: 3, batch: 1, labels: [] } as const;
const programOf = (family: Family, settings = {}): Program => family.program(SHAPE, family.settings.parse(settings));
const build = (family: Family, name: string, settings = {}): Step => programOf(family, settings).steps[name]!();
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
    const g = build(cyclegan, 'g');
    expect(g.updates.map(({ player }) => player)).toEqual(['generators']);
    expect(Object.keys(resultsOf(g)).sort()).toEqual(['fakeA', 'fakeB', 'g', 'gCycle', 'gGan', 'gIdentity']);
    const d = build(cyclegan, 'd');
    expect(d.updates.map(({ player }) => player)).toEqual(['discriminators']);
    expect(inputs(d)).toEqual(['input', 'pool/fakeA', 'pool/fakeB', 'target']);
    const pool = topological(Object.values(resultsOf(d))).find(({ name }) => name === 'pool/fakeB')!;
    expect(feedOf(pool)).toEqual({ kind: 'pastPictures', of: 'fakeB', capacity: 50 });
  });

  it('leave the generators alone while warming up', () => {
    const players = stepsOf(programOf(cyclegan), 'warmUp').flatMap((name) => build(cyclegan, name).updates);
    expect(players.map(({ player }) => player)).toEqual(['discriminators']);
  });

  it('punish steep discriminators, in a loss of its own, only where that is asked for', () => {
    expect(Object.keys(build(cyclegan, 'd').reports)).not.toContain('dPenalty');
    const { reports, updates } = build(cyclegan, 'd', { penaltyWeight: 10 });
    expect(Object.keys(reports)).toEqual(expect.arrayContaining(['dA', 'dB', 'dPenalty', 'd']));
    expect(updates.map(({ player }) => player)).toEqual(['discriminators']);
  });

  it('have no identity loss where its weight is 0, which spares two passes', () => {
    const step = build(cyclegan, 'g', { identityWeight: 0 });
    expect(Object.keys(step.reports)).not.toContain('gIdentity');
    const size = (of: Step): number => topological(Object.values(resultsOf(of))).length;
    expect(size(step)).toBeLessThan(0.8 * size(build(cyclegan, 'g')));
  });
});

describe('the step of CUT', () => {
  const step = build(cut, 'dg');

  it('updates the discriminator, then the generator with its projector against it', () => {
    expect(step.updates.map(({ player }) => player)).toEqual(['discriminator', 'generator']);
    const names = step.updates[1]!.parameters.map(({ parameter }) => parameter.name.split('/')[0]);
    expect(new Set(names)).toEqual(new Set(['generator', 'projector']));
  });

  it('compares five layers at places of their own, for the source and for the target', () => {
    const places = inputs(step).filter((name) => name.startsWith('places/'));
    expect(places).toHaveLength(10);
  });

  it('exports the generator alone', () => {
    const { models } = programOf(cut);
    expect(models.map(({ file, does }) => [file, does])).toEqual([
      ['model.onnx', { kind: 'translate', direction: 'AtoB' }],
    ]);
    const weights = topological(Object.values(models[0]!.outputs)).filter(isParameter);
    expect(weights.every(({ name }) => name.startsWith('generator/'))).toBe(true);
  });
});
