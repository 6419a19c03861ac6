/** The probe of graphics cards: finds the device, and tries it against what is trusted. */
import { z } from 'zod';
import type { Found, Probe } from '../self-test/probe.ts';
import { selfTest, type Trusted } from '../self-test/self-test.ts';
import { type DeviceInfo, NoDevice, openDevice } from './device.ts';
import { triedOn } from './tried.ts';

export const GPU_PROBE: Probe<DeviceInfo> = {
  script: 'gpu-probe.js',
  subject: 'the graphics driver',
  device: z.object({
    name: z.string(),
    vendor: z.string(),
    architecture: z.string(),
    driver: z.string(),
    software: z.boolean(),
    features: z.array(z.string()),
  }),
};

/** Finds the device; `trusted` gives what its results are compared with, null to find it only. */
export async function probe(trusted: Trusted | null): Promise<Found<DeviceInfo>> {
  try {
    const gpu = await openDevice();
    return { device: gpu.info, verdict: trusted && (await selfTest(triedOn(gpu), trusted)) };
  } catch (error) {
    if (error instanceof NoDevice) return { device: null, reason: error.message };
    throw error;
  }
}
