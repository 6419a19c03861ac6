/** The probe of TensorFlow: loads it, and tries it against what is trusted. */
import { z } from 'zod';
import { HostExecution } from '../host/execution.ts';
import type { Found, Probe } from '../self-test/probe.ts';
import { selfTest, type Tried, type Trusted } from '../self-test/self-test.ts';
import { loadTensorFlow, type TfNode } from './library.ts';
import { evaluateWithTensorFlow, tensorflowRunner } from './runner.ts';

/** What is said of a TensorFlow that could be loaded. */
const device = z.object({ version: z.string(), gpu: z.boolean() });
export type TfDevice = z.infer<typeof device>;

export const TENSORFLOW_PROBE: Probe<TfDevice> = { script: 'tensorflow-probe.js', subject: 'TensorFlow', device };

const triedWith = (tf: TfNode): Tried => ({
  evaluate: (outputs, leaves) => Promise.resolve(evaluateWithTensorFlow(tf, outputs, leaves)),
  open: (program, seed) => Promise.resolve(new HostExecution(tensorflowRunner(tf), program, { seed, threads: 1 })),
});

/** Loads the package in a folder; `trusted` gives what its results are compared with, null to load it only. */
export async function probe(folder: string, trusted: Trusted | null): Promise<Found<TfDevice>> {
  let tf: TfNode;
  try {
    tf = loadTensorFlow(folder);
  } catch (error) {
    return { device: null, reason: `its add-on cannot be loaded: ${(error as Error).message.split('\n')[0]!}` };
  }
  const { isUsingGpuDevice: gpu, binding } = tf.backend();
  return {
    device: { version: binding.TF_Version ?? 'of unknown version', gpu },
    verdict: trusted && (await selfTest(triedWith(tf), trusted)),
  };
}
