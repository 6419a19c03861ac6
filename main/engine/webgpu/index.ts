/**
 * The engine on graphics cards: WebGPU through Dawn, with kernels of our own. The card is looked for and tried in a process
 * of its own, so that a driver that dies takes nothing along; only a training opens it in the process at hand.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { VERSION } from '../../root.ts';
import { notAvailable, type Engine, type Presence } from '../engine.ts';
import { NoDevice, openDevice, refusedHere, type DeviceInfo } from './device.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { GpuExecution } from './execution.ts';
import { freezeOn } from './frozen.ts';
import { planProgram } from './planned-program.ts';
import type { Gpu } from './gpu.ts';
import { gpuProbe, type Precision } from './probe.ts';
import { startProbe, type Found } from '../self-test/probe.ts';
import { triedOnce } from '../self-test/tried-once.ts';

let opened: Promise<Gpu> | undefined;

/** The device of this process. @throws UserError where there is none */
function device(): Promise<Gpu> {
  opened ??= openDevice().catch((error: unknown) => {
    if (!(error instanceof NoDevice)) throw error;
    throw notAvailable('webgpu', error.message, { cause: error });
  });
  return opened;
}

let found: Promise<Found<DeviceInfo>> | undefined;

/** What the probe finds: asked once a process. */
function find(): Promise<Found<DeviceInfo>> {
  const refused = refusedHere();
  found ??=
    refused === null ? startProbe(gpuProbe('single'), 'find') : Promise.resolve({ device: null, reason: refused });
  return found;
}

const TOO_SLOW = 'a software driver, too slow to be chosen by itself';
const nameOf = ({ name, driver }: DeviceInfo): string => (driver && driver !== name ? `${name} (${driver})` : name);

function dawnVersion(): string {
  const entry = createRequire(import.meta.url).resolve('webgpu');
  const { version } = JSON.parse(readFileSync(join(entry, '..', 'package.json'), 'utf8')) as { version: string };
  return version;
}

const engineOf = (name: string, precision: Precision): Engine => ({
  name,
  async presence(): Promise<Presence> {
    const result = await find();
    const absent = (reason: string): Presence => ({ available: false, automatic: false, reason, device: null });
    if (result.device === null) return absent(result.reason);
    const { software, matrixLanes } = result.device;
    if (precision === 'mixed' && matrixLanes === 0)
      return absent(`${nameOf(result.device)} has no matrix units for half precision that WebGPU can use`);
    const how = precision === 'mixed' ? ', large products in half precision' : '';
    const reason = software ? TOO_SLOW : `Dawn ${dawnVersion()}${how}`;
    return { available: true, automatic: !software, reason, device: nameOf(result.device) };
  },
  async versions() {
    const { info } = await device();
    return { webgpu: dawnVersion(), device: info.name, driver: info.driver };
  },
  async selfTest() {
    const { device: card } = await find();
    // Compiling for a software driver takes minutes, and nobody but a test asks for it.
    if (!card || card.software) return null;
    return triedOnce(gpuProbe(precision), [name, card.name, card.vendor, card.driver, VERSION, dawnVersion()]);
  },
  async room(program) {
    const tuning = (await device()).tuningAt(precision);
    return { needed: planProgram(program, tuning).room.bytes, free: null };
  },
  async open(program, { seed, breathe }) {
    const gpu = await device();
    return GpuExecution.create(gpu, program, { seed, tuning: gpu.tuningAt(precision), ...(breathe && { breathe }) });
  },
  async freeze(graph, weights) {
    return freezeOn(await device(), graph, weights);
  },
  async evaluate(outputs, leaves) {
    const gpu = await device();
    return evaluateOnGpu(gpu, outputs, leaves, gpu.tuningAt(precision));
  },
});

/** In single precision throughout. */
export const webgpu = engineOf('webgpu', 'single');
/** The same with the card's matrix units: operands in half precision, sums, weights and everything else in single. */
export const webgpuMixed = engineOf('webgpu-mixed', 'mixed');
