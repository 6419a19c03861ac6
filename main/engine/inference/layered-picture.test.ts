/** A PSD through an upscaler and back: what its layers are made of, and how they look together. */
import { readFileSync, writeFileSync } from 'node:fs';
import webtoon from '@webtoon/psd';
import { readPsd, writePsdUint8Array, type Layer } from 'ag-psd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { startRuntime } from '../cpu/ort.ts';
import { sharp } from '../pictures/codecs.ts';
import { readProfile, withProfile } from '../pictures/psd.ts';
import { openPicture } from './translate-picture.ts';
import { readyUpscaler } from './ready-upscalers.ts';
import type { Translator } from './translator.ts';
import { openUpscaler, upscaleFiles, type UpscaleFiles } from './upscale-files.ts';

startRuntime(1);
const folder = temporary();
const [WIDTH, HEIGHT] = [32, 24];
let art: Translator;
beforeAll(() => (art = openUpscaler({ file: readyUpscaler('art-2x').file, title: 'art' })));
afterAll(() => art.release());

type Rgba = readonly [number, number, number, number];
const filled = (width: number, height: number, of: (x: number, y: number) => Rgba) => ({
  ...{ width, height },
  data: Uint8ClampedArray.from(
    Array.from({ length: width * height }, (_, i) => of(i % width, Math.floor(i / width))).flat(),
  ),
});
const ground = filled(WIDTH, HEIGHT, (x, y) => [40 + 4 * x, 60 + 5 * y, 90, 255]);
const square = filled(10, 8, () => [220, 40, 30, 255]);
const half = {
  ...{ top: 2, left: 4, bottom: 10, right: 14, defaultColor: 0 },
  imageData: filled(10, 8, (x) => (x < 5 ? [0, 0, 0, 255] : [255, 255, 255, 255])),
};

/** Of layers from the bottom to the top; what they look like together is not looked at where nothing is said of it. */
function psd(name: string, children: Layer[], imageData = ground): string {
  const file = folder.path(name);
  writeFileSync(file, writePsdUint8Array({ width: WIDTH, height: HEIGHT, imageData, children }));
  return file;
}

const notes: string[] = [];
async function enlarged(file: string, over: Partial<UpscaleFiles> = {}): Promise<Buffer> {
  notes.length = 0;
  await upscaleFiles(art, {
    ...{ pictures: [{ name: 'made', file }], out: folder.path('out'), onlyMissing: false, onPicture: () => undefined },
    ...{ target: { factor: 2 }, wrap: false, keepColours: false, layers: true },
    ...{ naming: { suffix: '', format: 'psd' }, onNote: (_, note) => notes.push(note) },
    ...over,
  });
  return readFileSync(folder.path('out', 'made.psd'));
}
const layersOf = (bytes: Uint8Array): Layer[] => readPsd(bytes, { useImageData: true }).children!;
const at = ({ imageData }: Layer, x: number, y: number): number[] => [
  ...imageData!.data.slice((y * imageData!.width + x) * 4, (y * imageData!.width + x) * 4 + 4),
];

