/** The probe of graphics cards: finds the device, and tries it against what is trusted. */
import { z } from 'zod';
import type { Engine } from '../engine.ts';
import type { Found, Probe } from '../self-test/probe.ts';
import { selfTest, type Verdict } from '../self-test/self-test.ts';
import { TRIED_STEPS, trustedBy, trustedInHalf } from '../self-test/trusted.ts';
import { type DeviceInfo, NoDevice, openDevice } from './device.ts';
import { GpuError } from './gpu.ts';
import { triedOn } from './tried.ts';

/** Single throughout, or matrices multiplied in half precision where the card has units for it. */
export const precisionSchema = z.enum(['single', 'mixed']);
export type Precision = z.infer<typeof precisionSchema>;

export const gpuProbe = (precision: Precision): Probe<DeviceInfo> => ({
  script: 'gpu-probe.js',
  told: precision,
  subject: 'the graphics driver',
  device: z.object({
    name: z.string(),
    vendor: z.string(),
    architecture: z.string(),
    driver: z.string(),
    software: z.boolean(),
    matrixLanes: z.int(),
    features: z.array(z.string()),
  }),
});

/** What a device is compared with, by its precision. */
export const TRUSTED = { single: trustedBy, mixed: trustedInHalf } as const satisfies Record<Precision, unknown>;

/** Finds the device, and tries it where it is said against which engine; null to find it only. */
export async function probe(against: { precision: Precision; trusted: Engine } | null): Promise<Found<DeviceInfo>> {
  try {
    const gpu = await openDevice();
    if (!against) return { device: gpu.info, verdict: null };
    const trusted = TRUSTED[against.precision](against.trusted, TRIED_STEPS);
    return { device: gpu.info, verdict: await judged(() => selfTest(triedOn(gpu, against.precision), trusted)) };
  } catch (error) {
    if (error instanceof NoDevice) return { device: null, reason: error.message };
    throw error;
  }
}

/** What a device refuses to compile or has not, it will refuse the next time too: a verdict like any other. */
async function judged(test: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await test();
  } catch (error) {
    if (!(error instanceof GpuError)) throw error;
    return { passed: false, wrong: [error.said], tried: 0, largest: 0, stepMs: null };
  }
}
