/** Walking, printing and checking graphs. */
import { builtAt, GraphError, isLeaf, sameShape, showShape, type Tensor } from './tensor.ts';

/** All tensors that `outputs` need, each after its inputs. Stops at those in `given`, which are not listed. */
export function topological(outputs: Iterable<Tensor>, given: { has(tensor: Tensor): boolean } = new Set()): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { tensor: Tensor; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output) || given.has(output)) continue;
    seen.add(output);
    stack.push({ tensor: output, next: 0 });
    // An explicit stack: a training graph is deeper than JavaScript's.
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const child = top.tensor.inputs[top.next++];
      if (!child) {
        order.push(top.tensor);
        stack.pop();
      } else if (!seen.has(child) && !given.has(child)) {
        seen.add(child);
        stack.push({ tensor: child, next: 0 });
      }
    }
  }
  return order;
}

/** The graph as text, one line a tensor: `%4 = Conv2d(%1, down0/weight) {"stride":2} : [1, 32, 16, 16]`. */
export function printGraph(outputs: Readonly<Record<string, Tensor>>): string {
  const names = new Map<Tensor, string>();
  const lines: string[] = [];
  for (const tensor of topological(Object.values(outputs))) {
    if (isLeaf(tensor)) {
      names.set(tensor, tensor.name);
      lines.push(`${tensor.operator.name.toLowerCase()} ${tensor.name} : ${showShape(tensor.shape)}`);
      continue;
    }
    const name = `%${names.size}`;
    names.set(tensor, name);
    const attributes = Object.keys(tensor.attributes).length > 0 ? ` ${JSON.stringify(tensor.attributes)}` : '';
    const args = tensor.inputs.map((input) => names.get(input)).join(', ');
    lines.push(`${name} = ${tensor.operator.name}(${args})${attributes} : ${showShape(tensor.shape)}`);
  }
  for (const [name, tensor] of Object.entries(outputs)) lines.push(`return ${name} = ${names.get(tensor)}`);
  return lines.join('\n');
}

/**
 * Checks a whole graph: every shape still follows from its inputs, and every leaf has a name of its own.
 * @throws GraphError naming the operator, the shapes and the line that built the tensor
 */
export function checkGraph(outputs: Readonly<Record<string, Tensor>>): void {
  const leaves = new Map<string, Tensor>();
  for (const tensor of topological(Object.values(outputs))) {
    const expected = tensor.operator.shape(tensor.inputs, tensor.attributes);
    if (!sameShape(expected, tensor.shape))
      throw new GraphError(
        `${tensor.operator.name}: has shape ${showShape(tensor.shape)} but its inputs give ${showShape(expected)}\n  built at ${builtAt(tensor.site)}`,
      );
    if (!isLeaf(tensor)) continue;
    if (!tensor.name) throw new GraphError(`${tensor.operator.name}: has no name\n  built at ${builtAt(tensor.site)}`);
    if (leaves.has(tensor.name))
      throw new GraphError(
        `${tensor.operator.name}: two leaves are named "${tensor.name}"\n  built at ${builtAt(tensor.site)}`,
      );
    leaves.set(tensor.name, tensor);
  }
}
