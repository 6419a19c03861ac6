/**
 * Verdicts of self-tests that are kept, so that a device is tried once: by engine, device, driver and versions.
 * One small file; what cannot be read is as if it were not there.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { homeFolder } from '../../home.ts';
import { verdictSchema, type Verdict } from './self-test.ts';

const schema = z.record(z.string(), verdictSchema);

export const verdictFile = (): string => join(homeFolder(), 'gpu-verdicts.json');

/** @param device what was tried, and with which versions of what computes there */
export function verdictKey(device: readonly string[]): string {
  return createHash('sha256').update(device.join('\n')).digest('hex').slice(0, 16);
}

function readAll(file: string): Record<string, Verdict> {
  if (!existsSync(file)) return {};
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

export const keptVerdict = (file: string, key: string): Verdict | null => readAll(file)[key] ?? null;

export function keepVerdict(file: string, key: string, verdict: Verdict): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify({ ...readAll(file), [key]: verdict }, null, 2));
  renameSync(temporary, file);
}
