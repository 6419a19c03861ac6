/**
 * Makes one file of a model that keeps its weights in others (external data), as PyTorch writes them by default. What a
 * model names is not trusted: who reads for it decides which files those may be.
 */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProto_DataLocation, type ModelProto, type TensorProto } from 'onnx-buf';
import { ModelError } from './read.ts';

/** Part of a file beside the model; the rest of it where no length is said. */
export interface Part {
  location: string;
  offset: number;
  length: number | null;
}

/** What a protobuf can hold. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * The model with everything inside it, or the bytes themselves where it is whole already.
 * @throws ModelError when it is no model or too large for one file; what `read` throws
 */
export function gatherOnnx(bytes: Uint8Array, read: (part: Part) => Uint8Array<ArrayBuffer>): Uint8Array {
  const model = parsed(bytes);
  const apart = tensorsOf(model).filter(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);
  if (apart.length === 0) return bytes;
  let total = bytes.length;
  for (const tensor of apart) {
    const part = partOf(tensor);
    total += part.length ?? 0;
    if (total > MAX_BYTES) throw tooLarge();
    const data = read(part);
    if (part.length === null) total += data.length;
    if (total > MAX_BYTES) throw tooLarge();
    tensor.rawData = data;
    tensor.externalData = [];
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
  }
  return toBinary(ModelProtoSchema, model);
}

const tooLarge = (): ModelError =>
  new ModelError('with its weights it is larger than the 2 GB that one file of a model can hold');

function parsed(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new ModelError('it is not an ONNX file, or it is damaged', { cause: error });
  }
}

const tensorsOf = ({ graph }: ModelProto): TensorProto[] => [
  ...(graph?.initializer ?? []),
  ...(graph?.node ?? []).flatMap(({ attribute }) => attribute.flatMap(({ t, tensors }) => (t ? [t] : tensors))),
];

function partOf({ name, externalData }: TensorProto): Part {
  const said = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = said.get('location');
  if (!location) throw new ModelError(`it keeps "${name}" in another file and does not say which`);
  const number = (key: string): number | null => {
    const text = said.get(key);
    if (text === undefined) return null;
    if (!/^\d{1,15}$/.test(text)) throw new ModelError(`it says "${text}" for the ${key} of "${name}" in ${location}`);
    return Number(text);
  };
  return { location, offset: number('offset') ?? 0, length: number('length') };
}
