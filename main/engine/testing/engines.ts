/** The engines as the tests of all of them take them: each with what it is tried on, or why it cannot be tried here. */
import type { Engine } from '../engine.ts';
import { ENGINES } from '../engines.ts';
import { webgpu } from '../webgpu/index.ts';
import { leftOut, missingDriver, titled, useSoftwareDriver } from '../webgpu/testing.ts';

export interface TriedEngine {
  engine: Engine;
  /** Why it is skipped. */
  missing: string | null;
}

if (missingDriver === null) useSoftwareDriver();

/** With titles that say what is skipped. @param long whether it takes minutes where a processor plays the card */
export const triedEngines = ({ long = false } = {}): [title: string, TriedEngine][] =>
  ENGINES.map((engine) => {
    const missing = engine === webgpu ? (missingDriver ?? (long ? leftOut : null)) : null;
    return [titled(engine.name, missing), { engine, missing }];
  });
