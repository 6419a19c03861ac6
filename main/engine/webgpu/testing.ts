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

/** The title of what is skipped for a reason, which it then says; and of what is not. */
export const titled = (title: string, reason: string | null): string =>
  reason === null ? title : `${title} [skipped: ${reason}]`;

/** The environment in which the software driver is found, and no other. */
export const softwareDriver = {
  VK_ICD_FILENAMES: DRIVER,
  XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? '/tmp/maquette-xdg',
  // Chromium brings Vulkan's loader too.
  LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], CHROMIUM].filter(Boolean).join(':'),
};

/** Lets Dawn find it in this process. To be called before Dawn is created. */
export function useSoftwareDriver(): void {
  process.env['VK_ICD_FILENAMES'] = softwareDriver.VK_ICD_FILENAMES;
  process.env['XDG_RUNTIME_DIR'] = softwareDriver.XDG_RUNTIME_DIR;
  mkdirSync(softwareDriver.XDG_RUNTIME_DIR, { recursive: true });
  // Once Vulkan's loader is in the process, Dawn finds it by its name.
  if (existsSync(`${CHROMIUM}/libvulkan.so.1`)) koffi.load(`${CHROMIUM}/libvulkan.so.1`);
}

let opened: Promise<Gpu> | undefined;

/** The software device: the same for a whole process. */
export function softwareDevice(): Promise<Gpu> {
  if (missingDriver) throw new Error(missingDriver);
  useSoftwareDriver();
  return (opened ??= openDevice());
}
