/** Models that other tools wrote (fixtures/other-tools.py): what is guessed of them, and that they give what they gave there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../models/onnx/read.ts';
import type { PictureIo } from '../../../preload/contract/index.ts';
import { ROOT } from '../../root.ts';
import { guessIo } from './guess-io.ts';
import { guessRange } from './guess-range.ts';
import { startRuntime } from '../cpu/ort.ts';
import { pack, unpack } from '../pictures/picture-io.ts';
import { values } from '../testing/testing.ts';
import { translatePicture, type OpenPicture } from './translate-picture.ts';
import { Translator } from './translator.ts';

beforeAll(() => startRuntime(1));

const fixture = (name: string): Buffer => readFileSync(join(ROOT, 'main', 'engine', 'inference', 'fixtures', name));

/** The picture that other-tools.py gives to its models. */
function pattern(width: number, height: number): OpenPicture<Uint8Array> {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 4)
      data.set([(3 * x + 5 * y) % 256, (3 * x + 5 * y + 40) % 256, (3 * x + 5 * y + 80) % 256, 255], i);
  return { width, height, data, hasAlpha: false };
}

const PLAIN = {
  ...{ mean: [0, 0, 0], deviation: [1, 1, 1], rest: 0, input: null, output: null, dials: [] },
} satisfies Partial<PictureIo>;
const UNIT = {
  ...{ ...PLAIN, layout: 'nchw', outputLayout: 'nchw', range: '0..1', outputRange: '0..1', channels: 'rgb' },
} as const satisfies Partial<PictureIo>;
const CASES: [string, PictureIo][] = [
  ['torch-script', { ...UNIT, size: null, multiple: 4, outputs: ['painted'] }],
  ['torch-dynamo', { ...UNIT, size: null, multiple: 4, outputs: ['painted'] }],
  [
    'nhwc',
    {
      ...{ ...PLAIN, layout: 'nhwc', outputLayout: 'nhwc', range: '-1..1', outputRange: '-1..1', channels: 'rgb' },
      ...{ size: { width: 64, height: 48 }, multiple: 1, outputs: ['stylised'] },
    },
  ],
];

describe.each(CASES)('%s.onnx', (name, io) => {
  it('is guessed right', async () => {
    const bytes = fixture(`${name}.onnx`);
    expect(await guessIo(readOnnx(bytes), bytes)).toEqual(io);
  });

  it('gives the colours that it gave in the tool that it comes from', async () => {
    const { width, height, pixels } = JSON.parse(fixture(`${name}.json`).toString()) as {
      width: number;
      height: number;
      pixels: number[][];
    };
    const translator = new Translator(fixture(`${name}.onnx`), name, io);
    const { data } = await translatePicture(translator, pattern(width, height), { strength: 1 });
    for (const [y = 0, x = 0, ...rgb] of pixels) {
      const at = (y * width + x) * 4;
      rgb.forEach((value, c) => expect(Math.abs(data[at + c]! - value), `${x}, ${y}, ${c}`).toBeLessThan(0.6));
    }
  });
});

describe('a picture', () => {
  const size = { width: 5, height: 3 };
  const planes = values(1, 'planes', [3, size.height, size.width]);
  const everyIo = (['nchw', 'nhwc'] as const).flatMap((layout) =>
    (['-1..1', '0..1', '0..255'] as const).flatMap((range) =>
      (['rgb', 'bgr'] as const).map((channels) => ({
        ...{ ...PLAIN, layout, outputLayout: layout, range, outputRange: range, channels },
      })),
    ),
  );
  it.each(everyIo)('comes out of $layout, $range, $channels as it went in', (io) => {
    const [there, back] = [new Float32Array(planes.length), new Float32Array(planes.length)];
    pack(planes, io, there);
    unpack(there, io, back);
    back.forEach((value, i) => expect(value).toBeCloseTo(planes[i]!, 5));
    if (io.range === '0..255') expect(Math.max(...there)).toBeGreaterThan(200);
  });
  it('goes in with blue first where that is said, and a pixel together where channels come last', () => {
    const red = new Float32Array(45).map((_, i) => (i < 15 ? 1 : -1));
    const to = new Float32Array(45);
    pack(red, { ...PLAIN, layout: 'nhwc', range: '0..255', channels: 'bgr' }, to);
    expect([...to.slice(0, 6)]).toEqual([0, 0, 255, 0, 0, 255]);
  });
  it('is grey for a model of one channel, and what that gives is grey', () => {
    const io = { ...UNIT, channels: 'grey' } as const;
    const [grey, back] = [new Float32Array(15), new Float32Array(45)];
    pack(
      new Float32Array(45).map((_, i) => (i < 15 ? 1 : -1)),
      io,
      grey,
    ); // pure red
    grey.forEach((value) => expect(value).toBeCloseTo(0.299, 5));
    unpack(grey, io, back);
    back.forEach((value) => expect(value).toBeCloseTo(2 * 0.299 - 1, 5));
  });
});

describe('the range is guessed from what a model answers to each', () => {
  const answers = (small: number[], unit: number[], large: number[]) =>
    new Map([
      ['-1..1', { low: small[0]!, high: small[1]! }],
      ['0..1', { low: unit[0]!, high: unit[1]! }],
      ['0..255', { low: large[0]!, high: large[1]! }],
    ] as const);
  it.each([
    ['a tanh', answers([-0.8, 0.9], [-0.2, 0.7], [-1, 1]), '-1..1'],
    ['a sigmoid', answers([0.1, 0.8], [0.3, 0.7], [0, 1]), '0..1'],
    ['clipped at 0 and 1', answers([0, 1], [0, 1], [0, 1]), '0..1'],
    ['normalised, in bytes', answers([3, 240], [10, 245], [5, 250]), '0..255'],
    ['a sum of its inputs', answers([-1.2, 1.1], [0, 1.1], [0, 280]), '0..1'],
  ] as const)('%s', (_, given, range) => expect(guessRange(given)).toBe(range));
});
