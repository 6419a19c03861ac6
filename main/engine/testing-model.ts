/** A model for tests and measurements that need one, but nothing that it has learned. */
import { FAMILIES } from '../../models/families/index.ts';
import { topological } from '../../models/graph/graph.ts';
import { Random } from '../../models/graph/random.ts';
import { isParameter, sizeOf } from '../../models/graph/tensor.ts';
import { writeOnnx } from '../../models/onnx/write.ts';

const weights = (random: Random, count: number): Float32Array =>
  Float32Array.from({ length: count }, () => 0.8 * random.uniform() - 0.4);

/** A pix2pix model with random weights, as bytes: it paints noise that depends on what it is given. */
export function randomModel({
  size = 32,
  channels = 3,
  width = 4,
  dropout = 0,
  seed = 1,
}: { size?: number; channels?: 3 | 4; width?: number; dropout?: number; seed?: number } = {}): Uint8Array {
  const settings = FAMILIES.get('pix2pix')!.settings.parse({ width, dropout, upsampling: 'resize' });
  const { output } = FAMILIES.get('pix2pix')!.inference({ size, channels, batch: 1 }, settings)[0]!;
  const initial = new Map(
    topological([output])
      .filter(isParameter)
      .map(({ name, shape }) => [name, weights(new Random(seed, name), sizeOf(shape))] as const),
  );
  const metadata = {
    'maquette.format': '1',
    'maquette.family': 'pix2pix',
    'maquette.size': String(size),
    'maquette.channels': String(channels),
    'maquette.range': '-1..1',
    'maquette.settings': JSON.stringify(settings),
  };
  return writeOnnx({ output }, { weights: initial, metadata }).bytes;
}
