/**
 * A process of its own that finds the device and tries it: one JSON line on stdout. A driver that dies takes this process
 * and nothing else; whoever started it tells from the exit code.
 */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { nodeBinary } from '../../node.ts';
import { built } from '../../root.ts';
import { type DeviceInfo, NoDevice, openDevice } from './device.ts';
import { selfTest, verdictSchema, type Trusted, type Verdict } from './self-test.ts';

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

const result = z.union([
  z.object({ device: info, verdict: verdictSchema.nullable() }),
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

/** Longer than any driver that is well takes: to be found, and to compile and run every kernel. */
const LIMIT_MS = { find: 20_000, test: 300_000 };

/** Starts the probe's process and waits for what it says. */
export function startProbe(what: 'find' | 'test'): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = spawn(nodeBinary(), [built('gpu-probe.js'), what], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LIMIT_MS[what]);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const end = (result: ProbeResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', ({ message }) => end({ device: null, reason: `the probe could not be started (${message})` }));
    child.on('close', (code, signal) =>
      end(
        late
          ? { device: null, reason: `the graphics driver did not answer within ${LIMIT_MS[what] / 1000} s` }
          : readProbe(said, { code, signal }),
      ),
    );
  });
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
