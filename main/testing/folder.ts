/** A folder for a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test file; removed by `remove`. */
export function temporary(): { path: (...parts: string[]) => string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'maquette-'));
  return { path: (...parts) => join(root, ...parts), remove: () => rmSync(root, { recursive: true, force: true }) };
}
