/** Who trains when nobody says so: a card only where it is a real one, and computed what it should. */
import { describe, expect, it } from 'vitest';
import { cpu } from './cpu/index.ts';
import type { Engine, Presence, SelfTest } from './engine.ts';
import { checkEngineName, chooseEngine, ENGINES } from './engines.ts';
import { webgpu, webgpuMixed } from './webgpu/index.ts';

const PASSED: SelfTest = { passed: true, wrong: [], stepMs: 1 };
const FAILED: SelfTest = { passed: false, wrong: ['Conv2d case 2: 0.12 off'], stepMs: 1 };
const REAL: Presence = { available: true, automatic: true, reason: 'Dawn', device: 'Card' };

const NONE: Presence = { available: false, automatic: false, reason: 'none', device: null };

const found = (engine: Engine, presence: Presence, test: SelfTest | null): Engine => ({
  ...engine,
  presence: () => Promise.resolve(presence),
  selfTest: () => Promise.resolve(test),
});

/** The table with a card that is found so, whose self-test gives that, and whose matrix units give the other. */
const table = (presence: Presence, test: SelfTest | null, matrices: SelfTest | null): Engine[] =>
  ENGINES.map((engine) => {
    if (engine === webgpu) return found(engine, presence, test);
    return engine === webgpuMixed ? found(engine, matrices ? presence : NONE, matrices) : engine;
  });

describe('auto', () => {
  const choose = async (presence: Presence, test: SelfTest | null, matrices: SelfTest | null = null) => {
    const warnings: string[] = [];
    const warn = (message: string): number => warnings.push(message);
    return { chosen: (await chooseEngine('auto', 1, warn, table(presence, test, matrices))).name, warnings };
  };

  it('takes a card that passed its self-test', async () => {
    expect(await choose(REAL, PASSED)).toEqual({ chosen: 'webgpu', warnings: [] });
  });

  it('takes its matrix units where these passed too', async () => {
    expect(await choose(REAL, PASSED, PASSED)).toEqual({ chosen: 'webgpu-mixed', warnings: [] });
  });

  it('takes the card without its matrix units where these computed something else, and says so', async () => {
    expect(await choose(REAL, PASSED, FAILED)).toEqual({
      chosen: 'webgpu',
      warnings: ['webgpu-mixed is not used on Card: it failed its self-test (Conv2d case 2: 0.12 off)'],
    });
  });

  it.each<[string, Presence, SelfTest | null]>([
    ['there is no card', NONE, null],
    ['a processor plays the card', { ...REAL, automatic: false }, PASSED],
    ['the card was not tried', REAL, null],
  ])('takes the processor where %s', async (_, presence, test) => {
    expect(await choose(presence, test)).toEqual({ chosen: cpu.name, warnings: [] });
  });

  it('takes the processor where the card computed something else, and says so', async () => {
    expect(await choose(REAL, FAILED)).toEqual({
      chosen: cpu.name,
      warnings: ['webgpu is not used on Card: it failed its self-test (Conv2d case 2: 0.12 off)'],
    });
  });
});

it('checks names before anything is begun', () => {
  expect(['auto', 'cpu', 'webgpu'].map(checkEngineName)).toEqual(['auto', 'cpu', 'webgpu']);
  expect(() => checkEngineName('cuda')).toThrow(/"cuda" is not available.*choose another engine/);
  expect(() => checkEngineName('abacus')).toThrow(/no engine "abacus".*webgpu-mixed, webgpu, tensorflow, cpu, plain/);
});
