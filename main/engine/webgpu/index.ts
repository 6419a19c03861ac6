/**
 * The engine on graphics cards: WebGPU through Dawn, with kernels of our own. The card is looked for and tried in a process
 * of its own, so that a driver that dies takes nothing along; only a training opens it in the process at hand.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { VERSION } from '../../root.ts';
import type { Engine, Presence } from '../engine.ts';
import { NoDevice, openDevice, refusedHere, type DeviceInfo } from './device.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { GpuExecution } from './execution.ts';
import type { Gpu } from './gpu.ts';
import { startProbe, type ProbeResult } from './probe.ts';
import { keepVerdict, keptVerdict, verdictFile, verdictKey } from './verdicts.ts';

let opened: Promise<Gpu> | undefined;

/** The device of this process. @throws UserError where there is none */
function device(): Promise<Gpu> {
  opened ??= openDevice().catch((error: unknown) => {
    if (!(error instanceof NoDevice)) throw error;
    throw new UserError(`The engine "webgpu" is not available: ${error.message}; use --engine cpu`, { cause: error });
  });
  return opened;
}

let found: Promise<ProbeResult> | undefined;

/** What the probe finds: asked once a process. */
function find(): Promise<ProbeResult> {
  const refused = refusedHere();
  found ??= refused === null ? startProbe('find') : Promise.resolve({ device: null, reason: refused });
  return found;
}

const TOO_SLOW = 'a software driver, too slow to be chosen by itself';
const nameOf = ({ name, driver }: DeviceInfo): string => (driver && driver !== name ? `${name} (${driver})` : name);

function dawnVersion(): string {
  const entry = createRequire(import.meta.url).resolve('webgpu');
  const { version } = JSON.parse(readFileSync(join(entry, '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}

export const webgpu: Engine = {
  name: 'webgpu',
  async presence(): Promise<Presence> {
    const result = await find();
    if (result.device === null) return { available: false, automatic: false, reason: result.reason, device: null };
    const { software } = result.device;
    const reason = software ? TOO_SLOW : `Dawn ${dawnVersion()}`;
    return { available: true, automatic: !software, reason, device: nameOf(result.device) };
  },
  async versions() {
    const { name, driver } = (await device()).info;
    return { webgpu: dawnVersion(), device: name, driver };
  },
  async selfTest() {
    const { device: card } = await find();
    // Compiling for a software driver takes minutes, and nobody but a test asks for it.
    if (!card || card.software) return null;
    const key = verdictKey(card, [VERSION, dawnVersion()]);
    const kept = keptVerdict(verdictFile(), key);
    if (kept) return kept;
    const result = await startProbe('test');
    // A driver that dies may do better next time: only what was computed is kept.
    if (!result.device || !result.verdict)
      return { passed: false, wrong: ['reason' in result ? result.reason : 'it was not tried'], stepMs: null };
    keepVerdict(verdictFile(), key, result.verdict);
    return result.verdict;
  },
  async open(program, { seed, breathe }) {
    return GpuExecution.create(await device(), program, { seed, ...(breathe && { breathe }) });
  },
  async evaluate(outputs, leaves) {
    return evaluateOnGpu(await device(), outputs, leaves);
  },
};
