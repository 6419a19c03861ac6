/** The converter of Compact networks, on small ones: what a training would go on from is what the network was. */
import { describe, expect, it } from 'vitest';
import { startRuntime } from '../../main/engine/cpu/ort.ts';
import { runExported } from '../../main/engine/inference/exported.ts';
import { values } from '../../main/engine/testing/values.ts';
import { compactModel } from './compact.ts';
import { readNcnn, type NcnnLayer } from './ncnn.ts';
import { evaluate } from './plain.ts';

startRuntime(1);

/** Four channels inside, two layers between the first and the last, four times as large; perhaps halved. */
function compactOfNcnn(halved: boolean): NcnnLayer[] {
  const lines = [
    'Split s 1 2 data x y',
    'Convolution c0 1 1 x a 0=4 1=3 4=1 5=1 6=108',
    'PReLU p0 1 1 a b 0=4',
    'Convolution c1 1 1 b c 0=4 1=3 4=1 5=1 6=144',
    'PReLU p1 1 1 c d 0=4',
    'Convolution c2 1 1 d e 0=4 1=3 4=1 5=1 6=144',
    'PReLU p2 1 1 e f 0=4',
    'Convolution c3 1 1 f g 0=48 1=3 4=1 5=1 6=1728',
    'PixelShuffle ps 1 1 g h 0=4',
    'Interp near 1 1 y i 0=1 1=4.0e+00 2=4.0e+00',
    'BinaryOp add 2 1 h i j',
    ...(halved ? ['Interp half 1 1 j k 0=3 1=5.0e-01 2=5.0e-01'] : []),
  ];
  const floats = (count: number, seed: string): Buffer => Buffer.from(values(1, seed, [count], [-0.5, 0.5]).buffer);
  const convolution = (i: number, inputs: number, outputs: number): Buffer[] => [
    Buffer.alloc(4),
    floats(inputs * outputs * 9, `weight${i}`),
    floats(outputs, `bias${i}`),
  ];
  const bin = [
    ...[0, 1, 2].flatMap((i) => [...convolution(i, i === 0 ? 3 : 4, 4), floats(4, `slope${i}`)]),
    ...convolution(3, 4, 48),
  ];
  return readNcnn(`7767517\n1 1\nInput in 0 1 data\n${lines.join('\n')}`, Buffer.concat(bin));
}

describe.each([
  ['that enlarges four times', false, '4'],
  ['whose result is halved', true, '2'],
] as const)('a Compact network %s', (_, halved, factor) => {
  it('makes as a model of our family what it makes in plain loops, up to the borders', async () => {
    const layers = compactOfNcnn(halved);
    const [height, width] = [7, 10];
    const data = values(3, 'picture', [3, height, width], [0, 1]);
    const theirs = evaluate(layers, { channels: 3, height, width, data });
    const { upscaled } = await runExported(
      compactModel(layers, factor),
      { picture: { data: data.map((value) => value * 2 - 1), shape: [1, 3, height, width] } },
      { upscaled: [1, 3, height * Number(factor), width * Number(factor)] },
    );
    expect(theirs.data).toHaveLength(upscaled!.length);
    const far = theirs.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (upscaled![i]! + 1) / 2)), 0);
    expect(far).toBeLessThan(1e-5);
  });
});

it('a network that enlarges otherwise is refused', () => {
  expect(() => compactModel(compactOfNcnn(false), '2')).toThrow(/no Compact that enlarges 2 times/);
});
