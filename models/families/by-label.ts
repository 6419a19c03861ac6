/** Games in which pictures are asked for by the label that comes with the real ones. */
import { concat } from '../graph/operators/layout.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { generate } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import type { RunShape } from './family.ts';
import { CLASSIC, makes, playGame, type Game, type LatentSettings, type Verdict } from './latent.ts';
import type { Program } from './program.ts';

/** noise [N, latent] and label [N, labels] to a picture [N, channels, size, size]. */
const generatorOf = ({ size, channels }: RunShape, { width }: LatentSettings) =>
  new Network('generator', (w, noise: Tensor, label: Tensor) =>
    generate(w, concat([noise, label], { axis: 1 }), { size, width, channels }),
  );

/** Plays one, with the discriminator that is begun with, and what is learned besides. */
export function playByLabel<V extends Verdict>(
  shape: RunShape,
  s: LatentSettings,
  begin: () => Pick<Game<Tensor, Tensor, V>, 'discriminator' | 'besides'>,
): Program {
  const { labels, batch } = shape;
  const [noise, label] = [input('noise', [1, s.latent]), input('label', [1, labels.length])];
  return playGame(shape, s, {
    begin: () => {
      // What the real pictures are of is what the made ones are asked for.
      const known = input('label', [batch, labels.length]);
      return { generator: generatorOf(shape, s), known, ask: () => known, ...begin() };
    },
    labels,
    pace: CLASSIC,
    ...makes(
      { noise: { from: 'noise' }, label: { from: 'labels', labels } },
      { noise, label },
      generatorOf(shape, s).apply(noise, label),
    ),
  });
}
