/**
 * Models as other tools write them, each of a kind that people report: what is guessed by running them, and that they
 * give what ONNX Runtime's own binding gives. The kinds are those of ../shared/cases (13 to 17 and 28 to 30).
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { readOnnx } from '../../../models/onnx/read.ts';
import type { PictureIo } from '../../../preload/contract/index.ts';
import { startRuntime } from '../cpu/ort.ts';
import { floats, FREE, int64s, ints, model, node, valueInfo } from '../testing/testing-onnx.ts';
import { readModelFile } from '../training/snapshot.ts';
import { guessIo } from './guess-io.ts';
import { Translator } from './translator.ts';

const folder = temporary();
beforeAll(() => startRuntime(1));
afterAll(() => folder.remove());

type Dims = Parameters<typeof valueInfo>[1];
const int = (name: string, value: number): AttributeProto =>
  create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(value) });
const FLOAT16 = 10;
const UINT8 = 2;

/** Red and blue change places: what no other way of reading a picture gives. */
const SWAP = floats('swap', [3, 3, 1, 1], [0, 0, 1, 0, 1, 0, 1, 0, 0]);
const swap = (from: string, to: string): NodeProto => node('Conv', [from, 'swap'], to, [ints('kernel_shape', [1, 1])]);
const number = (name: string, value: number): TensorProto => floats(name, [], [value]);

/** A model from x to y. */
interface About {
  from?: Dims;
  to?: Dims;
  weights?: TensorProto[];
  /** Of what goes in and of what comes out. */
  type?: number;
}
const made = (nodes: NodeProto[], { from = FREE, to = from, weights = [SWAP], type = 1 }: About = {}): Uint8Array =>
  model({ nodes, weights, inputs: [valueInfo('x', from, type)], outputs: [valueInfo('y', to, type)] });

const inBlocks = (side: number): Uint8Array =>
  made([
    node('SpaceToDepth', ['x'], 'blocks', [int('blocksize', side)]),
    node('DepthToSpace', ['blocks'], 'whole', [int('blocksize', side)]),
    swap('whole', 'y'),
  ]);

const halfAndBack = (): Uint8Array =>
  made(
    [
      node('Conv', ['x', 'down'], 'half', [ints('strides', [2, 2]), ints('pads', [1, 1, 1, 1])]),
      node('ConvTranspose', ['half', 'down'], 'back', [ints('strides', [2, 2]), ints('pads', [1, 1, 1, 1])]),
      node('Mul', ['back', 'nothing'], 'zero'),
      node('Add', ['x', 'zero'], 'sum'),
      swap('sum', 'y'),
    ],
    {
      weights: [
        SWAP,
        floats(
          'down',
          [3, 3, 3, 3],
          Array.from({ length: 81 }, () => 0.1),
        ),
        number('nothing', 0),
      ],
    },
  );

const channelsLast = (from: Dims, to: Dims): Uint8Array =>
  made([swap('x', 's'), node('Transpose', ['s'], 'y', [ints('perm', [0, 2, 3, 1])])], { from, to });

const ofType = (type: number, nodes: NodeProto[], from: Dims = FREE): Uint8Array =>
  made([node('Cast', ['x'], 'f', [int('to', 1)]), ...nodes, node('Cast', ['r'], 'y', [int('to', type)])], {
    ...{ from, type },
  });

const scaled = (before: number, after: number): Uint8Array =>
  made([node('Mul', ['x', 'a'], 'm'), swap('m', 's'), node('Mul', ['s', 'b'], 'y')], {
    weights: [SWAP, number('a', before), number('b', after)],
  });

/** Takes ImageNet's mean and deviation out again, as a network that was trained with them ends. */
const imagenet = (): Uint8Array =>
  made([node('Mul', ['x', 'd'], 'm'), node('Add', ['m', 'e'], 'n'), swap('n', 'y')], {
    weights: [SWAP, floats('d', [1, 3, 1, 1], [0.229, 0.224, 0.225]), floats('e', [1, 3, 1, 1], [0.485, 0.456, 0.406])],
  });

/** y = swapped + s x 0: a number that must be given, or has a value of its own. */
function withNumber(preset: boolean): Uint8Array {
  const bytes = model({
    nodes: [swap('x', 't'), node('Mul', ['t', 's'], 'y')],
    weights: [SWAP, ...(preset ? [floats('s', [1], [0.5])] : [])],
    inputs: [valueInfo('x', FREE), valueInfo('s', [1])],
    outputs: [valueInfo('y', FREE)],
  });
  return bytes;
}

