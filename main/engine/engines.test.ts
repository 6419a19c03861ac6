/** Who trains when nobody says so: a card only where it is a real one, and computed what it should. */
import { describe, expect, it } from 'vitest';
import { cpu } from './cpu/index.ts';
import type { Engine, Presence, SelfTest } from './engine.ts';
import { checkEngineName, chooseEngine, ENGINES } from './engines.ts';
import { webgpu } from './webgpu/index.ts';

const PASSED: SelfTest = { passed: true, wrong: [], stepMs: 1 };
const FAILED: SelfTest = { passed: false, wrong: ['Conv2d case 2: 0.12 off'], stepMs: 1 };
const REAL: Presence = { available: true, automatic: true, reason: 'Dawn', device: 'Card' };

/** The table with a card that is found so, and whose self-test gives that. */
function table(presence: Presence, test: SelfTest | null): { engines: Engine[]; card: Engine } {
  const card: Engine = { ...webgpu, presence: () => Promise.resolve(presence), selfTest: () => Promise.resolve(test) };
  return { engines: ENGINES.map((engine) => (engine === webgpu ? card : engine)), card };
}

describe('auto', () => {
  const choose = async (presence: Presence, test: SelfTest | null) => {
    const { engines, card } = table(presence, test);
    const warnings: string[] = [];
    const chosen = await chooseEngine('auto', 1, (message) => warnings.push(message), engines);
    return { chosen: chosen === card ? 'card' : chosen.name, warnings };
  };

  it('takes a card that passed its self-test', async () => {
    expect(await choose(REAL, PASSED)).toEqual({ chosen: 'card', warnings: [] });
  });

  it.each<[string, Presence, SelfTest | null]>([
    ['there is no card', { available: false, automatic: false, reason: 'none', device: null }, null],
    ['a processor plays the card', { ...REAL, automatic: false }, PASSED],
    ['the card was not tried', REAL, null],
  ])('takes the processor where %s', async (_, presence, test) => {
    expect(await choose(presence, test)).toEqual({ chosen: cpu.name, warnings: [] });
  });

  it('takes the processor where the card computed something else, and says so', async () => {
    expect(await choose(REAL, FAILED)).toEqual({
      chosen: cpu.name,
      warnings: ['Card is not used: it failed its self-test (Conv2d case 2: 0.12 off)'],
    });
  });
});

it('checks names before anything is begun', () => {
  expect(['auto', 'cpu', 'webgpu'].map(checkEngineName)).toEqual(['auto', 'cpu', 'webgpu']);
  expect(() => checkEngineName('cuda')).toThrow(/"cuda" is not available.*choose another engine/);
  expect(() => checkEngineName('abacus')).toThrow(/no engine "abacus".*webgpu, tensorflow, cpu, plain/);
});