describe('a PSD', () => {
  const given: Layer[] = [
    { name: 'Ground', imageData: ground },
    {
      ...{ name: 'Things', blendMode: 'pass through', opacity: 0.5, opened: false },
      children: [
        { name: 'Hidden', imageData: square, left: 20, top: 3, hidden: true, blendMode: 'color burn' },
        { name: 'Masked', imageData: square, left: 4, top: 2, mask: half, clipping: true, opacity: 0.8 },
        { name: 'Empty' },
      ],
    },
    { name: 'Inverted', adjustment: { type: 'invert' } },
  ];

  it('comes out with the layers that it had, where they were', async () => {
    const bytes = await enlarged(psd('all.psd', given));
    const [bottom, group, adjustment, ...more] = layersOf(bytes);
    expect(more).toEqual([]);
    expect([bottom!.name, bottom!.left, bottom!.top, bottom!.imageData!.width]).toEqual(['Ground', 0, 0, 64]);
    expect(group).toMatchObject({ name: 'Things', blendMode: 'pass through', opened: false });
    expect(group!.opacity).toBeCloseTo(0.5, 2);
    const [hidden, masked, empty] = group!.children!;
    expect(hidden).toMatchObject({ name: 'Hidden', hidden: true, blendMode: 'color burn' });
    expect(masked).toMatchObject({ name: 'Masked', clipping: true, hidden: false });
    expect(masked!.opacity).toBeCloseTo(0.8, 2);
    expect(empty).toMatchObject({ name: 'Empty' });
    expect(adjustment).toMatchObject({ name: 'Inverted', adjustment: { type: 'invert' } });
    // What was at (24, 6) of the canvas, in the middle of the hidden square, is at (48, 12).
    expect(at(hidden!, 48 - hidden!.left!, 12 - hidden!.top!)[3]).toBe(255);
    expect(at(hidden!, 0, 0)[3]).toBe(0);
    const mask = masked!.mask!;
    expect(mask).toMatchObject({ left: 8, top: 4, right: 28, bottom: 20, defaultColor: 0 });
    expect([at(mask as Layer, 2, 2)[0], at(mask as Layer, 18, 2)[0]]).toEqual([0, 255]);
    expect(notes).toEqual([]);
    // Another library reads it too; its own types do not resolve here.
    const other = webtoon as unknown as { parse(bytes: ArrayBuffer): { width: number; layers: { name: string }[] } };
    const { width, layers } = other.parse(Uint8Array.from(bytes).buffer);
    expect([width, layers.map(({ name }) => name).sort()]).toEqual([
      2 * WIDTH,
      ['Empty', 'Ground', 'Hidden', 'Inverted', 'Masked'],
    ]);
  });

  it('carries the picture of the whole that there would be without layers', async () => {
    const file = psd('whole.psd', given);
    await enlarged(file);
    const whole = await openPicture(folder.path('out', 'made.psd'));
    await enlarged(file, { naming: null, layers: false });
    const merged = await openPicture(folder.path('out', 'made.png'));
    expect(whole.data).toEqual(merged.data);
  });

  it('is as large as is asked for, with layers that end where they did', async () => {
    const bytes = await enlarged(psd('third.psd', given), { target: { factor: 1.5 } });
    const { width, height, children } = readPsd(bytes, { useImageData: true });
    expect([width, height]).toEqual([48, 36]);
    expect(children![1]!.children![1]!.mask).toMatchObject({ left: 6, top: 3, right: 21, bottom: 15 });
  });

  it('keeps its colour profile', async () => {
    const file = psd('profile.psd', given);
    writeFileSync(file, withProfile(readFileSync(file), Uint8Array.of(7, 8, 9)));
    expect(readProfile(await enlarged(file), 'made.psd')).toEqual(Buffer.from([7, 8, 9]));
  });

  it('stays as it was under a mask, layer by layer', async () => {
    const keep = folder.path('white.png');
    writeFileSync(
      keep,
      await (
        await import('../pictures/codecs.ts')
      )
        .sharp({
          create: { width: 4, height: 4, channels: 3, background: '#fff' },
        })
        .png()
        .toBuffer(),
    );
    const sharpEdge = [{ name: 'Square', imageData: square, left: 4, top: 2 }];
    const [kept] = layersOf(await enlarged(psd('kept.psd', sharpEdge), { keep }));
    const [made] = layersOf(await enlarged(psd('kept.psd', sharpEdge)));
    expect(Buffer.from(kept!.imageData!.data).equals(Buffer.from(made!.imageData!.data))).toBe(false);
  });

  it('beside its picture where nothing is said of a format', async () => {
    await enlarged(psd('beside.psd', given), { naming: null });
    expect((await openPicture(folder.path('out', 'made.png'))).width).toBe(2 * WIDTH);
    expect(layersOf(readFileSync(folder.path('out', 'made.psd')))).toHaveLength(3);
  });
});

describe('what a PSD loses', () => {
  it.each<[string, Partial<Layer>, RegExp]>([
    ['text', { text: { text: 'Hello' } }, /^text became pixels \("Thing"\)$/],
    ['a shape', { vectorFill: { type: 'color', color: { r: 9, g: 9, b: 9 } } }, /^shapes and fills became pixels/],
    ['an animation', { animationFrames: [{ frames: [0] }] }, /^animations were left out/],
  ])('is said: %s', async (_, over, says) => {
    const [layer] = layersOf(await enlarged(psd('loss.psd', [{ name: 'Thing', imageData: square, ...over }])));
    expect(notes.join()).toMatch(says);
    expect(layer!.text ?? layer!.vectorFill).toBeUndefined();
    expect(layer!.imageData).toBeDefined();
  });

  it('and a fill without pixels is left out by name', async () => {
    const fill: Layer = { name: 'Fill', vectorFill: { type: 'color', color: { r: 9, g: 9, b: 9 } } };
    const layers = layersOf(await enlarged(psd('fill.psd', [{ name: 'Thing', imageData: square }, fill])));
    expect(layers.map(({ name }) => name)).toEqual(['Thing']);
    expect(notes.join()).toMatch(/left out \("Fill"\)/);
  });
});

it('lengths of effects and of vector masks are as large as the picture', async () => {
  const layer: Layer = {
    ...{ name: 'Thing', imageData: square, left: 4, top: 2 },
    effects: { dropShadow: [{ enabled: true, size: { units: 'Pixels', value: 5 }, angle: 30 }] },
    vectorMask: {
      paths: [
        {
          ...{ open: false, fillRule: 'even-odd' },
          knots: [
            { linked: true, points: [4, 2, 4, 2, 4, 2] },
            { linked: true, points: [14, 10, 14, 10, 14, 10] },
          ],
        },
      ],
    },
  };
  const [made] = layersOf(await enlarged(psd('lengths.psd', [layer])));
  expect(made!.effects!.dropShadow![0]).toMatchObject({ size: { units: 'Pixels', value: 10 }, angle: 30 });
  for (const [i, value] of [28, 20, 28, 20, 28, 20].entries())
    expect(made!.vectorMask!.paths[0]!.knots[1]!.points[i]).toBeCloseTo(value, 3);
});

it('a picture without layers is a PSD of one', async () => {
  const file = folder.path('plain.png');
  writeFileSync(
    file,
    await sharp(Buffer.from(ground.data), { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
      .png()
      .toBuffer(),
  );
  expect(layersOf(await enlarged(file)).map(({ name, imageData }) => [name, imageData!.width])).toEqual([
    ['Picture', 64],
  ]);
});
