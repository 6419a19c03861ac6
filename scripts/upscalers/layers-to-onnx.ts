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
  UpSampling2D: ({ name, config }, [x], emit) => {
    if (config['interpolation'] !== 'nearest') throw new Error(`${name} does not repeat pixels`);
    const [tall, wide] = config['size'] as [number, number];
    return emit.node('Resize', [x!, '', emit.floats([1, 1, tall, wide])], {
      mode: { string: 'nearest' },
      coordinate_transformation_mode: { string: 'asymmetric' },
      nearest_mode: { string: 'floor' },
    });
  },
};

/** @throws Error for layers that are not known here */
export const layersToOnnx = (layers: readonly KerasLayer[], form: UpscalerForm): Uint8Array =>
  upscalerToOnnx(layers, LAYERS, { ...form, input: 'InputLayer' });
