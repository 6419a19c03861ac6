/**
 * TensorFlow.js's plain CPU backend, in a test's time: where numbers are only moved or gathered it makes arrays for each of
 * them, and the collector has half of the time. Its arithmetic stays its own.
 */
import * as tfjs from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { sizeOf } from '../../../models/graph/tensor.ts';

/** Where things of `shape` lie, in their order: a step along an axis is `strides[axis]` places long. */
function eachPlace(
  shape: readonly number[],
  { strides, first = 0 }: { strides: readonly number[]; first?: number },
  visit: (i: number, place: number) => void,
): void {
  const [count, last] = [sizeOf(shape), shape.length - 1];
  const [length, stride] = last < 0 ? [1, 0] : [shape[last]!, strides[last]!];
  const at = shape.map(() => 0);
  for (let i = 0, from = first; i < count;) {
    for (let k = 0; k < length; k++) visit(i++, from + k * stride);
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      at[axis] = 0;
    }
  }
}

/** Numbers that are read from where they lie. */
function read(from: Float32Array, shape: readonly number[], lying: { strides: readonly number[]; first?: number }) {
  const to = new Float32Array(sizeOf(shape));
  eachPlace(shape, lying, (i, place) => (to[i] = from[place]!));
  return to;
}

/** How far a step along each axis is, and how far away a corner. */
const stridesOf = (shape: readonly number[]): number[] => [...tfjs.util.computeStrides([...shape]), 1];
const farAway = (corner: readonly number[], strides: readonly number[]): number =>
  corner.reduce((sum, along, axis) => sum + along * strides[axis]!, 0);

interface CpuBackend {
  data: { get: (id: object) => { values: Float32Array } };
  makeTensorInfo: (shape: readonly number[], dtype: string, values: Float32Array) => tfjs.TensorInfo;
  disposeIntermediateTensorInfo: (info: tfjs.TensorInfo) => void;
}

/** Puts another kernel in the place of one of the CPU backend's, which may ask it for what it does. */
function replaceKernel(
  name: string,
  kernel: (
    args: { inputs: tfjs.NamedTensorInfoMap; attrs: unknown; backend: CpuBackend },
    its: tfjs.KernelFunc,
  ) => tfjs.TensorInfo,
): void {
  const its = tfjs.getKernel(name, 'cpu');
  tfjs.unregisterKernel(name, 'cpu');
  tfjs.registerKernel({
    ...its,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel({ inputs, attrs, backend: backend as CpuBackend }, its.kernelFunc),
  });
}

const valuesOf = (backend: CpuBackend, x: tfjs.TensorInfo): Float32Array => backend.data.get(x.dataId).values;

replaceKernel('Transpose', ({ inputs, attrs, backend }) => {
  const x = inputs['x']!;
  const { perm } = attrs as { perm: number[] };
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]!);
  const values = read(valuesOf(backend, x), shape, { strides: perm.map((axis) => strides[axis]!) });
  return backend.makeTensorInfo(shape, x.dtype, values);
});

replaceKernel('Slice', ({ inputs, attrs, backend }) => {
  const x = inputs['x']!;
  const { begin, size } = attrs as { begin: number[]; size: number[] };
  const shape = x.shape.map((length, axis) => (size[axis]! < 0 ? length - begin[axis]! : size[axis]!));
  const strides = stridesOf(x.shape);
  const values = read(valuesOf(backend, x), shape, { strides, first: farAway(begin, strides) });
  return backend.makeTensorInfo(shape, x.dtype, values);
});

replaceKernel('PadV2', ({ inputs, attrs, backend }) => {
  const x = inputs['x']!;
  const { paddings, constantValue } = attrs as { paddings: [number, number][]; constantValue: number };
  const shape = x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]);
  const strides = stridesOf(shape);
  const [from, to] = [valuesOf(backend, x), new Float32Array(sizeOf(shape)).fill(constantValue)];
  const first = farAway(
    paddings.map(([before]) => before),
    strides,
  );
  eachPlace(x.shape, { strides, first }, (i, place) => (to[place] = from[i]!));
  return backend.makeTensorInfo(shape, x.dtype, to);
});

for (const name of ['Add', 'Sub', 'Multiply', 'RealDiv'])
  replaceKernel(name, ({ inputs, attrs, backend }, its) => {
    const shape = tfjs.broadcast_util.assertAndGetBroadcastShape(inputs['a']!.shape, inputs['b']!.shape);
    const spread = (x: tfjs.TensorInfo): tfjs.TensorInfo => {
      if (x.shape.length === shape.length && x.shape.every((length, axis) => length === shape[axis])) return x;
      const lengths = [...shape.slice(x.shape.length).map(() => 1), ...x.shape];
      const strides = stridesOf(lengths).map((stride, axis) => (lengths[axis] === 1 ? 0 : stride));
      const values = read(valuesOf(backend, x), shape, { strides });
      return backend.makeTensorInfo(shape, x.dtype, values);
    };
    const [a, b] = [spread(inputs['a']!), spread(inputs['b']!)];
    const result = its({ inputs: { a, b }, attrs, backend } as unknown as Parameters<tfjs.KernelFunc>[0]);
    if (a !== inputs['a']) backend.disposeIntermediateTensorInfo(a);
    if (b !== inputs['b']) backend.disposeIntermediateTensorInfo(b);
    return result as tfjs.TensorInfo;
  });

replaceKernel('UnsortedSegmentSum', ({ inputs, attrs, backend }) => {
  const [x, segmentIds] = [inputs['x']!, inputs['segmentIds']!];
  const { numSegments } = attrs as { numSegments: number };
  if (segmentIds.shape.length !== 1) throw new Error('places along one axis are summed');
  const length = sizeOf(x.shape.slice(1));
  const [from, to] = [valuesOf(backend, x), new Float32Array(numSegments * length)];
  valuesOf(backend, segmentIds).forEach((segment, row) => {
    for (let i = 0; i < length; i++) to[segment * length + i]! += from[row * length + i]!;
  });
  return backend.makeTensorInfo([numSegments, ...x.shape.slice(1)], x.dtype, to);
});
