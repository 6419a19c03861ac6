/** A device as the self-test tries it. */
import type { Tried } from '../self-test/self-test.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { GpuExecution } from './execution.ts';
import type { Gpu } from './gpu.ts';
import type { Precision } from './probe.ts';

export const triedOn = (gpu: Gpu, precision: Precision = 'single'): Tried => ({
  evaluate: (outputs, leaves) => evaluateOnGpu(gpu, outputs, leaves, gpu.tuningAt(precision)),
  open: (program, seed) => GpuExecution.create(gpu, program, { seed, tuning: gpu.tuningAt(precision) }),
});
