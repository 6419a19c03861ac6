/** The settings that families with ResNet generators and PatchGANs share (CycleGAN, CUT). */
import { z } from 'zod';
import { RESNET_MULTIPLE } from '../networks/resnet.ts';

export const resnetSettings = {
  width: z.int().min(1).max(256).default(64).describe('channels of the outermost layers'),
  blocks: z
    .int()
    .min(1)
    .max(16)
    .default(9)
    .describe('residual blocks of the generator; the papers take 6 below 256 px, else 9'),
  normalisation: z.enum(['instance', 'batch']).default('instance').describe('normalisation inside the networks'),
  upsampling: z
    .enum(['transposed', 'resize'])
    .default('transposed')
    .describe('how the decoder doubles the size; resize avoids checkerboards'),
  penaltyWeight: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'weight of the penalty on steep discriminators (R1), against speckles once colours are right; 0 for none, 10 at 64 px',
    ),
};

/** Why a family of this name cannot take pictures of a size. The PatchGAN needs 32 px. */
export const refuseResnetSize =
  (title: string) =>
  (size: number): string | null =>
    size % RESNET_MULTIPLE === 0 && size >= 32 && size <= 1024
      ? null
      : `${title} takes sizes from 32 to 1024 that are multiples of ${RESNET_MULTIPLE}`;
