/**
 * Runs a graph operator by operator with TensorFlow.js. The library is handed in: models/ never loads it.
 * In the tests it is the independent referee of values and gradients; where a person has tfjs-node, it is an engine.
 */
import { topological } from './graph.ts';
import { isLeaf, type Tensor } from './tensor.ts';
import type { TensorFlow, TfTensor } from './tensorflow-api.ts';

/**
 * Computes `outputs` from the values that are given: at least one for every leaf (input or parameter) that is reached.
 * @throws Error naming the operator that TensorFlow.js cannot run, or the leaf that has no value
 */
export function runWithTensorFlow(
  tf: TensorFlow,
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, TfTensor>,
): TfTensor[] {
  const values = new Map(given);
  for (const tensor of topological(outputs, given)) {
    if (isLeaf(tensor)) throw new Error(`"${tensor.name}" has no value`);
    if (!tensor.operator.tensorflow) throw new Error(`${tensor.operator.name} has no TensorFlow.js form`);
    const inputs = tensor.inputs.map((input) => values.get(input)!);
    values.set(tensor, tensor.operator.tensorflow(tf, inputs, tensor.attributes, tensor));
  }
  return outputs.map((output) => values.get(output)!);
}
