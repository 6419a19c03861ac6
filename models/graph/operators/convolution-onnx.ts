/**
 * The ONNX forms of convolution and its two transposes.
 *
 * An export is written in the plain operators. A training graph takes other forms where they are faster with weights
 * that change every step; which one follows from the shapes alone, never from the machine. The reasons are times of
 * single layers on ONNX Runtime 1.30, CPU, 2 threads, as new : plain, measured in turn.
 *
 * Names as in `convolution.ts`: `big` [N, C, H, W], `small` [N, K, H', W'], weight [K, C, kh, kw].
 */
import type { OnnxWriter } from '../tensor.ts';

type Dims = readonly number[];

interface Geometry {
  stride: number;
  pads: readonly [number, number, number, number];
}

const geometryAttributes = ({ stride, pads }: Geometry, kernel: Dims) => ({
  kernel_shape: { ints: kernel },
  strides: { ints: [stride, stride] },
  pads: { ints: pads },
});

/**
 * Fewer channels on the coarse side, at stride 1: a PatchGAN's logits, the last layer of a ResNet generator. Columns of
 * the many channels of `big` cost far more than the products, so the forms below unfold the few channels instead.
 */
const fewChannels = (
  emit: OnnxWriter,
  { coarse, fine }: { coarse: number; fine: number },
  geometry: Geometry,
  [kh, kw]: Dims,
): boolean => emit.target === 'cpu' && coarse < fine && geometry.stride === 1 && flips(geometry, kh!, kw!);

/** The pads with which a stride-1 convolution by the flipped kernel undoes one by the kernel. */
const flippedPads = (
  [top, left, bottom, right]: Geometry['pads'],
  kh: number,
  kw: number,
): [number, number, number, number] => [kh - 1 - top, kw - 1 - left, kh - 1 - bottom, kw - 1 - right];

/** Whether the flipped convolution needs no negative padding. */
const flips = ({ pads }: Geometry, kh: number, kw: number): boolean =>
  flippedPads(pads, kh, kw).every((pad) => pad >= 0);

/**
 * Convolution. Its columns are not kept for the weight's gradient, which makes its own: that took three times the memory
 * and was no faster (a step of CycleGAN 128/32 0.91 : 1 without, of pix2pix 0.97 to 1.03).
 */
export function convForm(
  emit: OnnxWriter,
  big: string,
  weight: string,
  geometry: Geometry,
  [n, c, h, w]: Dims,
  [k, , kh, kw]: Dims,
): string {
  const few = fewChannels(emit, { coarse: k!, fine: c! }, geometry, [kh!, kw!]);
  const taps = kh! * kw!;
  if (few && k === 1 && taps < c!) {
    // What each tap makes of each pixel, [taps, pixels] = weight' x big; then the taps shifted over each other and
    // added. 0.06 to 0.26 : 1 at 256 to 512 channels.
    const perTap = emit.node('MatMul', [
      emit.node('Transpose', [emit.reshape(weight, [c!, taps])], { perm: { ints: [1, 0] } }),
      emit.reshape(big, [n!, c!, h! * w!]),
    ]);
    const add = emit.constant('diagonal', [1, taps, kh!, kw!], (i) => (Math.floor(i / taps) === i % taps ? 1 : 0));
    return emit.node('Conv', [emit.reshape(perTap, [n!, taps, h!, w!]), add], geometryAttributes(geometry, [kh!, kw!]));
  }
  return plainConv(emit, big, weight, geometry, [k!, c!, kh!, kw!], smallSize(geometry, [h!, w!], [kh!, kw!]));
}

/**
 * A convolution of x by a weight [K, C, kh, kw] that gives height x width. With few results and large kernels it is a
 * convolution of blocks: 4 x 4 results at once, as that many channels of one with a larger kernel and stride. It
 * multiplies twice as much, but unfolds an eighth of the pixels. 0.55 : 1 for 3 results, 7 x 7 and 32 channels.
 */
