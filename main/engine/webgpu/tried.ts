/** A device as the self-test tries it. */
import type { Tried } from '../self-test/self-test.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { GpuExecution } from './execution.ts';
import type { Gpu } from './gpu.ts';
import type { Precision } from './probe.ts';

export function triedOn(gpu: Gpu, precision: Precision = 'single'): Tried {
  const usual = gpu.tuningAt(precision);
  // The networks of a self-test are small, and their products should be multiplied as those of large ones are.
  const tuning = { ...usual, matrix: usual.matrix && { ...usual.matrix, from: 0 } };
  return {
    evaluate: (outputs, leaves) => evaluateOnGpu(gpu, outputs, leaves, tuning),
    open: (program, seed) => GpuExecution.create(gpu, program, { seed, tuning }),
  };
}
