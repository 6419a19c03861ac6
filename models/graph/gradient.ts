/** Reverse-mode differentiation as a function from graph to graph. */
import { add, fill, stopGradientOperator } from './operators/elementwise.ts';
import { topological } from './graph.ts';
import { builtAt, GraphError, showShape, type Tensor } from './tensor.ts';

/**
 * The gradients of a scalar `loss` with respect to each of `targets`: new tensors in the same graph, of the targets'
 * shapes. A target that the loss does not depend on gets zeros.
 * @throws GraphError when the loss is not a scalar, or an operator on the way has no gradient
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0)
    throw new GraphError(`gradients: the loss must be a scalar, not ${showShape(loss.shape)}`);
  const order = topological([loss]);
  const leads = leadsTo(order, new Set(targets));
  const grads = new Map<Tensor, Tensor>([[loss, fill([], 1)]]);
  for (const tensor of order.reverse()) {
    const grad = grads.get(tensor);
    if (!grad || !leads.has(tensor) || tensor.inputs.length === 0) continue;
    if (!tensor.operator.gradient)
      throw new GraphError(`gradients: ${tensor.operator.name} has no gradient\n  built at ${builtAt(tensor.site)}`);
    const flows = tensor.operator.gradient({
      inputs: tensor.inputs,
      attributes: tensor.attributes,
      output: tensor,
      grad,
    });
    tensor.inputs.forEach((input, i) => {
      const flow = flows[i];
      if (!flow || !leads.has(input)) return;
      const before = grads.get(input);
      grads.set(input, before ? add(before, flow) : flow);
    });
  }
  return targets.map((target) => grads.get(target) ?? fill(target.shape, 0));
}

/** The tensors through which a target reaches the result. Nothing passes a stopGradient. */
function leadsTo(order: readonly Tensor[], targets: ReadonlySet<Tensor>): Set<Tensor> {
  const leads = new Set<Tensor>();
  for (const tensor of order) {
    const passes = tensor.operator.name !== stopGradientOperator && tensor.inputs.some((input) => leads.has(input));
    if (targets.has(tensor) || passes) leads.add(tensor);
  }
  return leads;
}