function plainConv(
  emit: OnnxWriter,
  x: string,
  weight: string,
  geometry: Geometry,
  [k, c, kh, kw]: Dims,
  [height, width]: Dims,
): string {
  if (emit.target !== 'cpu' || geometry.stride !== 1 || k! > 4 || kh! * kw! <= 16)
    return emit.node('Conv', [x, weight], geometryAttributes(geometry, [kh!, kw!]));
  const block = 4;
  const [eh, ew] = [kh! + block - 1, kw! + block - 1];
  const blocks = emit.shared(`blocks:${weight}`, () => {
    // Where each tap lies in the larger kernel of each result of the block.
    const [taps, area] = [kh! * kw!, eh * ew];
    const spread = emit.constant('blocks', [taps, block * block * area], (i) => {
      const [tap, rest] = [Math.floor(i / (block * block * area)), i % (block * block * area)];
      const [result, at] = [Math.floor(rest / area), rest % area];
      const [y, x] = [Math.floor(at / ew) - Math.floor(result / block), (at % ew) - (result % block)];
      return y >= 0 && y < kh! && x >= 0 && x < kw! && y * kw! + x === tap ? 1 : 0;
    });
    const kernels = emit.node('MatMul', [emit.reshape(weight, [k! * c!, taps]), spread]);
    const apart = emit.reshape(kernels, [k!, c!, block * block, area]);
    const ordered = emit.node('Transpose', [apart], { perm: { ints: [0, 2, 1, 3] } });
    return emit.reshape(ordered, [k! * block * block, c!, eh, ew]);
  });
  const [top, left, bottom, right] = geometry.pads;
  const rest = [-height! & (block - 1), -width! & (block - 1)] as const;
  const pads = [top, left, bottom + rest[0], right + rest[1]] as const;
  const results = emit.node('Conv', [x, blocks], geometryAttributes({ stride: block, pads }, [eh, ew]));
  const whole = emit.node('DepthToSpace', [results], { blocksize: { int: block }, mode: { string: 'CRD' } });
  if (rest[0] === 0 && rest[1] === 0) return whole;
  return emit.node('Slice', [whole, emit.int64s([0, 0]), emit.int64s([height!, width!]), emit.int64s([2, 3])]);
}

/** Transposed convolution; `size` is the result's height and width. */
export function convTransposeForm(
  emit: OnnxWriter,
  small: string,
  weight: string,
  { size, ...geometry }: Geometry & { size: Dims },
  [n, k, h, w]: Dims,
  [, c, kh, kw]: Dims,
): string {
  if (emit.target === 'cpu' && geometry.stride === 1 && flips(geometry, kh!, kw!)) {
    // A convolution with the kernel flipped and its channels exchanged: ConvTranspose adds its columns up on one thread.
    const taps = kh! * kw!;
    if (fewChannels(emit, { coarse: k!, fine: c! }, geometry, [kh!, kw!])) {
      // From the columns that the weight's gradient needs too. With one channel 0.04 to 0.13 : 1.
      const columns = flippedColumnsOf(emit, small, geometry, [n!, k!, h!, w!], [kh!, kw!]);
      const byChannel = emit.shared(`byChannel:${weight}`, () =>
        emit.reshape(emit.node('Transpose', [emit.reshape(weight, [k!, c!, taps])], { perm: { ints: [1, 0, 2] } }), [
          c!,
          k! * taps,
        ]),
      );
      return emit.reshape(emit.node('MatMul', [byChannel, columns]), [n!, c!, size[0]!, size[1]!]);
    }
    const flipped = emit.shared(`flipped:${weight}`, () => {
      const reversed = emit.node('MatMul', [emit.reshape(weight, [k!, c!, taps]), reversal(emit, taps)]);
      return emit.reshape(emit.node('Transpose', [reversed], { perm: { ints: [1, 0, 2] } }), [c!, k!, kh!, kw!]);
    });
    const pads = flippedPads(geometry.pads, kh!, kw!);
    return plainConv(emit, small, flipped, { stride: 1, pads }, [c!, k!, kh!, kw!], size);
  }
  const [top, left, bottom, right] = geometry.pads;
  const rest = [
    size[0]! - ((h! - 1) * geometry.stride + kh! - top - bottom),
    size[1]! - ((w! - 1) * geometry.stride + kw! - left - right),
  ];
  return emit.node('ConvTranspose', [small, weight], {
    ...geometryAttributes(geometry, [kh!, kw!]),
    output_padding: { ints: rest },
  });
}

/** The weight's gradient as a matrix, [K, C x kh x kw]: one matrix product a picture. */
export function convWeightForm(
  emit: OnnxWriter,
  big: string,
  small: string,
  { kernel: [kh, kw], ...geometry }: Geometry & { kernel: readonly [number, number] },
  bigShape: Dims,
  smallShape: Dims,
): string {
  const [n, c, bigH, bigW] = bigShape as [number, number, number, number];
  const [, k, h, w] = smallShape as [number, number, number, number];
  const taps = kh * kw;
  if (fewChannels(emit, { coarse: k, fine: c }, geometry, [kh, kw])) {
    // With one channel 0.03 to 0.1 : 1, and the product's [C, taps] is already the weight's layout.
    const columns = flippedColumnsOf(emit, small, geometry, smallShape, [kh, kw]);
    const product = sumOfProducts(emit, n, { value: big, rows: c }, { value: columns, rows: k * taps }, bigH * bigW);
    if (k === 1) return emit.reshape(product, [1, c * taps]);
    const byCoarse = emit.node('Transpose', [emit.reshape(product, [c, k, taps])], { perm: { ints: [1, 0, 2] } });
    return emit.reshape(byCoarse, [k, c * taps]);
  }
  const columns = columnsOf(emit, big, geometry, bigShape, [kh, kw]);
  return sumOfProducts(emit, n, { value: small, rows: k }, { value: columns, rows: c * taps }, h * w);
}

