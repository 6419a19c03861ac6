/** A model for tests and measurements that need one, but nothing that it has learned. */
import { FAMILIES } from '../../../models/families/index.ts';
import { Random } from '../../../models/graph/random.ts';
import { sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import { encodeModel } from '../training/snapshot.ts';

const weights = (random: Random, count: number): Float32Array =>
  new Float32Array(count).map(() => 0.8 * random.uniform() - 0.4);

interface Kind {
  size?: number;
  channels?: 3 | 4;
  width?: number;
  seed?: number;
}

/** A pix2pix model with random weights, as bytes: it paints noise that depends on what it is given. */
export const randomModel = ({
  dropout = 0,
  gives = 'picture',
  ...kind
}: Kind & { dropout?: number; gives?: 'picture' | 'height' } = {}): Uint8Array =>
  randomOf('pix2pix', kind, { dropout, gives, upsampling: 'resize' });

/** A model with random weights that translates, or upscales, pictures of any size, as bytes. */
export const randomTranslator = (family: 'cyclegan' | 'srgan'): Uint8Array => randomOf(family, {}, { blocks: 1 });

/** A generator with random weights, as bytes: each latent has a noise of its own. */
export const randomGenerator = ({ family = 'fewshot', ...kind }: Kind & { family?: string } = {}): Uint8Array =>
  randomOf(family, kind, { latent: 16 });

/** An upscaler with random weights, as bytes: it makes noise that depends on what it is given. */
export const randomUpscaler = (kind: Kind = {}): Uint8Array => randomOf('srgan', kind, { blocks: 2 });

function randomOf(
  id: string,
  { size = 32, channels = 3, width = 4, seed = 1 }: Kind,
  more: Readonly<Record<string, unknown>>,
): Uint8Array {
  const family = FAMILIES.get(id)!;
  const shape = { size, channels, batch: 1, labels: [] };
  const settings = family.settings.parse({ width, ...more });
  const random = ({ name, shape: of }: Tensor): Float32Array => weights(new Random(seed, name), sizeOf(of));
  return encodeModel({ family, shape, settings, step: 1 }, family.program(shape, settings).models[0]!, random);
}
