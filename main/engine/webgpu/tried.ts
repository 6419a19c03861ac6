/** A device as the self-test tries it. */
import type { Tried } from '../self-test/self-test.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { GpuExecution } from './execution.ts';
import type { Gpu } from './gpu.ts';

export const triedOn = (gpu: Gpu): Tried => ({
  evaluate: (outputs, leaves) => evaluateOnGpu(gpu, outputs, leaves),
  open: (program, seed) => GpuExecution.create(gpu, program, { seed }),
});
