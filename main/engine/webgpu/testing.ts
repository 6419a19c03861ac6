/** What the tests of the GPU engine share: a device that is there on every machine, Chromium's software driver. */
import { existsSync, mkdirSync } from 'node:fs';
import { openDevice } from './device.ts';
import koffi from 'koffi';
import type { Gpu } from './gpu.ts';

const CHROMIUM = '/usr/lib/chromium';
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`;

/** Why there is no software driver to test on; null where there is one. */
export const missingDriver: string | null = existsSync(DRIVER)
  ? null
  : `these tests need ${DRIVER} (apt-get install chromium)`;

/** Why what takes minutes on a software driver is left out; null where it was asked for. */
export const leftOut: string | null =
  process.env['MAQUETTE_GPU_TESTS'] === 'all' ? null : 'GPU tests of every family: set MAQUETTE_GPU_TESTS=all';

/** The title of what is skipped for a reason, which it then says; and of what is not. */
export const titled = (title: string, reason: string | null): string =>
  reason === null ? title : `${title} [skipped: ${reason}]`;

/** Lets Dawn find the software driver, and no other. To be called before it is created. */
export function useSoftwareDriver(): void {
  process.env['VK_ICD_FILENAMES'] = DRIVER;
  process.env['XDG_RUNTIME_DIR'] ??= '/tmp/maquette-xdg';
  // Chromium brings Vulkan's loader too; once it is in the process, Dawn finds it by its name.
  if (existsSync(`${CHROMIUM}/libvulkan.so.1`)) koffi.load(`${CHROMIUM}/libvulkan.so.1`);
  mkdirSync(process.env['XDG_RUNTIME_DIR'], { recursive: true });
}

let opened: Promise<Gpu> | undefined;

/** The software device: the same for a whole process. */
export function softwareDevice(): Promise<Gpu> {
  if (missingDriver) throw new Error(missingDriver);
  useSoftwareDriver();
  return (opened ??= openDevice());
}
