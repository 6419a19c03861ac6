/**
 * Verdicts of the self-test that are kept, so that a device is tried once: by device, driver and version of the kernels.
 * One small file; what cannot be read is as if it were not there.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { DeviceInfo } from './device.ts';
import type { Verdict } from './self-test.ts';

const schema = z.record(
  z.string(),
  z.object({ passed: z.boolean(), wrong: z.array(z.string()), tried: z.int(), largest: z.number() }),
);

/** @param version of Maquette: kernels change with it */
export function verdictKey({ name, vendor, driver }: DeviceInfo, version: string): string {
  return createHash('sha256').update([name, vendor, driver, version].join('\n')).digest('hex').slice(0, 16);
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
