/** The optimiser's two forms: the host's fused pass and the graph's tensors must do the same. */
import { describe, expect, it } from 'vitest';
import { adam, adamInputNames, adamScalars } from '../../../models/graph/optimiser.ts';
import { averagingDecay } from '../../../models/families/program.ts';
import { input, parameter } from '../../../models/graph/tensor.ts';
import { relativeDifference, values } from '../testing/testing.ts';
import { evaluateGraph } from '../cpu/evaluate-graph.ts';
import { startRuntime } from '../cpu/ort.ts';
import { Parameters } from './parameters.ts';

startRuntime(1);
const SETTINGS = { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 };
const normal = { kind: 'normal', mean: 0, deviation: 0.02 } as const;

describe.each([1, 2, 3])('Adam on %i threads', (threads) => {
  const parameters = [
    parameter('p/a', [5, 7], normal),
    parameter('p/b', [3], normal),
    parameter('p/c', [40, 40], normal),
  ];
  const host = new Parameters([{ name: 'p', parameters, optimiser: SETTINGS, averaged: true }], threads);

  it('does in the fused pass what it does in the graph, over steps', async () => {
    host.initialise(4);
    const state: Record<string, Record<'w' | 'm' | 'v', Float32Array>> = Object.fromEntries(
      parameters.map(({ name }) => [
        name,
        { w: host.view(name, 'w').slice(), m: host.view(name, 'm').slice(), v: host.view(name, 'v').slice() },
      ]),
    );
    const updates = adam(
      'p',
      parameters,
      parameters.map(({ name, shape }) => input(`${name}#g`, shape)),
      SETTINGS,
    );
    for (let t = 1; t <= 4; t++) {
      const { stepSize, secondCorrection } = adamScalars(SETTINGS, 1e-3, t);
      const names = adamInputNames('p');
      for (const [i, { name, shape }] of parameters.entries()) {
        const gradient = values(t, name, shape, [-1e-2, 1e-2]);
        host.view(name, 'g').set(gradient);
        const { updated, state: slots } = updates[i]!;
        const own = state[name]!;
        const next = evaluateGraph(
          { w: updated, m: slots[0]!.updated, v: slots[1]!.updated },
          {
            ...{ [name]: own.w, [`${name}#g`]: gradient, [`${name}#m`]: own.m, [`${name}#v`]: own.v },
            ...{
              [names.stepSize]: Float32Array.of(stepSize),
              [names.secondCorrection]: Float32Array.of(secondCorrection),
            },
          },
        );
        state[name] = next;
      }
      host.update('p', 1e-3, t);
      for (const { name } of parameters)
        for (const field of ['w', 'm', 'v'] as const)
          expect(
            relativeDifference(host.view(name, field), state[name]![field], 1e-12),
            `${name}#${field}`,
          ).toBeLessThan(2e-6);
    }
    await host.dispose();
  });

  it('averages towards the weights', () => {
    const averaged = new Parameters([{ name: 'p', parameters, optimiser: SETTINGS, averaged: true }], 1);
    averaged.initialise(4);
    const before = averaged.view('p/c', 'ema').slice();
    averaged.view('p/c', 'w').fill(1);
    averaged.average('p', 0.75);
    expect(
      relativeDifference(
        averaged.view('p/c', 'ema'),
        before.map((x) => 0.75 * x + 0.25),
      ),
    ).toBeLessThan(1e-6);
  });
});

it('moves the average by the interval’s decay, with a warm-up', () => {
  expect(averagingDecay({ decay: 0.999, every: 8 }, 8)).toBeCloseTo((9 / 18) ** 8, 12);
  expect(averagingDecay({ decay: 0.999, every: 8 }, 1e6)).toBeCloseTo(0.999 ** 8, 12);
});
