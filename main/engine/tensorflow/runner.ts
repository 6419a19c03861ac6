/** Graphs on TensorFlow, operator by operator as they are written: nothing is lowered, nothing fused. */
import { topological } from '../../../models/graph/graph.ts';
import { isLeaf, type Tensor } from '../../../models/graph/tensor.ts';
import type { TfTensor } from '../../../models/graph/tensorflow-api.ts';
import { runWithTensorFlow } from '../../../models/graph/tensorflow.ts';
import type { HostValue, Runner } from '../host/runner.ts';
import type { TfNode } from './library.ts';

const native = (x: TfTensor): { dataSync(): Float32Array } => x as unknown as { dataSync(): Float32Array };

/** The outputs of a graph, given the values of its leaves and of what is given; all else is freed. */
function compute(
  tf: TfNode,
  outputs: readonly Tensor[],
  given: readonly (readonly [Tensor, Float32Array])[],
  take: (i: number, values: Float32Array) => void,
): void {
  tf.tidy(() => {
    // It holds on to the arrays that it is given, and ours are written again: so it gets copies.
    const values = new Map(given.map(([tensor, data]) => [tensor, tf.tensor(data.slice(), [...tensor.shape])]));
    runWithTensorFlow(tf, outputs, values).forEach((output, i) => take(i, native(output).dataSync()));
  });
}

export const tensorflowRunner = (tf: TfNode): Runner => ({
  value: (data, shape) => ({ data, shape, dispose: () => undefined }),
  bind(outputs, { given = new Map<Tensor, string>(), value }) {
    const [names, tensors] = [Object.keys(outputs), Object.values(outputs)];
    const leaves = topological(tensors, given).filter(isLeaf);
    const inputs = [...given, ...leaves.map((leaf) => [leaf, leaf.name] as const)].map(
      ([tensor, name]) => [tensor, value(name, tensor.shape).data] as const,
    );
    const results = names.map((name, i): HostValue => value(name, tensors[i]!.shape));
    return {
      run() {
        compute(tf, tensors, inputs, (i, data) => results[i]!.data.set(data));
        return Promise.resolve();
      },
      release: () => undefined,
    };
  },
});

/** Runs a graph once, given a value for every leaf by name. */
export function evaluateWithTensorFlow<K extends string>(
  tf: TfNode,
  outputs: Readonly<Record<K, Tensor>>,
  leaves: Readonly<Record<string, Float32Array>>,
): Record<K, Float32Array> {
  const [names, tensors] = [Object.keys(outputs) as K[], Object.values<Tensor>(outputs)];
  const given = topological(tensors)
    .filter(isLeaf)
    .flatMap((leaf) => (leaves[leaf.name] ? [[leaf, leaves[leaf.name]!] as const] : []));
  const results = {} as Record<K, Float32Array>;
  compute(tf, tensors, given, (i, data) => (results[names[i]!] = data.slice()));
  return results;
}
