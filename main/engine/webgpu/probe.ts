/**
 * A process of its own that finds the device and tries it: one JSON line on stdout. A driver that dies takes this process
 * and nothing else; whoever started it tells from the exit code.
 */
import { z } from 'zod';
import { type DeviceInfo, NoDevice, openDevice } from './device.ts';
import { selfTest, type Trusted, type Verdict } from './self-test.ts';

export type ProbeResult =
  /** A device, and the verdict where it was tried. */
  | { device: DeviceInfo; verdict: Verdict | null }
  /** Why there is none. */
  | { device: null; reason: string };

const info = z.object({
  name: z.string(),
  vendor: z.string(),
  architecture: z.string(),
  driver: z.string(),
  software: z.boolean(),
  features: z.array(z.string()),
});
const verdict = z.object({ passed: z.boolean(), wrong: z.array(z.string()), tried: z.int(), largest: z.number() });
const result = z.union([
  z.object({ device: info, verdict: verdict.nullable() }),
  z.object({ device: z.null(), reason: z.string() }),
]);

/** Finds the device; `trusted` gives what its results are compared with, null to find it only. */
export async function probe(trusted: Trusted | null): Promise<ProbeResult> {
  try {
    const gpu = await openDevice();
    return { device: gpu.info, verdict: trusted && (await selfTest(gpu, trusted)) };
  } catch (error) {
    if (error instanceof NoDevice) return { device: null, reason: error.message };
    throw error;
  }
}

/** What a probe process said, or what its end means. */
export function readProbe(stdout: string, exit: { code: number | null; signal: string | null }): ProbeResult {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  const said = result.safeParse(parsed(line));
  if (said.success) return said.data;
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
  return { device: null, reason: `the graphics driver took the probe down: it ${how}` };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
