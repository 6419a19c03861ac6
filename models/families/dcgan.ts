/** DCGAN (Radford et al. 2016, arXiv:1511.06434): a generator that makes pictures like those it has seen out of noise. */
import { z } from 'zod';
import { input, type Tensor } from '../graph/tensor.ts';
import { answer, generate, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import { family, type RunShape } from './family.ts';
import {
  CLASSIC,
  CLASSIC_PRESETS,
  latentSettings,
  makes,
  playGame,
  refuseDoublings,
  type LatentSettings,
} from './latent.ts';

const generatorOf = ({ size, channels }: RunShape, { width }: LatentSettings) =>
  new Network('generator', (w, noise: Tensor) => generate(w, noise, { size, width, channels }));

const discriminatorOf = ({ size }: RunShape, { width }: LatentSettings) =>
  new Network('discriminator', (w, picture: Tensor) => ({
    logits: answer(w, 'out', look(w, picture, { size, width }), 1),
  }));

export const dcgan = family({
  id: 'dcgan',
  title: 'DCGAN',
  about: 'From one set of pictures: it makes new ones like them.',
  paper: 'Radford et al. 2016, arXiv:1511.06434',
  data: 'pictures',
  does: 'generate',
  batch: 8,
  varied: false,
  settings: z.object(latentSettings),
  refuseSize: refuseDoublings('DCGAN'),
  program: (shape, s) => {
    const noise = input('noise', [1, s.latent]);
    return playGame(shape, s, {
      begin: () => ({
        generator: generatorOf(shape, s),
        discriminator: discriminatorOf(shape, s),
        known: null,
        ask: () => null,
      }),
      pace: CLASSIC,
      ...makes({ noise: { from: 'noise' } }, { noise }, generatorOf(shape, s).apply(noise)),
    });
  },
  presets: CLASSIC_PRESETS,
});
