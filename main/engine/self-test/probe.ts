/**
 * A process of its own that finds a device and tries it: one JSON line on stdout. A driver or a library that dies takes
 * that process and nothing else; whoever started it tells from how it ended.
 */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { nodeBinary } from '../../node.ts';
import { built } from '../../root.ts';
import { verdictSchema, type Verdict } from './self-test.ts';

export type Found<Device> =
  /** A device, and the verdict where it was tried. */
  | { device: Device; verdict: Verdict | null }
  /** Why there is none. */
  | { device: null; reason: string };

export interface Probe<Device> {
  /** The file of dist/ that is run with `find` or `test`. */
  script: string;
  /** What else it is told. */
  told?: string;
  /** What may die or hang, as it is called in reasons. */
  subject: string;
  device: z.ZodType<Device>;
}

/** What is asked of it: to be found only, or to be tried too. */
type Asked = 'find' | 'test';

/** Longer than any driver that is well takes: to be found, and to compile and run every kernel. */
const LIMIT_MS: Record<Asked, number> = { find: 20_000, test: 300_000 };

/** Starts the probe's process and waits for what it says. */
export function startProbe<Device>(probe: Probe<Device>, what: Asked): Promise<Found<Device>> {
  return new Promise((resolve) => {
    const child = spawn(nodeBinary(), [built(probe.script), what, ...(probe.told === undefined ? [] : [probe.told])], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LIMIT_MS[what]);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const end = (result: Found<Device>): void => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', ({ message }) => end({ device: null, reason: `the probe could not be started (${message})` }));
    child.on('close', (code, signal) =>
      end(
        late
          ? { device: null, reason: `${probe.subject} did not answer within ${LIMIT_MS[what] / 1000} s` }
          : readProbe(probe, said, { code, signal }),
      ),
    );
  });
}

/** What a probe process said, or what its end means. */
export function readProbe<Device>(
  { subject, device }: Probe<Device>,
  stdout: string,
  exit: { code: number | null; signal: string | null },
): Found<Device> {
  const said = lastLine(stdout);
  const found = z.object({ device, verdict: verdictSchema.nullable() }).safeParse(said);
  if (found.success) return found.data;
  const none = z.object({ device: z.null(), reason: z.string() }).safeParse(said);
  if (none.success) return none.data;
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
  return { device: null, reason: `${subject} took the probe down: it ${how}` };
}

function lastLine(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return null;
  }
}

/** Says on stdout what was found, and ends: native engines may not survive a process that ends by itself. */
export function answerProbe(result: Found<unknown>): void {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
