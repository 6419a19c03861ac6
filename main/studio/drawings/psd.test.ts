/** PSDs as other programs write them: what is opened looks as the file says, and what is not as it was is said. */
import { deflateSync } from 'node:zlib';
import webtoon from '@webtoon/psd';
import { writePsdUint8Array, type Layer } from 'ag-psd';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../engine/pictures/codecs.ts';
import { pictureOf } from './picture.ts';
import { openPsd, type OpenDrawing } from './psd.ts';

const [WIDTH, HEIGHT] = [24, 16];
type Rgba = readonly [number, number, number, number];

const filled = (of: (x: number, y: number) => Rgba) => ({
  ...{ width: WIDTH, height: HEIGHT },
  data: Uint8ClampedArray.from(
    Array.from({ length: WIDTH * HEIGHT }, (_, i) => of(i % WIDTH, Math.floor(i / WIDTH))).flat(),
  ),
});

/** What is seen of an opened file, over its paper. */
const seen = ({ state, layers }: OpenDrawing): Uint8Array => pictureOf(state, layers, 'paint').data;

/** The picture that a file carries, as another library reads it. (Its own types do not resolve here.) */
const otherLibrary = webtoon as unknown as {
  parse(bytes: ArrayBuffer): { composite(...flags: boolean[]): Promise<Uint8ClampedArray> };
};
const byOthers = (bytes: Uint8Array): Promise<Uint8ClampedArray> =>
  otherLibrary.parse(Uint8Array.from(bytes).buffer).composite(false, false);

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + (i % 4 < 3 ? Math.abs(value - b[i]!) : 0), 0) / ((a.length * 3) / 4);

const colours = filled((x, y) => [10 * x, 15 * y, 90, 255]);
const ink = filled((x) => (x % 6 === 0 ? [20, 10, 0, 255] : [255, 255, 255, 255]));
const multiplied = filled((x, y) =>
  x % 6 === 0 ? [(200 * x) / 255, (150 * y) / 255, 0, 255] : [10 * x, 15 * y, 90, 255],
);
const file = (layers: Layer[], whole: typeof colours): Uint8Array =>
  writePsdUint8Array({ width: WIDTH, height: HEIGHT, imageData: whole, children: layers });
const paint: Layer = { name: 'paint', imageData: colours };
const mask = {
  ...{ top: 0, left: 0, bottom: HEIGHT, right: WIDTH },
  imageData: filled((x) => (x < 12 ? [0, 0, 0, 255] : [255, 255, 255, 255])),
};

describe('layers that use what a drawing does not have', () => {
  it.each<[string, Partial<Layer>, RegExp]>([
    ['a mode', { blendMode: 'color burn' }, /the blend mode color burn/],
    ['a soft mask', { mask: { ...mask, userMaskFeather: 4 } }, /masks/],
    ['fill opacity', { fillOpacity: 0.5 }, /fill opacity/],
    ['effects', { effects: { dropShadow: [{ enabled: true }] } }, /layer effects/],
    ['an adjustment', { imageData: undefined as never, adjustment: { type: 'invert' } }, /adjustments \(invert\)/],
  ])('are kept hidden below the picture as it was saved: %s', async (_, over, says) => {
    const bytes = file([paint, { name: 'ink', imageData: ink, ...over }], multiplied);
    const opened = await openPsd(bytes, 'x.psd');
    expect(opened.layers.map(({ layer }) => [layer.title, layer.visible])).toEqual([
      ['paint', false],
      ['ink', false],
      ['As saved', true],
    ]);
    expect(opened.notes.join()).toMatch(says);
    expect(apart(seen(opened), await byOthers(bytes))).toBeLessThan(0.6);
  });

  it('are said to be lost where the file carries no picture of the whole', async () => {
    const bytes = writePsdUint8Array({
      ...{ width: WIDTH, height: HEIGHT, imageData: filled(() => [255, 255, 255, 255]) },
      children: [paint, { name: 'ink', imageData: ink, blendMode: 'color burn' }],
      imageResources: {
        versionInfo: { hasRealMergedData: false, writerName: '', readerName: '', fileVersion: 1 },
      },
    });
    const { layers, notes } = await openPsd(bytes, 'x.psd');
    expect(layers.map(({ layer }) => layer.visible)).toEqual([true, true]);
    expect(notes.join()).toMatch(/no picture of the whole.*color burn.*maximise compatibility/);
  });
});

it('layers that look as the picture are the drawing, and nothing is said', async () => {
  const opened = await openPsd(
    file([paint, { name: 'ink', imageData: ink, hidden: true, blendMode: 'color burn' }], colours),
    'x.psd',
  );
  expect(opened.notes).toEqual([]);
  expect(opened.layers.map(({ layer }) => [layer.title, layer.visible])).toEqual([
    ['paint', true],
    ['ink', false],
  ]);
});

it('layers that do not, though nothing in them says why, are compared with it', async () => {
  const bytes = file([paint], multiplied);
  const opened = await openPsd(bytes, 'x.psd');
  expect(opened.notes.join()).toMatch(/look different here.*differ from it by [\d.]+ of 255/);
  expect(apart(seen(opened), await byOthers(bytes))).toBeLessThan(0.6);
});