/**
 * The columns of `small` that its transposed convolution sums up, [N, K x taps, H x W]: each tap's pixel of the coarse
 * side, the rows ordered [channel, tap] as the weight is.
 */
function flippedColumnsOf(
  emit: OnnxWriter,
  small: string,
  { pads }: Geometry,
  [n, k, h, w]: Dims,
  [kh, kw]: Dims,
): string {
  return emit.shared(`flippedColumns:${small}:${kh}x${kw}:${pads.join()}`, () =>
    pickTaps(emit, small, { stride: 1, pads: flippedPads(pads, kh!, kw!) }, [n!, k!, h!, w!], [kh!, kw!], true),
  );
}

/**
 * The pixels that each tap sees, [N, C x taps, H' x W'], the rows ordered [channel, tap] as the weight is: columns by a
 * convolution with one-hot kernels, which copies on all threads, then rows by a Gather, which copies each as a whole.
 * The convolution alone takes twice as long, strided Slices and a Concat five to ten times.
 */
function columnsOf(emit: OnnxWriter, big: string, geometry: Geometry, bigShape: Dims, kernel: Dims): string {
  return emit.shared(`columns:${big}:${kernel.join('x')}:${geometry.stride}:${geometry.pads.join()}`, () =>
    pickTaps(emit, big, geometry, bigShape, kernel, false),
  );
}

/** The columns of a convolution; `reversed` counts the taps of a kernel from the last. */
function pickTaps(
  emit: OnnxWriter,
  x: string,
  geometry: Geometry,
  [n, c, h, w]: Dims,
  [kh, kw]: Dims,
  reversed: boolean,
): string {
  const {
    stride,
    pads: [top, left, bottom, right],
  } = geometry;
  const [height, width] = smallSize(geometry, [h!, w!], [kh!, kw!]);
  const rows = h! + top + bottom;
  const oneHot = emit.constant(reversed ? 'one-hot reversed' : 'one-hot', [c! * kw!, 1, 1, kw!], (i) => {
    const [tap, at] = [Math.floor(i / kw!) % kw!, i % kw!];
    return (reversed ? tap + at === kw! - 1 : tap === at) ? 1 : 0;
  });
  const across = emit.node('Conv', [x, oneHot], {
    kernel_shape: { ints: [1, kw!] },
    strides: { ints: [1, stride] },
    pads: { ints: [top, left, bottom, right] },
    group: { int: c! },
  });
  const seen = Array.from({ length: kh! * kw! * height }, (_, i) => {
    const [tap, y] = [Math.floor(i / height), i % height];
    const [ky, kx] = [Math.floor(tap / kw!), tap % kw!];
    return kx * rows + y * stride + (reversed ? kh! - 1 - ky : ky);
  });
  const picked = emit.node('Gather', [emit.reshape(across, [n! * c!, kw! * rows, width]), emit.int64s(seen)], {
    axis: { int: 1 },
  });
  return emit.reshape(picked, [n!, c! * kh! * kw!, height * width]);
}

/** Height and width of the coarse side. */
const smallSize = (
  { stride, pads: [top, left, bottom, right] }: Geometry,
  [h, w]: Dims,
  [kh, kw]: Dims,
): [number, number] => [
  Math.floor((h! + top + bottom - kh!) / stride) + 1,
  Math.floor((w! + left + right - kw!) / stride) + 1,
];

interface Rows {
  value: string;
  /** Rows a picture. */
  rows: number;
}

/** The sum over `n` pictures of a x b', whose rows are `length` pixels. */
function sumOfProducts(emit: OnnxWriter, n: number, a: Rows, b: Rows, length: number): string {
  const rowsOf = ({ value, rows }: Rows, i: number): string =>
    emit.reshape(
      n === 1 ? value : emit.node('Slice', [value, emit.int64s([i]), emit.int64s([i + 1]), emit.int64s([0])]),
      [rows, length],
    );
  let sum = '';
  for (let i = 0; i < n; i++)
    sum = emit.node('Gemm', [rowsOf(a, i), rowsOf(b, i), ...(sum ? [sum] : [])], { transB: { int: 1 } });
  return sum;
}

/** A matrix that reverses the columns of what it multiplies: exact, and much faster than a Slice with a step of -1. */
const reversal = (emit: OnnxWriter, length: number): string =>
  emit.constant('reversal', [length, length], (i) => (Math.floor(i / length) + (i % length) === length - 1 ? 1 : 0));
