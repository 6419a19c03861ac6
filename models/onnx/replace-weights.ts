/** A model with other weights in the same graph. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProtoSchema } from 'onnx-buf';

const FLOAT = 1;

/** The weights that the map names, each of as many values as it has. Only for models that `readOnnx` let pass. */
export function replaceWeights(bytes: Uint8Array, weights: ReadonlyMap<string, Float32Array>): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const graph = model.graph!;
  // Halves become floats; the cast that follows them then changes nothing.
  graph.initializer = graph.initializer.map((tensor) => {
    const values = weights.get(tensor.name);
    if (!values) return tensor;
    const { name, dims } = tensor;
    const rawData = new Uint8Array(Float32Array.from(values).buffer);
    return create(TensorProtoSchema, { name, dims, dataType: FLOAT, rawData });
  });
  return toBinary(ModelProtoSchema, model);
}
