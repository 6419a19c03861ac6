/** The engines as the tests of all of them take them: each with what it is tried on, or why it cannot be tried here. */
import type { Engine } from '../engine.ts';
import { ENGINES } from '../engines.ts';
import { tensorflow } from '../tensorflow/index.ts';
import { locate } from '../tensorflow/library.ts';
import { webgpu, webgpuMixed } from '../webgpu/index.ts';
import { missingDriver, titled, useSoftwareDriver } from '../webgpu/testing.ts';

export interface TriedEngine {
  engine: Engine;
  /** Why it is skipped. */
  missing: string | null;
}

if (missingDriver === null) useSoftwareDriver();

/** Why an engine cannot be tried here; the others always can. */
const MISSING: ReadonlyMap<Engine, () => string | null> = new Map<Engine, () => string | null>([
  [webgpu, () => missingDriver],
  [tensorflow, () => ('reason' in locate() ? 'there is no TensorFlow' : null)],
]);

/**
 * Without the matrix units of cards, which no software driver has: their kernels are tried by themselves, emulated
 * (webgpu/operators.test.ts), and the engine by its self-test on a card.
 */
const TRIED = ENGINES.filter((engine) => engine !== webgpuMixed);

/** With titles that say what is skipped. */
export const triedEngines = (): [title: string, TriedEngine][] =>
  TRIED.map((engine) => {
    const missing = MISSING.get(engine)?.() ?? null;
    return [titled(engine.name, missing), { engine, missing }];
  });
