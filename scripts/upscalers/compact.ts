/** Compact networks of ncnn as models of our own family: the same weights under the names that a training knows them by. */
import { srgan, type SrganSettings } from '../../models/families/srgan.ts';
import { encodeModel } from '../../main/engine/training/snapshot.ts';
import type { NcnnLayer } from './ncnn.ts';

/** Height and width of the pictures that it is said to have learned from, in pixels of the input. */
const SIDE = 64;

/** @throws Error for a network that is otherwise */
export function compactModel(layers: readonly NcnnLayer[], factor: SrganSettings['factor']): Uint8Array {
  const of = (type: string): NcnnLayer[] => layers.filter((layer) => layer.type === type);
  const [convolutions, slopes, shuffles, resizes] = ['Convolution', 'PReLU', 'PixelShuffle', 'Interp'].map(of) as [
    NcnnLayer[],
    NcnnLayer[],
    NcnnLayer[],
    NcnnLayer[],
  ];
  // What comes last is the halving, where there is one; the first resizing repeats the pixels of the input.
  const oversampling = resizes.length === 2 ? '2' : '1';
  if (shuffles.length !== 1 || Number(shuffles[0]!.options.get(0)) !== Number(factor) * Number(oversampling))
    throw new Error(`this is no Compact that enlarges ${factor} times`);
  const settings = srgan.settings.parse({
    ...{ generator: 'compact', factor, oversampling },
    ...{ width: Number(convolutions[0]!.options.get(0)), blocks: convolutions.length - 2 },
  });
  const weights = new Map<string, Float32Array>();
  for (const [i, { weight, bias }] of convolutions.entries()) {
    const name = `generator/${i === convolutions.length - 1 ? 'out' : `layer${i}`}`;
    weights.set(`${name}/weight`, weight).set(`${name}/bias`, bias);
  }
  for (const [i, { slope }] of slopes.entries()) weights.set(`generator/layer${i}/slope`, slope);
  const shape = { size: SIDE * Number(factor), channels: 3, batch: 1, labels: [] } as const;
  const [model] = srgan.program(shape, settings).models;
  return encodeModel({ family: srgan, shape, settings, step: 0 }, model!, ({ name, shape: wanted }) => {
    const data = weights.get(name);
    if (data?.length !== wanted.reduce((product, length) => product * length, 1))
      throw new Error(`"${name}" is not there, or has another shape`);
    return data;
  });
}
