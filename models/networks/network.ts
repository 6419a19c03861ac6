/** A network: a function from tensors to tensors over named weights, which an update replaces as a whole. */
import { parameter, type Initial, type Shape, type Tensor } from '../graph/tensor.ts';

/** Where a forward pass takes its weights from: made on first use, the same ones ever after. */
export class Weights {
  readonly #network: string;
  readonly #byName: Map<string, Tensor>;

  constructor(network: string, byName: Map<string, Tensor> = new Map()) {
    this.#network = network;
    this.#byName = byName;
  }

  /** The weight of this name, in this network. */
  get(name: string, shape: Shape, initial: Initial): Tensor {
    const full = `${this.#network}/${name}`;
    let weight = this.#byName.get(full);
    if (!weight) this.#byName.set(full, (weight = parameter(full, shape, initial)));
    return weight;
  }

  all(): Tensor[] {
    return [...this.#byName.values()];
  }
}

export class Network<Inputs extends readonly unknown[], Result> {
  readonly name: string;
  readonly #forward: (weights: Weights, ...inputs: Inputs) => Result;
  readonly #weights: Weights;

  constructor(name: string, forward: (weights: Weights, ...inputs: Inputs) => Result, weights = new Weights(name)) {
    this.name = name;
    this.#forward = forward;
    this.#weights = weights;
  }

  apply(...inputs: Inputs): Result {
    return this.#forward(this.#weights, ...inputs);
  }

  /** The weights used so far: all of them once the network was applied. */
  get parameters(): Tensor[] {
    return this.#weights.all();
  }

  /** The same network over other weights, given by the parameters' names. */
  with(byName: Map<string, Tensor>): Network<Inputs, Result> {
    return new Network(this.name, this.#forward, new Weights(this.name, byName));
  }
}
