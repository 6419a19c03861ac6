/** The engines as the tests of all of them take them: each with what it is tried on, or why it cannot be tried here. */
import type { Engine } from '../engine.ts';
import { ENGINES } from '../engines.ts';
import { tensorflow } from '../tensorflow/index.ts';
import { locate } from '../tensorflow/library.ts';
import { webgpu, webgpuMixed } from '../webgpu/index.ts';
import { leftOut, missingDriver, titled, useSoftwareDriver } from '../webgpu/testing.ts';

export interface TriedEngine {
  engine: Engine;
  /** Why it is skipped. */
  missing: string | null;
}

if (missingDriver === null) useSoftwareDriver();

/** Why an engine cannot be tried here; the others always can. */
const MISSING: ReadonlyMap<Engine, (long: boolean) => string | null> = new Map<
  Engine,
  (long: boolean) => string | null
>([
  [webgpu, (long) => missingDriver ?? (long ? leftOut : null)],
  [tensorflow, () => ('reason' in locate() ? 'there is no TensorFlow' : null)],
]);

/**
 * Without the matrix units of cards, which no software driver has: their kernels are tried by themselves, emulated
 * (webgpu/operators.test.ts), and the engine by its self-test on a card.
 */
const TRIED = ENGINES.filter((engine) => engine !== webgpuMixed);

/** With titles that say what is skipped. @param long whether it takes minutes where a processor plays the card */
export const triedEngines = ({ long = false } = {}): [title: string, TriedEngine][] =>
  TRIED.map((engine) => {
    const missing = MISSING.get(engine)?.(long) ?? null;
    return [titled(engine.name, missing), { engine, missing }];
  });
