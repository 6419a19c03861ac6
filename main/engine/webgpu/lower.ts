/** From the tensors of the graph language to values: equal ones become one, and rewrites that suit a GPU happen here. */
import { topological } from '../../../models/graph/graph.ts';
import { isLeaf, isParameter, sameShape, sizeOf, type Shape, type Tensor } from '../../../models/graph/tensor.ts';
import { productSize } from './product-size.ts';
import { packedShape, paddedChannels, type Halo, type Packed } from './packing.ts';
import { HALOS } from './packed-geometry.ts';
import { matrixTiling, scalarTiling, type ProductSize, type Tiling, type Tuning } from './tiling.ts';
import { isA, type Attributes, type ContractionName, type Name, type Value } from './value.ts';

/** A reduction of few rows and many elements is cut, or one workgroup would do it all. */
const FEW_ROWS = 32;
const LONG_ROW = 8192;
const CHUNK = 2048;
const MOST_CHUNKS = 64;
/**
 * What gradients are multiplied by where half precision would lose them. Those of losses that are means over pixels are
 * small: 1 / 196,608 for each of a mean over a picture of 256 px. This leaves room up to 16.
 */
const SLOPES_TIMES = 2 ** 12;
/** Up to so many pixels a transposed convolution is one product with its weights. */
const FEW_PIXELS = 64;

export class Values {
  readonly #byKey = new Map<string, Value>();
  readonly #byTensor = new Map<Tensor, Value>();

  /** What is made for gradients alone. */
  readonly #slopes = new Set<Value>();
  readonly #tuning: Tuning;
  #lowering: 'value' | 'slope' = 'value';

  /** @param updated the weights after their updates, with the parameters that hold them */
  constructor(updated: ReadonlyMap<Tensor, Tensor>, tuning: Tuning) {
    this.#tuning = tuning;
    for (const [after, parameter] of updated)
      this.#byTensor.set(after, this.make('Parameter', [], { version: 1 }, parameter.shape, parameter.name));
  }

  /** What a step computes besides gradients; to be called first, as the rest is then known to be made for them alone. */
  ofResult(tensor: Tensor): Value {
    this.#lowering = 'value';
    return this.#of(tensor);
  }

  ofGradient(tensor: Tensor): Value {
    this.#lowering = 'slope';
    return this.#of(tensor);
  }

  #of(tensor: Tensor): Value {
    for (const each of topological([tensor], this.#byTensor)) this.#byTensor.set(each, this.#lower(each));
    return this.#byTensor.get(tensor)!;
  }

  make<N extends Name>(
    operator: N,
    inputs: readonly Value[],
    attributes: Attributes[N],
    shape: Shape,
    name = '',
  ): Value<N> {
    const ids = inputs.map(({ id }) => id);
    const key = `${operator}(${ids.join()})${JSON.stringify(attributes)}[${shape.join()}]${name}`;
    let value = this.#byKey.get(key);
    if (!value) {
      value = { id: this.#byKey.size, operator, inputs, attributes, shape, name };
      this.#byKey.set(key, value);
      if (this.#lowering === 'slope') this.#slopes.add(value);
    }
    return value as Value<N>;
  }

  #lower(tensor: Tensor): Value {
    const { name, shape } = tensor;
    if (isParameter(tensor)) return this.make('Parameter', [], { version: 0 }, shape, name);
    if (isLeaf(tensor)) return this.make('Input', [], {}, shape, name);
    const inputs = tensor.inputs.map((input) => this.#byTensor.get(input)!);
    // A tensor carries the attributes of its own operator, and the table of values has a row for each.
    const operator = tensor.operator.name as Name;
    return this.#rewrite(operator, inputs, tensor.attributes, shape);
  }

  #rewrite(operator: Name, inputs: readonly Value[], attributes: object, shape: Shape): Value {
    const [x, second] = inputs as [Value, Value];
    switch (operator) {
      case 'StopGradient':
        return x;
      case 'Reshape':
        return this.#reshape(x, shape);
      case 'BroadcastTo':
        return isA(x, 'Fill') ? this.make('Fill', [], x.attributes, shape) : this.make(operator, inputs, {}, shape);
      case 'Scale': {
        const { factor } = attributes as Attributes['Scale'];
        if (isA(x, 'Fill')) return this.make('Fill', [], { value: x.attributes.value * factor }, shape);
        return factor === 1 ? x : this.make(operator, inputs, { factor }, shape);
      }
      case 'Mul':
        if (isA(second, 'Fill') && second.attributes.value === 1 && sameShape(x.shape, shape)) return x;
        if (isA(x, 'Fill') && x.attributes.value === 1 && sameShape(second.shape, shape)) return second;
        return this.make(operator, inputs, {}, shape);
      case 'Standardize': {
        const { over } = attributes as Attributes['Standardize'];
        const axes = over === 'instance' ? [2, 3] : [0, 2, 3];
        const mean = this.make('ReduceMean', [x], { axes }, kept(x.shape, axes));
        return this.make('Mul', [this.make('Sub', [x, mean], {}, shape), second], {}, shape);
      }
      case 'ScatterPixels':
        return this.make(operator, [x, this.make('PlaceOf', [second], {}, [shape[2]! * shape[3]!])], {}, shape);
      case 'ReduceSum':
      case 'ReduceMean':
        return this.#reduce(operator, x, (attributes as Attributes['ReduceSum']).axes, shape);
      case 'ConvTranspose2d':
        return this.#transposed(inputs, attributes as Attributes['ConvTranspose2d'], shape);
      case 'Conv2d':
      case 'ConvWeight2d':
      case 'MatMul':
        return this.#contract(operator, inputs, attributes, shape);
      case 'Fill':
        return this.make(operator, [], { value: (attributes as Attributes['Fill']).value }, shape);
      default:
        return this.make(operator, inputs, attributes, shape);
    }
  }

  #reshape(x: Value, shape: Shape): Value {
    if (sameShape(x.shape, shape)) return x;
    if (isA(x, 'Reshape')) return this.#reshape(x.inputs[0]!, shape);
    return isA(x, 'Fill') ? this.make('Fill', [], x.attributes, shape) : this.make('Reshape', [x], {}, shape);
  }

  #reduce(operator: 'ReduceSum' | 'ReduceMean', x: Value, axes: readonly number[], shape: Shape): Value {
    const rows = sizeOf(shape);
    const length = sizeOf(x.shape) / rows;
    if (rows >= FEW_ROWS || length < LONG_ROW) return this.make(operator, [x], { axes }, shape);
    const chunks = Math.min(MOST_CHUNKS, Math.ceil(length / CHUNK));
    const parts = this.make('PartialSum', [x], { axes, chunks }, [rows, chunks]);
    const total = this.#reshape(this.make('ReduceSum', [parts], { axes: [1] }, [rows, 1]), shape);
    return operator === 'ReduceSum' ? total : this.make('Scale', [total], { factor: 1 / length }, shape);
  }

