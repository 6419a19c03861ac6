/** The reader and the converter of networks of TensorFlow.js layers, on a small one with every layer that is known. */
import { describe, expect, it } from 'vitest';
import { startRuntime } from '../../main/engine/cpu/ort.ts';
import { runExported } from '../../main/engine/inference/exported.ts';
import { values } from '../../main/engine/testing/values.ts';
import { evaluateLayers } from './layers-tensorflow.ts';
import { layersToOnnx } from './layers-to-onnx.ts';
import { readLayers } from './layers.ts';

startRuntime(1);

const FORM = { scale: 2, mirrored: 0, margin: 0, multiple: 1, reach: 4, tile: 64, white: 255, name: 'small' };

interface Written {
  class_name: string;
  name: string;
  config: Record<string, unknown>;
  inbound_nodes: unknown[];
}
const layer = (class_name: string, name: string, from: string[], config: Record<string, unknown> = {}): Written => ({
  ...{ class_name, name, config },
  inbound_nodes: from.length === 0 ? [] : [from.map((input) => [input, 0, 0, {}])],
});
const convolution = (name: string, from: string, config: Record<string, unknown> = {}): Written =>
  layer('Conv2D', name, [from], {
    ...{ strides: [1, 1], dilation_rate: [1, 1], groups: 1, activation: 'linear' },
    ...{ data_format: 'channels_last', padding: 'same', ...config },
  });

const NETWORK = [
  layer('InputLayer', 'LR', []),
  convolution('wide', 'LR'),
  layer('Activation', 'relu', ['wide'], { activation: 'relu' }),
  layer('Concatenate', 'both', ['LR', 'relu'], { axis: 3 }),
  convolution('point', 'both', { padding: 'valid' }),
  layer('Add', 'sum', ['point', 'LR']),
  layer('UpSampling2D', 'larger', ['sum'], { size: [2, 2], interpolation: 'nearest', data_format: 'channels_last' }),
  convolution('SR', 'larger'),
];
const KERNELS = { wide: [5, 3, 3, 4], point: [1, 1, 7, 3], SR: [3, 3, 3, 3] };

function written(layers: Written[] = NETWORK, spare = 0): [string, Buffer] {
  const weights = Object.entries(KERNELS).flatMap(([name, shape]) => [
    { name: `${name}/kernel`, shape, dtype: 'float32' },
    { name: `${name}/bias`, shape: [shape[3]!], dtype: 'float32' },
  ]);
  const data = weights.map(({ name, shape }) => Buffer.from(values(1, name, shape, [-0.5, 0.5]).buffer));
  const model_config = { class_name: 'Functional', config: { layers } };
  const json = { format: 'layers-model', modelTopology: { model_config }, weightsManifest: [{ weights }] };
  const bin = Buffer.concat([...data, Buffer.alloc(4)]);
  return [JSON.stringify(json), bin.subarray(0, bin.length - 4 + spare)];
}

it.each([0, 3])('a converted network makes what TensorFlow.js makes of it, with a margin of %i', async (margin) => {
  const layers = readLayers(...written());
  const [height, width] = [9, 12];
  const data = values(3, 'picture', [3, height, width], [0, 1]);
  const around = { height: height + 2 * margin, width: width + 2 * margin };
  const wide = new Float32Array(3 * around.height * around.width).map((_, i) => {
    const [y, x] = [Math.floor(i / around.width) % around.height, i % around.width];
    const inside = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at - margin));
    const plane = Math.floor(i / (around.width * around.height)) * height;
    return data[(plane + inside(y, height)) * width + inside(x, width)]! * 255;
  });
  const theirs = await evaluateLayers(layers, { channels: 3, ...around, data: wide });
  expect([theirs.channels, theirs.height, theirs.width]).toEqual([3, around.height * 2, around.width * 2]);
  const { upscaled } = await runExported(
    layersToOnnx(layers, { ...FORM, margin }),
    { picture: { data: data.map((value) => value * 2 - 1), shape: [1, 3, height, width] } },
    { upscaled: [1, 3, height * 2, width * 2] },
  );
  const far = upscaled!.reduce((most, value, i) => {
    const [plane, y, x] = [
      Math.floor(i / (4 * width * height)),
      Math.floor(i / (2 * width)) % (2 * height),
      i % (2 * width),
    ];
    const at = (plane * theirs.height + y + 2 * margin) * theirs.width + x + 2 * margin;
    return Math.max(most, Math.abs(theirs.data[at]! / 127.5 - 1 - value));
  }, 0);
  expect(far).toBeLessThan(1e-4);
});

describe('a network that is not as it should be', () => {
  it.each([
    ['has too few weights', written(NETWORK, -4), /holds less/],
    ['has too many', written(NETWORK, 4), /holds more/],
    ['has a layer without weights', written([convolution('other', 'LR')]), /other has no weights/],
    ['convolves in steps', written([convolution('wide', 'LR', { strides: [2, 2] })]), /strides/],
    ['has a layer that is not known', written([layer('LSTM', 'memory', ['LR'])]), /LSTM/],
    ['does not keep the size', written([convolution('wide', 'LR', { padding: 'valid' })]), /keep the size/],
    ['bends otherwise', written([layer('Activation', 'a', ['LR'], { activation: 'tanh' })]), /no ReLU/],
  ])('and %s is refused', (_, [json, bin], message) => {
    expect(() => layersToOnnx(readLayers(json, bin), FORM)).toThrow(message);
  });
});
