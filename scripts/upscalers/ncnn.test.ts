/** The reader and the converter of ncnn's networks, on small ones that are written here. */
import { describe, expect, it } from 'vitest';
import { toHalves } from '../../models/onnx/half.ts';
import { startRuntime } from '../../main/engine/cpu/ort.ts';
import { runExported } from '../../main/engine/inference/exported.ts';
import { values } from '../../main/engine/testing/values.ts';
import { readNcnn } from './ncnn.ts';
import { evaluate } from './plain.ts';
import { ncnnToOnnx } from './to-onnx.ts';

startRuntime(1);

const words = (...numbers: number[]): Buffer => Buffer.from(Uint32Array.from(numbers).buffer);
const floats = (count: number, seed: string): Buffer => Buffer.from(values(1, seed, [count], [-0.5, 0.5]).buffer);
const full = (count: number, seed: string): Buffer[] => [words(0), floats(count, seed)];
function halves(count: number, seed: string): Buffer[] {
  const data = Buffer.from(toHalves(values(1, seed, [count], [-0.5, 0.5])).buffer);
  return [words(0x01306b47), data, Buffer.alloc((4 - (data.length % 4)) % 4)];
}

const HEAD = '7767517\n1 1\n';
const INPUT = 'Input in 0 1 data\n';

interface Network {
  lines: string[];
  bin: Buffer[];
  scale?: number;
  mirrored?: number;
}

/** Together they have every layer that is known. */
const NETWORKS: Record<string, Network> = {
  'convolutions with every activation, in whole and half precision': {
    lines: [
      'Convolution c0 1 1 data a 0=4 1=3 4=1 5=1 6=108',
      'PReLU p 1 1 a b 0=4',
      'Convolution c1 1 1 b c 0=4 1=3 4=1 5=1 6=144 9=2 -23310=1,2.0e-01',
      'Convolution c2 1 1 c d 0=4 1=3 4=1 5=1 6=144 9=1',
      'Convolution c3 1 1 d e 0=3 1=1 5=0 6=12 9=4',
    ],
    bin: [
      ...[...full(108, 'w0'), floats(4, 'b0'), floats(4, 'slope'), ...halves(144, 'w1'), floats(4, 'b1')],
      ...[...full(144, 'w2'), floats(4, 'b2'), ...halves(12, 'w3')],
    ],
  },
  'pixel shuffle, both ways of resizing, sums': {
    scale: 2,
    lines: [
      'Split s 1 2 data x y',
      'Convolution c 1 1 x a 0=48 1=3 4=1 5=1 6=1296',
      'PixelShuffle ps 1 1 a b 0=4',
      'Interp near 1 1 y c 0=1 1=4.0e+00 2=4.0e+00',
      'BinaryOp add 2 1 b c d',
      'Split s2 1 2 d d0 d1',
      'Eltwise e 2 1 d0 d1 f 0=1 -23301=2,2.0e-01,1.0e+00',
      'Interp half 1 1 f g 0=3 1=5.0e-01 2=5.0e-01',
    ],
    bin: [...halves(1296, 'w'), floats(48, 'b')],
  },
  'what pads nothing itself: crops, a mean over the picture, deconvolution': {
    scale: 2,
    mirrored: 3,
    lines: [
      'Convolution c 1 1 data a 0=8 1=3 5=1 6=216 9=2 -23310=1,1.0e-01',
      'Split s 1 3 a a0 a1 a2',
      'Pooling mean 1 1 a0 m 0=1 4=1',
      'InnerProduct i0 1 1 m n 0=2 1=1 2=16 9=1',
      'InnerProduct i1 1 1 n o 0=8 1=1 2=16 9=4',
      'BinaryOp mul 2 1 a1 o q 0=2',
      'Crop cut 1 1 a2 r -23309=2,1,1 -23310=2,-1,-1 -23311=2,-2,-1',
      'Crop cut2 1 1 q t -23309=2,1,1 -23310=2,-1,-1 -23311=2,-2,-1',
      'Concat both 2 1 r t u',
      'Deconvolution d 1 1 u v 0=3 1=4 3=2 4=3 5=1 6=768',
    ],
    bin: [
      ...[...halves(216, 'w'), floats(8, 'b'), ...halves(16, 'i0'), floats(2, 'bi0'), ...halves(16, 'i1')],
      ...[floats(8, 'bi1'), ...halves(768, 'wd'), floats(3, 'bd')],
    ],
  },
};

describe.each(Object.entries(NETWORKS))('%s', (_, { lines, bin, scale = 1, mirrored = 0 }) => {
  it('is the same as a model of ours as it is in plain loops', async () => {
    const layers = readNcnn(HEAD + INPUT + lines.join('\n'), Buffer.concat(bin));
    const [height, width] = [9, 12];
    const data = values(3, 'picture', [3, height, width], [0, 1]);
    const padded = { channels: 3, height: height + 2 * mirrored, width: width + 2 * mirrored };
    const fold = (at: number, length: number): number => (at < 0 ? -at : at < length ? at : 2 * length - 2 - at);
    const seen = new Float32Array(3 * padded.height * padded.width).map((__, i) => {
      const [c, rest] = [Math.floor(i / (padded.height * padded.width)), i % (padded.height * padded.width)];
      const [y, x] = [Math.floor(rest / padded.width) - mirrored, (rest % padded.width) - mirrored];
      return data[(c * height + fold(y, height)) * width + fold(x, width)]!;
    });
    const theirs = evaluate(layers, { ...padded, data: seen });
    expect([theirs.channels, theirs.height, theirs.width]).toEqual([3, height * scale, width * scale]);
    const bytes = ncnnToOnnx(layers, {
      scale,
      mirrored,
      margin: 0,
      multiple: 1,
      reach: 4,
      tile: 64,
      white: 1,
      name: 'small',
    });
    const { upscaled } = await runExported(
      bytes,
      { picture: { data: data.map((value) => value * 2 - 1), shape: [1, 3, height, width] } },
      { upscaled: [1, 3, height * scale, width * scale] },
    );
    const far = theirs.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (upscaled![i]! + 1) / 2)), 0);
    expect(far).toBeLessThan(1e-5);
  });
});

describe('a network that is not as it should be', () => {
  const one = 'Convolution c 1 1 data a 0=1 1=1 5=0 6=3';
  it.each([
    ['is no param file', 'hello', [], /no ncnn param file/],
    ['has too few weights', HEAD + INPUT + one, [words(0), floats(2, 'w')], /holds less/],
    ['has too many', HEAD + INPUT + one, [...full(3, 'w'), floats(1, 'more')], /holds more/],
    ['keeps them in a way that is not known', HEAD + INPUT + one, [words(7), floats(3, 'w')], /kept as 7/],
  ])('and %s is refused', (__, param, bin, message) => {
    expect(() => readNcnn(param, Buffer.concat(bin))).toThrow(message);
  });

  it('and has a layer that is not known is refused by its name', () => {
    const layers = readNcnn(`${HEAD}${INPUT}LSTM l 1 1 data a`, Buffer.alloc(0));
    expect(() =>
      ncnnToOnnx(layers, { scale: 1, mirrored: 0, margin: 0, multiple: 1, reach: 1, tile: 64, white: 1, name: 'x' }),
    ).toThrow(/LSTM/);
  });
});