  /**
   * Of few pixels, the weights are all that counts: as one product with them as they lie in memory, each is read once, in
   * order; the phases of a transposed convolution would read a quarter of each line four times.
   */
  #transposed(inputs: readonly Value[], attributes: Attributes['ConvTranspose2d'], shape: Shape): Value {
    const [small, weight] = inputs as [Value, Value];
    const [n, k, h, w] = small.shape as [number, number, number, number];
    const [, c, kh, kw] = weight.shape as [number, number, number, number];
    const { stride, pads } = attributes;
    const taps = Math.ceil(kh / stride) * Math.ceil(kw / stride);
    if (n * h * w > FEW_PIXELS || taps > 4) return this.#contract('ConvTranspose2d', inputs, attributes, shape);
    const order = [1, 0, 2, 3];
    const first = n === 1 ? small : this.make('Transpose', [small], { order }, [k, n, h, w]);
    const matrices = [this.#reshape(weight, [k, c * kh * kw]), this.#reshape(first, [k, n * h * w])];
    const columns = this.#contract('MatMul', matrices, { transposeA: true }, [c * kh * kw, n * h * w]);
    return this.make('FoldColumns', [columns], { stride, pads, kernel: [kh, kw], from: [h, w] }, shape);
  }

  #contract(operator: ContractionName, inputs: readonly Value[], attributes: object, shape: Shape): Value {
    const size = productSize(operator, inputs, attributes, shape);
    const { matrix } = this.#tuning;
    const halosOf = HALOS[operator] as ((...of: unknown[]) => [Halo, Halo]) | undefined;
    if (!matrix || !halosOf || operationsOf(size) < matrix.from)
      return this.#product(operator, inputs, { ...attributes, tiling: scalarTiling(size, this.#tuning) }, shape);
    const [picture, weight] = inputs as [Value, Value];
    const halos = halosOf(attributes, inputs, shape);
    // A transposed convolution sums over what a convolution makes.
    const filters =
      operator === 'ConvTranspose2d'
        ? this.make('Transpose', [weight], { order: [1, 0, 2, 3] }, swapped(weight.shape))
        : weight;
    const packed = [this.#packed(picture, halos[0]), this.#packed(filters, halos[1], weight)];
    const padded = productSize(operator, inputs, attributes, shape, paddedChannels);
    return this.#product(operator, packed, { ...attributes, tiling: matrixTiling(padded, matrix) }, shape);
  }

  #packed(value: Value, halo: Halo, from: Value = value): Packed {
    const scale = this.#slopes.has(from) ? SLOPES_TIMES : 1;
    return this.make('Pack', [value], { halo, scale }, packedShape(value.shape, halo));
  }

  #product(operator: ContractionName, inputs: readonly Value[], attributes: { tiling: Tiling }, shape: Shape): Value {
    const { parts } = attributes.tiling;
    if (parts === 1) return this.make(operator, inputs, attributes, shape);
    return this.make('SplitSum', [this.make(operator, inputs, attributes, [parts, ...shape])], { parts }, shape);
  }
}

const operationsOf = ({ m, n, k, phases }: ProductSize): number => 2 * m * n * k * phases;

const swapped = ([a, b, ...rest]: Shape): Shape => [b!, a!, ...rest];

const kept = (shape: Shape, axes: readonly number[]): Shape =>
  shape.map((length, i) => (axes.includes(i) ? 1 : length));
