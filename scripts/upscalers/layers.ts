/**
 * Reads networks of TensorFlow.js layers (Keras's functional models): `model.json` names the layers, a `.bin` file holds
 * their weights one after the other. Only what the upscalers use is known; anything else is refused by name.
 */
import { z } from 'zod';

export interface KerasLayer {
  type: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Its settings as Keras has them. */
  config: Readonly<Record<string, unknown>>;
  /** Of a convolution, as Keras has it: [kh, kw, in, out]. */
  kernel: Float32Array;
  shape: readonly number[];
  bias: Float32Array;
}

const layerSchema = z.object({
  class_name: z.string(),
  name: z.string(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.array(z.array(z.tuple([z.string(), z.literal(0), z.literal(0)]).rest(z.unknown()))).max(1),
});
const modelSchema = z.object({
  format: z.literal('layers-model'),
  modelTopology: z.object({
    model_config: z.object({ class_name: z.literal('Functional'), config: z.object({ layers: z.array(layerSchema) }) }),
  }),
  weightsManifest: z.tuple([
    z.object({
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), dtype: z.literal('float32') })),
    }),
  ]),
});

const NONE: Float32Array = new Float32Array(0);

/** What convolutions have to say of themselves; one that is otherwise would be computed wrongly. */
const CONVOLUTION = z.object({
  strides: z.tuple([z.literal(1), z.literal(1)]),
  dilation_rate: z.tuple([z.literal(1), z.literal(1)]),
  groups: z.literal(1),
  activation: z.literal('linear'),
  data_format: z.literal('channels_last'),
});

/**
 * In the order in which they can be computed.
 * @throws Error for what it does not know, and where weights are missing or left over
 */
export function readLayers(json: string, bin: Buffer): KerasLayer[] {
  const model = modelSchema.parse(JSON.parse(json));
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let at = 0;
  for (const { name, shape } of model.weightsManifest[0].weights) {
    const length = shape.reduce((product, side) => product * side, 4);
    if (at + length > bin.length) throw new Error('the bin file holds less than the layers take');
    weights.set(name, { shape, data: new Float32Array(Uint8Array.from(bin.subarray(at, (at += length))).buffer) });
  }
  if (at !== bin.length) throw new Error('the bin file holds more than the layers take');
  return model.modelTopology.model_config.config.layers.map(
    ({ class_name: type, name, config, inbound_nodes: [from = []] }) => {
      const layer = { type, name, inputs: from.map(([input]) => input), outputs: [name], config };
      if (type !== 'Conv2D') return { ...layer, kernel: NONE, shape: [], bias: NONE };
      CONVOLUTION.parse(config);
      const [kernel, bias] = [weights.get(`${name}/kernel`), weights.get(`${name}/bias`)];
      if (!kernel || !bias) throw new Error(`${name} has no weights`);
      return { ...layer, kernel: kernel.data, shape: kernel.shape, bias: bias.data };
    },
  );
}