/** A file without layers, written by hand: any kind of colours, any depth, PSD or PSB, three ways of packing. */
function flat({ mode, depth, planes, large = false, packing }: Flat): Uint8Array {
  const head = Buffer.alloc(26);
  head.write('8BPS', 0, 'latin1');
  head.writeUInt16BE(large ? 2 : 1, 4);
  head.writeUInt16BE(planes.length, 12);
  head.writeUInt32BE(HEIGHT, 14);
  head.writeUInt32BE(WIDTH, 18);
  head.writeUInt16BE(depth, 22);
  head.writeUInt16BE(mode, 24);
  const rows = planes.flatMap((plane) => Array.from({ length: HEIGHT }, (_, y) => rowOf(plane, y, depth)));
  const sections = Buffer.alloc(large ? 16 : 12);
  const kind = Buffer.alloc(2);
  kind.writeUInt16BE({ raw: 0, runs: 1, zip: 2 }[packing], 0);
  if (packing !== 'runs') {
    const data = Buffer.concat(rows);
    return Buffer.concat([head, sections, kind, packing === 'zip' ? deflateSync(data) : data]);
  }
  const packed = rows.map((row) => Buffer.concat([...row].map((value) => Buffer.from([0, value]))));
  const lengths = packed.map(({ length }) => {
    const bytes = Buffer.alloc(large ? 4 : 2);
    if (large) bytes.writeUInt32BE(length);
    else bytes.writeUInt16BE(length);
    return bytes;
  });
  return Buffer.concat([head, sections, kind, ...lengths, ...packed]);
}

interface Flat {
  mode: number;
  depth: 8 | 16 | 32;
  /** Each a value of 0 to 1 by place. */
  planes: ((x: number, y: number) => number)[];
  large?: boolean;
  packing: 'raw' | 'runs' | 'zip';
}

function rowOf(plane: Flat['planes'][number], y: number, depth: Flat['depth']): Buffer {
  const row = Buffer.alloc((WIDTH * depth) / 8);
  for (let x = 0; x < WIDTH; x++) {
    const value = plane(x, y);
    if (depth === 8) row.writeUInt8(Math.round(value * 255), x);
    else if (depth === 16) row.writeUInt16BE(Math.round(value * 65535), x * 2);
    else row.writeFloatBE(value, x * 4);
  }
  return row;
}

const across = (x: number): number => x / (WIDTH - 1);
const down = (_: number, y: number): number => y / (HEIGHT - 1);
const half = (): number => 0.5;
const at = (data: Uint8Array, x: number, y: number): number[] => [
  ...data.subarray((y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 3),
];

describe('a flat file', () => {
  it.each(
    (['raw', 'runs', 'zip'] as const).flatMap((packing) =>
      ([8, 16] as const).flatMap((depth) => [false, true].map((large) => ({ packing, depth, large }))),
    ),
  )('of RGB opens: $packing, $depth bits, PSB: $large', async ({ packing, depth, large }) => {
    const opened = await openPsd(flat({ mode: 3, depth, large, packing, planes: [across, down, half] }), 'x.psd');
    const data = seen(opened);
    expect(at(data, 0, 0)).toEqual([0, 0, 128]);
    expect(at(data, WIDTH - 1, HEIGHT - 1)).toEqual([255, 255, 128]);
    expect(at(data, 12, 5)).toEqual([Math.round((12 / 23) * 255), Math.round((5 / 15) * 255), 128]);
    expect(opened.notes.some((note) => note.includes('16 bits a channel'))).toBe(depth === 16);
  });
  it.each([8, 16] as const)('of grey opens, %i bits', async (depth) => {
    const opened = await openPsd(flat({ mode: 1, depth, packing: 'raw', planes: [across] }), 'x.psd');
    expect(at(seen(opened), 12, 3)).toEqual([133, 133, 133]);
    expect(opened.notes.join()).toMatch(/grey colours/);
  });
  it('of 32 bits is light, and gets the curve of a screen', async () => {
    const opened = await openPsd(
      flat({ mode: 3, depth: 32, packing: 'raw', planes: [() => 0.214, half, across] }),
      'x.psd',
    );
    expect(at(seen(opened), 0, 0)).toEqual([127, 188, 0]); // 0.214 is half as bright on a screen
  });
  it('of inks and of Lab has its colours', async () => {
    const inks = await openPsd(
      flat({ mode: 4, depth: 8, packing: 'raw', planes: [() => 1, () => 0, () => 0, () => 1] }),
      'x.psd',
    );
    const red = at(seen(inks), 3, 3);
    expect(red[0]! - Math.max(red[1]!, red[2]!)).toBeGreaterThan(150);
    const lab = flat({
      mode: 9,
      depth: 8,
      packing: 'raw',
      planes: [() => 0.54, () => (128 + 81) / 255, () => (128 + 70) / 255],
    });
    const opened = at(seen(await openPsd(lab, 'x.psd')), 3, 3);
    // sRGB's red is L* 54.3, a* 80.8, b* 69.9 under D50.
    [254, 0, 0].forEach((value, c) => expect(Math.abs(opened[c]! - value)).toBeLessThan(8));
  });
  it('with a fourth channel that is no transparency is not transparent', async () => {
    const opened = await openPsd(
      flat({ mode: 3, depth: 8, packing: 'raw', planes: [half, half, half, () => 0] }),
      'x.psd',
    );
    expect(opened.layers[0]!.region.bytes[3]).toBe(255);
  });
});

it('is the same in every decoder that knows it: a PNG of the same picture', async () => {
  const bytes = file([], colours);
  const png = await sharp(colours.data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
    .png()
    .toBuffer();
  expect(seen(await openPsd(bytes, 'x.psd'))).toEqual(new Uint8Array(await sharp(png).ensureAlpha().raw().toBuffer()));
});