const maskFirst = (): Uint8Array =>
  model({
    nodes: [node('ReduceMean', ['x'], 'm', [ints('axes', [1])]), swap('x', 'y')],
    weights: [SWAP],
    inputs: [valueInfo('x', FREE)],
    outputs: [valueInfo('m', [1, 1, 'height', 'width']), valueInfo('y', FREE)],
  });

const changed = (bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array => {
  const read = fromBinary(ModelProtoSchema, bytes);
  change(read);
  return toBinary(ModelProtoSchema, read);
};
const withoutShapes = (bytes: Uint8Array): Uint8Array =>
  changed(bytes, ({ graph }) => {
    for (const { type } of [...graph!.input, ...graph!.output])
      if (type?.value.case === 'tensorType') delete (type.value.value as { shape?: unknown }).shape;
  });

const plain = made([swap('x', 'y')]);
const CASES: Record<string, { bytes: () => Uint8Array; io: Partial<PictureIo> }> = {
  '14: lengths of -1': { bytes: () => made([swap('x', 'y')], { from: [-1, 3, -1, -1] }), io: { size: null } },
  '14: a batch of -1': {
    bytes: () => made([swap('x', 'y')], { from: [-1, 3, 32, 40] }),
    io: { size: { width: 40, height: 32 } },
  },
  ...Object.fromEntries(
    [3, 5, 7, 12, 24, 33, 64].map((side) => [
      `15: multiples of ${side}`,
      { bytes: () => inBlocks(side), io: { size: null, multiple: side, rest: 0 } },
    ]),
  ),
  '29: odd lengths only': { bytes: halfAndBack, io: { size: null, multiple: 2, rest: 1 } },
  '16: half precision': {
    bytes: () => ofType(FLOAT16, [swap('f', 'r')]),
    io: { layout: 'nchw', range: '0..1', outputRange: '0..1' },
  },
  '16: bytes': {
    bytes: () =>
      ofType(
        UINT8,
        [
          node('Transpose', ['f'], 'c', [ints('perm', [0, 3, 1, 2])]),
          swap('c', 's'),
          node('Transpose', ['s'], 'r', [ints('perm', [0, 2, 3, 1])]),
        ],
        ['n', 'h', 'w', 3],
      ),
    io: { layout: 'nhwc', outputLayout: 'nhwc', range: '0..255', outputRange: '0..255' },
  },
  '16: int64': {
    bytes: () => ofType(7, [swap('f', 'r')]),
    io: { range: '0..255', outputRange: '0..255', layout: 'nchw' },
  },
  '17: channels last, fixed': {
    bytes: () => channelsLast([1, 3, 64, 64], [1, 64, 64, 3]),
    io: { layout: 'nchw', outputLayout: 'nhwc', size: { width: 64, height: 64 } },
  },
  '17: channels last, free': {
    bytes: () => channelsLast(FREE, ['n', 'a', 'b', 'c']),
    io: { layout: 'nchw', outputLayout: 'nhwc', size: null },
  },
  '17: no batch': {
    bytes: () =>
      made([swap('x', 's'), node('Squeeze', ['s', 'first'], 'y')], {
        ...{ from: [1, 3, 64, 64], to: [3, 64, 64], weights: [SWAP, int64s('first', [0])] },
      }),
    io: { size: { width: 64, height: 64 } },
  },
  '28: no shapes at all': { bytes: () => withoutShapes(plain), io: { layout: 'nchw', channels: 'rgb', size: null } },
  '28: one side fixed': {
    bytes: () => made([swap('x', 'y')], { from: [1, 3, 64, 'w'] }),
    io: { size: { width: 64, height: 64 } },
  },
  '28: a mask first': { bytes: maskFirst, io: { output: 'y', outputs: ['m', 'y'] } },
  '28: a number that must be given': {
    bytes: () => withNumber(false),
    io: { input: 'x', dials: [{ name: 's', value: 1, least: 0, most: 2 }] },
  },
  '28: a number with a value of its own': {
    bytes: () => withNumber(true),
    io: { input: 'x', dials: [{ name: 's', value: 0.5, least: 0, most: 1 }] },
  },
  '30: 255 in, 1 out': { bytes: () => scaled(1 / 255, 1), io: { range: '0..255', outputRange: '0..1' } },
  '30: 1 in, 255 out': { bytes: () => scaled(1, 255), io: { range: '0..1', outputRange: '0..255' } },
  '30: ImageNet in, 1 out': {
    bytes: imagenet,
    io: { range: '0..1', outputRange: '0..1', mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  },
};

/** A picture in [-1, 1]: red grows to the right, green downwards, blue is dark. */
const pictureOf = (width: number, height: number): Float32Array =>
  new Float32Array(3 * width * height).map((_, i) => {
    const [c, y, x] = [Math.floor(i / (width * height)), Math.floor(i / width) % height, i % width];
    return [(2 * x) / width - 1, (2 * y) / height - 1, -0.8][c]!;
  });

describe.each(Object.entries(CASES))('%s', (_, { bytes, io: expected }) => {
  it('is guessed by running it, and swaps red and blue', async () => {
    const given = bytes();
    const io = await guessIo(readOnnx(given), given);
    expect(io).toMatchObject(expected);
    const translator = new Translator(given, 'it', io);
    const size = translator.tileFor({ width: 70, height: 50 });
    const picture = pictureOf(size.width, size.height);
    const result = await translator.run(picture, size);
    const plane = size.width * size.height;
    const dial = io.dials[0]?.value ?? 1;
    for (let i = 0; i < plane; i += 97)
      for (const c of [0, 1, 2]) {
        const swapped = (picture[(2 - c) * plane + i]! + 1) * dial - 1;
        expect(Math.abs(result[c * plane + i]! - swapped)).toBeLessThan(0.01);
      }
    translator.release();
  });
});

it('gives what the binding of ONNX Runtime gives, for odd lengths', async () => {
  const bytes = halfAndBack();
  const session = await InferenceSession.create(bytes);
  const [width, height] = [71, 51];
  const picture = pictureOf(width, height);
  const unit = picture.map((value) => (value + 1) / 2);
  const { y } = await session.run({ x: new Tensor('float32', unit, [1, 3, height, width]) });
  const translator = new Translator(bytes, 'it', await guessIo(readOnnx(bytes), bytes));
  const result = await translator.run(picture, { width, height });
  (y!.data as Float32Array).forEach((value, i) => expect(result[i]).toBeCloseTo(2 * value - 1, 4));
});

it('one that enlarges is said to be for Upscale, without blame', async () => {
  const sixteen = Array.from({ length: 16 }, () => 'x');
  const bytes = made([
    node('Concat', sixteen, 'c', [int('axis', 1)]),
    node('DepthToSpace', ['c'], 'y', [int('blocksize', 4)]),
  ]);
  await expect(guessIo(readOnnx(bytes), bytes)).rejects.toThrow(/4 times as large.*Upscale/);
});

describe('weights beside the model', () => {
  const data = Buffer.from(Float32Array.from([0, 0, 1, 0, 1, 0, 1, 0, 0]).buffer);
  const pointing = (location: string, length?: string): Uint8Array =>
    changed(plain, ({ graph }) => {
      const weight = graph!.initializer[0]!;
      [weight.floatData, weight.dataLocation] = [[], TensorProto_DataLocation.EXTERNAL];
      weight.externalData = Object.entries({ location, offset: '4', ...(length && { length }) }).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      );
    });
  const given = (name: string, location: string, length?: string): string => {
    const file = folder.path(name, 'model.onnx');
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, pointing(location, length));
    return file;
  };
  const lay = (...path: string[]): void => writeFileSync(folder.path(...path), Buffer.concat([Buffer.alloc(4), data]));

  it.each([['36'], [undefined]])('are read from its own folder, and are inside it from then on', async (length) => {
    const file = given('good', 'model.onnx.data', length);
    lay('good', 'model.onnx.data');
    const { bytes, apart } = readModelFile(file);
    expect(apart).toEqual(['model.onnx.data']);
    await expect(InferenceSession.create(bytes)).resolves.toBeDefined();
    expect(readOnnx(bytes).weights.get('swap')!.data).toEqual(Float32Array.from([0, 0, 1, 0, 1, 0, 1, 0, 0]));
  });

  it.each([
    ['up', '../secret', /not in its own folder/],
    ['up and down', 'x/../../secret', /not in its own folder/],
    ['absolute', join(folder.path('secret')), /not in its own folder/],
    ['windows', 'C:\\secret', /not in its own folder/],
    ['link', 'linked', /not in its own folder/],
    ['missing', 'nothing.data', /put that file beside it/],
    ['folder', '.', /no file/],
  ])('are refused: %s', (name, location, says) => {
    const file = given(name, location);
    lay('secret');
    if (name === 'link') symlinkSync(folder.path('secret'), folder.path(name, 'linked'));
    expect(() => readModelFile(file)).toThrow(says);
  });

  it('that are cut short are said to be', () => {
    const file = given('short', 'model.onnx.data', '36');
    writeFileSync(folder.path('short', 'model.onnx.data'), data.subarray(0, 20));
    expect(() => readModelFile(file)).toThrow(/not all there \(20 bytes of 40\)/);
  });
});
