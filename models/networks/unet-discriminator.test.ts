import { expect, it } from 'vitest';
import { input } from '../graph/tensor.ts';
import { unetDiscriminator } from './unet-discriminator.ts';

it.each([32, 36, 40, 100])('judges every pixel of pictures of %i', (side) => {
  const { logits } = unetDiscriminator({ width: 2 }).apply(input('pictures', [1, 3, side, side]));
  expect(logits.shape).toEqual([1, 1, side, side]);
});
