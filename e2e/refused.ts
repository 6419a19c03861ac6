import { expect } from 'vitest';
import type { Ended } from './maquette.ts';

/** One line on stderr that matches, status 2, no stack trace. */
export function refused({ status, signal, stderr }: Ended, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(signal ?? status).toBe(2);
}
