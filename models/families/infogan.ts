/**
 * InfoGAN (Chen et al. 2016, arXiv:1606.03657): besides noise the generator is given codes, and the discriminator must read
 * them off the picture, so that each code comes to stand for something that is seen. Nobody says what for.
 */
import { z } from 'zod';
import { add, square, sub } from '../graph/operators/elementwise.ts';
import { scale } from '../graph/operators/affine.ts';
import { concat } from '../graph/operators/layout.ts';
import { mean } from '../graph/operators/reduce.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import { answer, generate, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import { family, type RunShape } from './family.ts';
import { CLASSIC, CLASSIC_PRESETS, latentSettings, makes, playGame, refuseDoublings } from './latent.ts';
import { crossEntropy } from './losses.ts';

const settings = z.object({
  ...latentSettings,
  kinds: z.int().min(2).max(64).default(8).describe('kinds of pictures that it finds by itself'),
  sliders: z.int().min(1).max(16).default(2).describe('numbers that it learns to change something by'),
  infoWeight: z.number().min(0).default(1).describe('weight of being able to read the codes off a picture'),
});

type InfoganSettings = z.infer<typeof settings>;

/** One of some kinds [N, kinds], and numbers from N(0, 1) [N, sliders]. */
interface Codes {
  kind: Tensor;
  sliders: Tensor;
}

const generatorOf = ({ size, channels }: RunShape, { width }: InfoganSettings) =>
  new Network('generator', (w, noise: Tensor, { kind, sliders }: Codes) =>
    generate(w, concat([noise, kind, sliders], { axis: 1 }), { size, width, channels }),
  );

/** picture to logits [N, 1, 1, 1] of being real, and what is read off it: logits [N, kinds], means [N, sliders]. */
const discriminatorOf = ({ size, batch }: RunShape, { width, kinds, sliders }: InfoganSettings) =>
  new Network('discriminator', (w, picture: Tensor) => {
    const features = look(w, picture, { size, width });
    const read = (name: string, count: number): Tensor =>
      reshape(answer(w, name, features, count), { shape: [batch, count] });
    return { logits: answer(w, 'out', features, 1), kind: read('kind', kinds), sliders: read('sliders', sliders) };
  });

export const infogan = family({
  id: 'infogan',
  title: 'InfoGAN',
  about: 'From one set of pictures: it makes new ones, and finds sliders for them by itself.',
  paper: 'Chen et al. 2016, arXiv:1606.03657',
  data: 'pictures',
  does: 'generate',
  batch: 8,
  varied: false,
  settings,
  refuseSize: refuseDoublings('InfoGAN'),
  program: (shape, s) => {
    const codes = { kind: input('kind', [1, s.kinds]), sliders: input('sliders', [1, s.sliders]) };
    const noise = input('noise', [1, s.latent]);
    const names = Array.from({ length: s.kinds }, (_, i) => String(i + 1));
    return playGame(shape, s, {
      begin: () => ({
        generator: generatorOf(shape, s),
        discriminator: discriminatorOf(shape, s),
        known: null,
        ask: (turn) => ({
          kind: fedInput(`kind/${turn}`, [shape.batch, s.kinds], { kind: 'categories' }),
          sliders: fedInput(`sliders/${turn}`, [shape.batch, s.sliders], { kind: 'noise' }),
        }),
        // Of numbers with a fixed deviation the likelihood is a squared distance (equation 5 and section 6).
        besides: (read, asked) =>
          asked === null
            ? {}
            : {
                Info: scale(
                  add(
                    crossEntropy(read.kind, asked.kind),
                    scale(mean(square(sub(read.sliders, asked.sliders))), { factor: 0.5 }),
                  ),
                  { factor: s.infoWeight },
                ),
              },
      }),
      pace: CLASSIC,
      ...makes(
        { noise: { from: 'noise' }, kind: { from: 'labels', labels: names }, sliders: { from: 'noise' } },
        { noise, ...codes },
        generatorOf(shape, s).apply(noise, codes),
      ),
    });
  },
  presets: CLASSIC_PRESETS,
});
