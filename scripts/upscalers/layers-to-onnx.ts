/** A network of TensorFlow.js layers as a model of ours. */
import type { KerasLayer } from './layers.ts';
import { upscalerToOnnx, type UpscalerForm, type Write } from './to-onnx.ts';

/** [kh, kw, in, out] as [out, in, kh, kw]. */
function outermostFirst(kernel: Float32Array, [kh, kw, inputs, outputs]: readonly number[]): Float32Array {
  const result = new Float32Array(kernel.length);
  let from = 0;
  for (let place = 0; place < kh! * kw!; place++)
    for (let c = 0; c < inputs!; c++)
      for (let o = 0; o < outputs!; o++) result[(o * inputs! + c) * kh! * kw! + place] = kernel[from++]!;
  return result;
}

const LAYERS: Readonly<Record<string, Write<KerasLayer>>> = {
  Conv2D: ({ name, kernel, shape, bias, config }, [x], emit) => {
    const [kh, kw, inputs, outputs] = shape as [number, number, number, number];
    // "valid" is as good as "same" where a kernel has one pixel.
    if (config['padding'] !== 'same' && kh * kw > 1) throw new Error(`${name} does not keep the size`);
    const weight = emit.floatTensor(`${name}.weight`, outermostFirst(kernel, shape), [outputs, inputs, kh, kw]);
    const [top, left] = [(kh - 1) / 2, (kw - 1) / 2];
    return emit.node('Conv', [x!, weight, emit.floatTensor(`${name}.bias`, bias, [outputs])], {
      kernel_shape: { ints: [kh, kw] },
      pads: { ints: [top, left, top, left] },
    });
  },
  Activation: ({ name, config }, [x], emit) => {
    if (config['activation'] !== 'relu') throw new Error(`${name} is no ReLU`);
    return emit.node('Relu', [x!]);
  },
  Concatenate: ({ name, config }, inputs, emit) => {
    if (config['axis'] !== 3) throw new Error(`${name} does not join channels`);
    return emit.node('Concat', inputs, { axis: { int: 1 } });
  },
  Add: (_, inputs, emit) => inputs.reduce((sum, x) => emit.node('Add', [sum, x])),
  DepthToSpace: ({ config }, [x], emit) =>
    emit.node('DepthToSpace', [x!], { blocksize: { int: config['by'] as number }, mode: { string: 'DCR' } }),
};

/**
 * A convolution of repeated pixels as one of the pixels themselves (sub-pixel convolution, Shi et al. 2016,
 * arXiv:1609.05158): of those that a kernel covers most are the same one, so that their weights are added up here. It gives
 * all pixels that stand in the place of one as its channels.
 */
function subPixel(layer: KerasLayer, by: number): KerasLayer {
  const [kh, kw, inputs, outputs] = layer.shape as [number, number, number, number];
  const reach = (side: number): number => Math.ceil((side - 1) / 2 / by);
  const [tall, wide] = [2 * reach(kh) + 1, 2 * reach(kw) + 1];
  const shape = [tall, wide, inputs, by * by * outputs];
  const kernel = new Float32Array(tall * wide * inputs * by * by * outputs);
  /** Which pixel a place of a kernel of that side covers, from the one that stands at `phase`. */
  const covered = (phase: number, place: number, side: number): number =>
    Math.floor((phase + place - (side - 1) / 2) / by) + reach(side);
  for (let y = 0; y < by; y++)
    for (let x = 0; x < by; x++)
      for (let i = 0; i < kh; i++)
        for (let j = 0; j < kw; j++)
          for (let c = 0; c < inputs; c++) {
            const to = ((covered(y, i, kh) * wide + covered(x, j, kw)) * inputs + c) * shape[3]!;
            const from = ((i * kw + j) * inputs + c) * outputs;
            for (let o = 0; o < outputs; o++) kernel[to + (y * by + x) * outputs + o]! += layer.kernel[from + o]!;
          }
  const bias = new Float32Array(shape[3]!).map((_, o) => layer.bias[o % outputs]!);
  return { ...layer, kernel, shape, bias };
}

/** Without layers that repeat pixels: what is convolved after that is convolved before. */
function beforeRepeating(layers: readonly KerasLayer[]): KerasLayer[] {
  const repeated = new Map(layers.filter(({ type }) => type === 'UpSampling2D').map((layer) => [layer.name, layer]));
  return layers.flatMap((layer) => {
    if (repeated.has(layer.name)) return [];
    const repeats = layer.inputs.flatMap((name) => repeated.get(name) ?? []);
    if (repeats.length === 0) return [layer];
    const { name, config, inputs } = repeats[0]!;
    const [by, wide] = config['size'] as [number, number];
    if (config['interpolation'] !== 'nearest' || by !== wide) throw new Error(`${name} does not repeat pixels`);
    if (layer.type !== 'Conv2D') throw new Error(`${layer.name} takes repeated pixels, and is no convolution`);
    const { outputs } = layer;
    const convolved = { ...subPixel(layer, by), inputs, outputs: [`${layer.name}/channels`] };
    return [convolved, { ...layer, type: 'DepthToSpace', inputs: convolved.outputs, outputs, config: { by } }];
  });
}

/** @throws Error for layers that are not known here */
export const layersToOnnx = (layers: readonly KerasLayer[], form: UpscalerForm): Uint8Array =>
  upscalerToOnnx(beforeRepeating(layers), LAYERS, { ...form, input: 'InputLayer' });
