/** Networks of TensorFlow.js layers run by TensorFlow.js itself: what converted models are held against. Small pictures. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { KerasLayer } from './layers.ts';
import type { Volume } from './plain.ts';

type Run = (layer: KerasLayer, inputs: readonly tf.Tensor4D[]) => tf.Tensor4D;

const LAYERS: Readonly<Record<string, Run>> = {
  Conv2D: ({ kernel, shape, bias, config }, [x]) =>
    tf.add(
      tf.conv2d(x!, tf.tensor4d(kernel, shape as tf.Tensor4D['shape']), 1, config['padding'] as 'same' | 'valid'),
      tf.tensor1d(bias),
    ),
  Activation: (_, [x]) => tf.relu(x!),
  Concatenate: ({ config }, inputs) => tf.concat([...inputs], config['axis'] as number),
  Add: (_, inputs) => tf.addN([...inputs]),
  UpSampling2D: ({ config }, [x]) => {
    const [tall, wide] = config['size'] as [number, number];
    return tf.image.resizeNearestNeighbor(x!, [x!.shape[1] * tall, x!.shape[2] * wide]);
  },
};

/** The last layer's result; values are as the network has them. */
export async function evaluateLayers(
  layers: readonly KerasLayer[],
  { channels, height, width, data }: Volume,
): Promise<Volume> {
  await tf.setBackend('cpu');
  const result = tf.tidy(() => {
    const known = new Map<string, tf.Tensor4D>();
    let last = tf.transpose(tf.tensor4d(data, [1, channels, height, width]), [0, 2, 3, 1]);
    for (const layer of layers) {
      if (layer.type !== 'InputLayer')
        last = LAYERS[layer.type]!(
          layer,
          layer.inputs.map((name) => known.get(name)!),
        );
      known.set(layer.name, last);
    }
    return tf.transpose(last, [0, 3, 1, 2]);
  });
  const [, planes, rows, columns] = result.shape;
  const values = new Float32Array(await result.data());
  result.dispose();
  return { channels: planes, height: rows, width: columns, data: values };
}
