/**
 * Network interpolation (Wang et al. 2018, arXiv:1809.00219, section 3.4): weights between those of a model and those of
 * the one that it was taught from make results between theirs. A model that learned to invent detail comes from one that
 * did not: so that is how much it invents.
 */
import { topological } from '../../../models/graph/graph.ts';
import { isParameter } from '../../../models/graph/tensor.ts';
import { replaceWeights } from '../../../models/onnx/replace-weights.ts';
import { UserError } from '../../errors.ts';
import { readModelFile } from '../training/snapshot.ts';
import { graphOf } from './model-graph.ts';

/** A model's file, and how messages call it. */
export interface Titled {
  file: string;
  title: string;
}

/**
 * The model's bytes with weights between its own (softness 0) and the softer one's (1).
 * @throws UserError where the two are not one network
 */
export function softened(model: Titled, softer: Titled, softness: number): Uint8Array {
  const [own, other] = [readModelFile(model.file), readModelFile(softer.file)];
  const graph = graphOf(own);
  const parameters = graph ? topological(Object.values(graph.outputs)).filter(isParameter) : [];
  const scale = (of: typeof own): string | undefined => of.metadata['maquette.scale'];
  const alike = parameters.every(({ name, shape }) => other.weights.get(name)?.shape.join() === shape.join());
  if (parameters.length === 0 || !alike || scale(own) !== scale(other))
    throw new UserError(
      `Softness leads from a model to the one that it was taught from; ${softer.title} is another network than ${model.title}`,
    );
  const mixed = parameters.map(({ name }) => {
    const [from, to] = [own.weights.get(name)!.data, other.weights.get(name)!.data];
    return [name, from.map((value, i) => value + softness * (to[i]! - value))] as const;
  });
  return replaceWeights(own.bytes, new Map(mixed));
}
