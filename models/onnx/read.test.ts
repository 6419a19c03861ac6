import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type ModelProto,
} from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { add, conv2d } from '../graph/operators/index.ts';
import { input, parameter } from '../graph/tensor.ts';
import { ModelError, readOnnx } from './read.ts';
import { writeOnnx } from './write.ts';

const weight = parameter('w', [2, 3, 3, 3], { kind: 'constant', value: 0 });
const x = input('x', [1, 3, 8, 8]);
const data = new Float32Array(54).map((_, i) => i / 7);
const written = writeOnnx(
  { y: conv2d(x, weight, { stride: 1, pads: [1, 1, 1, 1] }) },
  { target: 'export', weights: new Map([['w', data]]), metadata: { 'maquette.family': 'test' } },
).bytes;

/** The model with something changed. */
const changed = (change: (model: ModelProto) => void): Uint8Array => {
  const model = fromBinary(ModelProtoSchema, written);
  change(model);
  return toBinary(ModelProtoSchema, model);
};

describe('readOnnx', () => {
  it('gives back what was written: inputs, outputs, weights under their names, metadata', () => {
    const model = readOnnx(Buffer.from(written)); // as a file is read
    expect(model).toMatchObject({
      inputs: [{ name: 'x', shape: [1, 3, 8, 8] }],
      outputs: [{ name: 'y', shape: [1, 2, 8, 8] }],
      opset: 17,
      parameters: 54,
      metadata: { 'maquette.family': 'test' },
    });
    expect(model.weights.get('w')).toEqual({ shape: [2, 3, 3, 3], data });
  });

  it('keeps weights that are not given as inputs, for training', () => {
    expect(writeOnnx({ y: add(x, x) }, { target: 'cpu' }).inputs).toEqual([{ name: 'x', shape: [1, 3, 8, 8] }]);
    expect(
      writeOnnx({ y: conv2d(x, weight, { stride: 1, pads: [0, 0, 0, 0] }) }, { target: 'cpu' }).inputs.map(
        ({ name }) => name,
      ),
    ).toEqual(['x', 'w']);
  });

  const hostile: [string, (model: ModelProto) => void, RegExp][] = [
    [
      'external data',
      ({ graph }) =>
        graph!.initializer[0]!.externalData.push(
          create(StringStringEntryProtoSchema, { key: 'location', value: '../secret' }),
        ),
      /another file/,
    ],
    ['a loop', ({ graph }) => graph!.node.push(create(NodeProtoSchema, { opType: 'Loop' })), /control flow \(Loop\)/],
    [
      'a graph hidden in an attribute',
      ({ graph }) =>
        graph!.node[0]!.attribute.push(create(AttributeProtoSchema, { name: 'body', g: create(GraphProtoSchema, {}) })),
      /control flow/,
    ],
    [
      'an operator of another domain',
      ({ graph }) => (graph!.node[0]!.domain = 'com.microsoft'),
      /outside standard ONNX/,
    ],
    ['a tensor of absurd size', ({ graph }) => (graph!.initializer[0]!.dims = [1n << 40n]), /declares/],
    [
      'a tensor shorter than its shape',
      ({ graph }) => (graph!.initializer.find(({ name }) => name === 'w')!.rawData = new Uint8Array(8)),
      /2 values where its shape needs 54/,
    ],
    ['no graph', (model) => delete model.graph, /holds no graph/],
  ];
  it.each(hostile)('refuses %s', (_, change, message) => {
    expect(() => readOnnx(changed(change))).toThrow(ModelError);
    expect(() => readOnnx(changed(change))).toThrow(message);
  });

  it('refuses what is not a model, and never fails in another way', () => {
    expect(() => readOnnx(new TextEncoder().encode('hello'))).toThrow(ModelError);
    for (let length = 0; length < written.length; length += 7) {
      try {
        readOnnx(written.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
    }
  });
});
