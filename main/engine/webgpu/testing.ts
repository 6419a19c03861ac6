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

let opened: Promise<Gpu> | undefined;

/** The software device: the same for a whole process. */
export function softwareDevice(): Promise<Gpu> {
  if (missingDriver) throw new Error(missingDriver);
  process.env['VK_ICD_FILENAMES'] = DRIVER;
  process.env['XDG_RUNTIME_DIR'] ??= '/tmp/maquette-xdg';
  // Chromium brings Vulkan's loader too; once it is in the process, Dawn finds it by its name.
  if (existsSync(`${CHROMIUM}/libvulkan.so.1`)) koffi.load(`${CHROMIUM}/libvulkan.so.1`);
  mkdirSync(process.env['XDG_RUNTIME_DIR'], { recursive: true });
  return (opened ??= openDevice());
}
