import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import webtoon from '@webtoon/psd';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { BLENDS } from '../../../preload/contract/layers/blend.ts';
import { plainLayer, surfacesOf } from '../../../preload/contract/layers/stack.ts';
import type { DrawingLayer, DrawingState, Region } from '../../../preload/contract/schemas.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { randomModel } from '../../engine/testing/testing-model.ts';
import { values } from '../../engine/testing/testing.ts';
import { writePairs } from '../../testing/datasets.ts';
import { bringLines, bringPicture, importDrawing } from './bring-in.ts';
import { NO_PIXELS, readLayer, saveDrawing } from './drawing-folder.ts';
import { readDrawing, thumbnailFile, writeDrawing } from './drawing-record.ts';
import { bringExample } from './example.ts';
import { exportDrawing, previewMap } from './export.ts';
import { pictureOf } from './picture.ts';
import { heightMap, normalMap, reliefOf } from '../../engine/pictures/maps.ts';
import { isPsd, openPsd, writePsd } from './psd.ts';

const folders: string[] = [];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawing-'));
  folders.push(folder);
});
afterAll(() => folders.forEach((made) => rmSync(made, { recursive: true })));

const layer = (id: string, over: Partial<DrawingLayer> = {}): DrawingLayer => ({
  ...plainLayer({ id, title: id }),
  ...over,
});
const state = (over: Partial<DrawingState> = {}): DrawingState => ({
  ...{ width: 32, height: 32, wrap: false, paper: '#ffffff', layers: [layer('a'), layer('b')], active: 'a' },
  ...{ model: null, scaling: 'tiles', seed: 0 },
  ...over,
});
/** Noise in every channel, alpha too: what a canvas of the browser could not keep exactly. */
const region = (left: number, top: number, width: number, height: number, seed = 1): Region => ({
  ...{ left, top, width, height },
  bytes: Uint8Array.from(values(seed, 'paint', [width * height * 4], [0, 256])),
});
function begin(over: Partial<DrawingState> = {}): DrawingState {
  const now = new Date().toISOString();
  writeDrawing(folder, {
    title: 'Mush/room',
    created: now,
    changed: now,
    state: state(over),
    notes: [],
    pixels: {},
  });
  return state(over);
}

const AS_PSD = { format: 'psd', what: 'drawing', normals: 'opengl', relief: 1, invert: false, height: null } as const;
/** The drawing as a PSD. */
async function exportedPsd(): Promise<string> {
  const about = { folder, model: null, height: null, threads: 1 };
  return (await exportDrawing({ ...about, options: AS_PSD, out: join(folder, 'out') })).file;
}

/** A PSD as another library sees it, which lists layers from the top. (Its own types do not resolve here.) */
interface OtherFrame {
  layerProperties: {
    blendMode: string;
    clippingMask: number;
    additionalLayerProperties: { lsct?: { blendMode: string } };
  };
}
interface OtherNode {
  name: string;
  layerFrame: OtherFrame;
  children?: OtherNode[];
}
interface OtherPsd {
  width: number;
  height: number;
  children: OtherNode[];
  layers: {
    isTransparencyLocked: boolean;
    maskData: { flags: { layerMaskDisabled: boolean } };
    userMask(): Promise<Uint8Array | undefined>;
    name: string;
    opacity: number;
    isHidden: boolean;
    composite(...flags: boolean[]): Promise<Uint8ClampedArray>;
  }[];
}
const otherLibrary = webtoon as unknown as { parse(bytes: ArrayBuffer): OtherPsd };
const readByOthers = (bytes: Buffer): OtherPsd => otherLibrary.parse(Uint8Array.from(bytes).buffer);

describe('a drawing on disk', () => {
  it('gives every byte back, also of nearly transparent paint', async () => {
    const [a, b] = [region(3, 4, 20, 9), region(0, 0, 32, 32, 2)];
    const wanted = begin();
    await saveDrawing({
      ...{ folder, state: wanted, thumbnail: null },
      pixels: [
        { layer: 'a', region: a },
        { layer: 'b', region: b },
      ],
    });
    expect(readDrawing(folder).state).toEqual(wanted);
    for (const [id, saved] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const read = await readLayer(folder, id);
      expect({ ...read, bytes: [...read.bytes] }).toEqual({ ...saved, bytes: [...saved.bytes] });
    }
  });

  it('keeps the paint of layers that are not told of, and forgets removed layers with their files', async () => {
    begin();
    const save = (over: Partial<DrawingState>, pixels: { layer: string; region: Region }[]) =>
      saveDrawing({ folder, state: state(over), thumbnail: null, pixels });
    await save({}, [
      { layer: 'a', region: region(0, 0, 4, 4) },
      { layer: 'b', region: region(0, 0, 4, 4, 2) },
    ]);
    await save({ seed: 7 }, []);
    expect((await readLayer(folder, 'b')).width).toBe(4);
    await save({ layers: [layer('a')] }, []);
    expect(readdirSync(join(folder, 'layers'))).toHaveLength(1);
    await save({ layers: [layer('a')] }, [{ layer: 'a', region: region(0, 0, 0, 0) }]);
    expect((await readLayer(folder, 'a')).width).toBe(0);
    expect(readdirSync(join(folder, 'layers'))).toHaveLength(0);
  });

  it('of the first format opens: its layers cover each other, and are in no group', () => {
    const wanted = begin();
    const record = JSON.parse(readFileSync(join(folder, 'drawing.json'), 'utf8')) as { state: DrawingState };
    const old = wanted.layers.map(({ id, title, role, opacity, visible, locked }) => ({
      ...{ id, title, role, opacity, visible, locked },
    }));
    const first = { ...record, format: 1, state: { ...record.state, layers: old } };
    writeFileSync(join(folder, 'drawing.json'), JSON.stringify(first));
    expect(readDrawing(folder).state).toEqual(wanted);
  });

  it('says what is wrong with a drawing of a newer version, a damaged record and a damaged layer', async () => {
    begin();
    await saveDrawing({
      folder,
      state: state(),
      thumbnail: null,
      pixels: [{ layer: 'a', region: region(0, 0, 8, 8) }],
    });
    const [file] = readdirSync(join(folder, 'layers'));
    writeFileSync(join(folder, 'layers', file!), 'not a picture');
    await expect(readLayer(folder, 'a')).rejects.toThrow('A layer of this drawing is damaged');
    const record = readFileSync(join(folder, 'drawing.json'), 'utf8');
    writeFileSync(join(folder, 'drawing.json'), record.replace('"format": 2', '"format": 3'));
    expect(() => readDrawing(folder)).toThrow('newer version of Maquette');
    writeFileSync(join(folder, 'drawing.json'), record.slice(0, -20));
    expect(() => readDrawing(folder)).toThrow('its layers can be found in the folder "layers"');
  });
});

describe('layers', () => {
  it('are laid over each other as Porter and Duff say', () => {
    const bytes = Uint8Array.of(255, 0, 0, 128);
    const red = {
      layer: layer('a', { opacity: 0.5 }),
      region: { ...NO_PIXELS, width: 1, height: 1, bytes },
      mask: null,
    };
    const over = (paper: DrawingState['paper']) => [...pictureOf({ width: 1, height: 1, paper }, [red], 'paint').data];
    expect(over('#0000ff')).toEqual([64, 0, 191, 255]);
    expect(over('transparent')).toEqual([255, 0, 0, 64]);
  });
});

describe('PSD', () => {
  it('is read by another library as it was written, and comes back with its layers', async () => {
    const wanted = begin({ layers: [layer('a', { opacity: 0.5 }), layer('b', { visible: false, title: 'Ink ünd' })] });
    const a = region(3, 4, 20, 9);
    await saveDrawing({ folder, state: wanted, thumbnail: null, pixels: [{ layer: 'a', region: a }] });
    const file = await exportedPsd();
    expect(file).toBe(join(folder, 'out', 'Mush-room.psd'));
    const bytes = readFileSync(file);
    expect(isPsd(bytes)).toBe(true);

    const other = readByOthers(bytes);
    expect([other.width, other.height]).toEqual([32, 32]);
    expect(other.layers.map(({ name, opacity, isHidden }) => [name, opacity, isHidden])).toEqual([
      ['Ink ünd', 255, true],
      ['a', 128, false],
      ['Paper', 255, false],
    ]);
    expect([...(await other.layers[1]!.composite(false, false))]).toEqual([...a.bytes]);

    const { layers, notes } = await openPsd(bytes, 'x.psd');
    expect(notes).toEqual([]);
    expect(layers[0]!.region).toEqual({ ...a, bytes: new Uint8Array(a.bytes) });
    const again = mkdtempSync(join(tmpdir(), 'drawing-'));
    folders.push(again);
    await importDrawing({ file, folder: again });
    const { state: opened } = readDrawing(again);
    // It is known by its picture before anybody has opened it.
    const small = sharp(readFileSync(thumbnailFile(again)));
    expect(await small.metadata()).toMatchObject({ width: opened.width, height: opened.height });
    expect(await small.ensureAlpha().raw().toBuffer()).toEqual(Buffer.from(pictureOf(opened, layers, 'paint').data));
    expect(opened.layers.map(({ title, opacity, visible }) => [title, Math.round(opacity * 100), visible])).toEqual([
      ['a', 50, true],
      ['Ink ünd', 100, false],
    ]);
    expect((await readLayer(again, opened.layers[0]!.id)).bytes).toEqual(Buffer.from(a.bytes));
  });

  it('carries modes, clipping, masks, groups and locked alpha: out, into another program, and in again', async () => {
    const modes = BLENDS.map((blend, i) => layer(`mode-${blend}`, { blend, opacity: 0.4 + i / 20, group: 'inner' }));
    const layers = [
      layer('base', { alphaLocked: true, mask: { id: 'base-mask', on: true } }),
      layer('clipped', { clipped: true, blend: 'multiply', locked: true }),
      layer('in-clipped', { group: 'clipped-group' }),
      layer('clipped-group', { role: 'group', clipped: true, blend: 'multiply', opacity: 0.8 }),
      ...modes,
      layer('inner', { role: 'group', blend: 'overlay', opacity: 0.6, group: 'outer' }),
      layer('inside', { group: 'outer', mask: { id: 'inside-mask', on: false } }),
      layer('outer', { role: 'group', blend: 'through', opacity: 0.9, mask: { id: 'outer-mask', on: true } }),
    ];
    const wanted = begin({ layers, active: 'base', paper: '#f4e8d0' });
    const painted = surfacesOf(layers).map((id, i) => {
      const paint = region(i % 5, i % 7, 24, 20, i + 1);
      // The mask of the group hides only with black paint, which is how masks come back.
      if (id.endsWith('-mask')) for (let at = 0; at < paint.bytes.length; at += 4) paint.bytes.fill(0, at, at + 3);
      return { layer: id, region: paint };
    });
    await saveDrawing({ folder, state: wanted, thumbnail: null, pixels: painted });
    const file = await exportedPsd();

    // Another program.
    const bytes = readFileSync(file);
    const other = readByOthers(bytes);
    const frames = new Map<string, OtherFrame>();
    const look = (nodes: readonly OtherNode[]): void => {
      for (const node of nodes) {
        frames.set(node.name, node.layerFrame);
        look(node.children ?? []);
      }
    };
    look(other.children);
    const theirs = (id: string) => frames.get(id)!.layerProperties;
    expect(BLENDS.map((blend) => theirs(`mode-${blend}`).blendMode)).toEqual(
      'norm,mul ,scrn,over,lddg,dark,lite,sLit,colr,lum '.split(','),
    );
    expect(['inner', 'outer'].map((id) => theirs(id).additionalLayerProperties.lsct?.blendMode)).toEqual([
      'over',
      'pass',
    ]);
    expect(['base', 'clipped', 'clipped-group'].map((id) => theirs(id).clippingMask)).toEqual([0, 1, 1]);
    const byName = new Map(other.layers.map((each) => [each.name, each] as const));
    expect(byName.get('base')!.isTransparencyLocked).toBe(true);
    expect(byName.get('inside')!.maskData.flags.layerMaskDisabled).toBe(true);
    const hidden = painted.find((each) => each.layer === 'base-mask')!.region;
    expect([...(await byName.get('base')!.userMask())!].filter((_, i) => i % 4 === 0)).toEqual(
      Array.from({ length: 24 * 20 }, (_, i) => 255 - hidden.bytes[i * 4 + 3]!),
    );
    expect([...(await byName.get('mode-screen')!.composite(false, false))]).toEqual([
      ...painted.find((each) => each.layer === 'mode-screen')!.region.bytes,
    ]);

    // And back.
    const again = mkdtempSync(join(tmpdir(), 'drawing-'));
    folders.push(again);
    await importDrawing({ file, folder: again });
    const { state: opened, notes } = readDrawing(again);
    expect([notes, opened.paper]).toEqual([[], '#f4e8d0']);
    /** Without ids, which are new, and with opacity in the 255 steps that a file has. */
    const told = (list: readonly DrawingLayer[]) =>
      list.map((each) => ({
        ...{ ...each, id: '', opacity: Math.round(each.opacity * 255), mask: each.mask?.on ?? null },
        group: list.find(({ id }) => id === each.group)?.title ?? null,
      }));
    expect(told(opened.layers)).toEqual(told(layers));
    for (const { layer: id, region: paint } of painted) {
      const title = id.replace('-mask', '');
      const found = opened.layers.find((each) => each.title === title)!;
      const read = await readLayer(again, id.endsWith('-mask') ? found.mask!.id : found.id);
      expect({ ...read, bytes: [...read.bytes] }, id).toEqual({ ...paint, bytes: [...paint.bytes] });
    }
    const picture = async (from: string) => {
      const flat = { ...AS_PSD, format: 'png' } as const;
      const made = await exportDrawing({
        folder: from,
        model: null,
        height: null,
        options: flat,
        threads: 1,
        out: join(from, 'flat'),
      });
      return sharp(readFileSync(made.file)).raw().toBuffer();
    };
    const [first, second] = [await picture(folder), await picture(again)];
    // A file keeps opacity in 255 steps.
    expect(Math.max(...first.map((value, i) => Math.abs(value - second[i]!)))).toBeLessThanOrEqual(3);
  });

  it('that is cut short, too large or of an unknown kind is refused in one line', async () => {
    const header = (change: (view: DataView) => void): Uint8Array => {
      const bytes = new Uint8Array(40);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, 0x38425053);
      view.setUint16(4, 1);
      view.setUint16(12, 3);
      view.setUint32(14, 10);
      view.setUint32(18, 10);
      view.setUint16(22, 8);
      view.setUint16(24, 3);
      change(view);
      return bytes;
    };
    const whole = writePsd({
      ...{ width: 32, height: 32 },
      layers: [{ layer: layer('a'), region: region(0, 0, 32, 32), mask: null }],
    });
    await expect(openPsd(whole.slice(0, whole.length >> 2), 'x.psd')).rejects.toThrow('x.psd cannot be read');
    const large = header((view) => view.setUint32(14, 30000));
    await expect(openPsd(large, 'x.psd')).rejects.toThrow('10 x 30000 pixels');
    const strange = header((view) => view.setUint16(24, 5));
    await expect(openPsd(strange, 'x.psd')).rejects.toThrow('a PSD of a kind that is not known');
  });
});

describe('a picture that is brought in', () => {
  const picture = async (width: number, height: number): Promise<string> => {
    const file = join(folder, 'picture.png');
    await sharp({ create: { width, height, channels: 3, background: '#c04020' } })
      .composite([{ input: { create: { width: width >> 1, height: height >> 1, channels: 3, background: '#fff' } } }])
      .png()
      .toFile(file);
    return file;
  };
  it('is shrunk to fit, and lies in the middle', async () => {
    const { bytes, ...box } = await bringPicture({ file: await picture(400, 200), width: 100, height: 100 });
    expect(box).toEqual({ left: 0, top: 25, width: 100, height: 50 });
    expect(bytes).toHaveLength(100 * 50 * 4);
  });
  it('fills the frame as an example, so that the model sees it as large as what it learned from', async () => {
    await writePairs(folder, 1, 32);
    const example = await bringExample({ dataset: folder, heldOut: ['disc-000'], width: 64, height: 96 });
    expect(example).toMatchObject({ left: 0, top: 16, width: 64, height: 64 });
  });
  it('of 100 megapixels opens', async () => {
    const file = await picture(10_000, 10_000);
    expect(await bringPicture({ file, width: 64, height: 64 })).toMatchObject({ width: 64, height: 64 });
  }, 60_000);
  it('becomes black lines on nothing', async () => {
    const { bytes, width } = await bringLines({
      ...{ file: await picture(128, 128), width: 64, height: 64 },
      ...{ style: 'outline', strength: 0.5 },
    });
    const alphas = bytes.filter((_, i) => i % 4 === 3);
    expect(width).toBe(64);
    expect(Math.max(...alphas)).toBeGreaterThan(150);
    expect(alphas.filter((alpha) => alpha === 0).length).toBeGreaterThan(alphas.length / 2);
    expect(bytes.every((value, i) => i % 4 === 3 || value === 0)).toBe(true);
  });
});

describe('maps', () => {
  const dome = (wrap: boolean) => {
    const data = new Uint8Array(32 * 32 * 4).fill(255);
    for (let i = 0; i < 1024; i++) {
      const [x, y] = [(i % 32) - 15.5, Math.floor(i / 32) - 15.5];
      data.fill(Math.round(255 * Math.exp(-(x * x + y * y) / 60)), i * 4, i * 4 + 3);
    }
    return reliefOf({ width: 32, height: 32, data }, { invert: false, wrap });
  };
  const at = (map: Uint16Array, x: number, y: number): number[] => [
    ...map.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3),
  ];
  it('of normals lean away from a hill: red to the right, green up in OpenGL and down in DirectX', () => {
    const opengl = normalMap(dome(false), { convention: 'opengl', relief: 1 });
    const directx = normalMap(dome(false), { convention: 'directx', relief: 1 });
    expect(at(opengl, 20, 15)[0]).toBeGreaterThan(33_500);
    expect(at(opengl, 10, 15)[0]).toBeLessThan(32_000);
    expect(at(opengl, 15, 10)[1]).toBeGreaterThan(33_500); // above the hill it leans up
    expect(at(directx, 15, 10)[1]).toBeLessThan(32_000);
    expect(at(opengl, 0, 0)).toEqual([32768, 32768, 65535]);
  });
  it('of normals have length one', () => {
    const map = normalMap(dome(true), { convention: 'opengl', relief: 4 });
    for (let i = 0; i < map.length; i += 3) {
      const n = [0, 1, 2].map((c) => map[i + c]! / 32767.5 - 1);
      expect(Math.hypot(...n)).toBeCloseTo(1, 3);
    }
  });
  it('of height are brightness, inverted on demand, at 16 bits', () => {
    expect(heightMap(dome(false))[15 * 32 + 15]).toBeGreaterThan(64_000);
    const data = Uint8Array.of(255, 255, 255, 255);
    expect([...heightMap(reliefOf({ width: 1, height: 1, data }, { invert: true, wrap: false }))]).toEqual([0]);
  });
});

describe('an export', () => {
  const model = () => {
    const file = join(folder, 'model.onnx');
    writeFileSync(file, randomModel());
    return { file, title: 'Model', io: null };
  };
  const options = {
    format: 'png',
    what: 'result',
    normals: 'directx',
    relief: 1,
    invert: false,
    height: null,
  } as const;
  const corrected = async (): Promise<void> => {
    const wanted = begin({
      width: 48,
      height: 40,
      layers: [layer('a'), layer('fix', { role: 'correction' }), layer('ref', { role: 'reference' })],
    });
    const red = {
      left: 5,
      top: 6,
      width: 4,
      height: 4,
      bytes: new Uint8Array(64).map((_, i) => [255, 0, 0, 255][i % 4]!),
    };
    const pixels = [
      { layer: 'a', region: region(0, 0, 30, 30) },
      { layer: 'fix', region: red },
      { layer: 'ref', region: region(0, 0, 40, 40, 5) },
    ];
    await saveDrawing({ folder, state: wanted, thumbnail: null, pixels });
  };
  const make = (over: object) =>
    exportDrawing({
      folder,
      model: model(),
      height: null,
      options: { ...options, ...over },
      threads: 1,
      out: join(folder, 'out'),
    });

  it('of the result is the same picture at 8 bits, at 16 bits and as WebP, with the corrections', async () => {
    await corrected();
    const read = async (over: object) => {
      const { file } = await make(over);
      const image = sharp(readFileSync(file));
      const { depth, channels } = await image.metadata();
      return { depth, channels, data: await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer() };
    };
    const [eight, sixteen, webp] = [await read({}), await read({ format: 'png16' }), await read({ format: 'webp' })];
    expect([eight.depth, sixteen.depth, eight.channels]).toEqual(['uchar', 'ushort', 3]);
    expect([...eight.data.subarray((7 * 48 + 6) * 3, (7 * 48 + 6) * 3 + 3)]).toEqual([255, 0, 0]);
    expect(webp.data.equals(eight.data)).toBe(true);
    sixteen.data.forEach((value, i) => expect(Math.abs(value - eight.data[i]!)).toBeLessThanOrEqual(1));
  });
  it('of both is twice as wide, and as PSD has the drawing in a group', async () => {
    await corrected();
    expect(await sharp(readFileSync((await make({ what: 'both' })).file)).metadata()).toMatchObject({
      width: 96,
      height: 40,
    });
    const bytes = readFileSync((await make({ what: 'both', format: 'psd' })).file);
    const psd = readByOthers(bytes);
    expect(psd.children.map(({ name }) => name)).toEqual(['Corrections', 'Result', 'Drawing']);
  });
  it.each(['drawing', 'result', 'both'] as const)('of %s as PSD shows its layers as its picture does', async (what) => {
    const layers = [
      layer('a', { group: 'mixed' }),
      layer('fix', { role: 'correction', group: 'mixed' }),
      layer('mixed', { role: 'group', opacity: 0.6 }),
      layer('multiplied', { role: 'correction', blend: 'multiply' }),
      layer('ref', { role: 'reference' }),
    ];
    const pixels = ['a', 'fix', 'multiplied', 'ref'].map((id, i) => ({ layer: id, region: region(i, i, 30, 30, i) }));
    await saveDrawing({ folder, state: begin({ layers, paper: 'transparent' }), thumbnail: null, pixels });
    const file = join(folder, 'see-through.onnx');
    writeFileSync(file, randomModel({ channels: 4 }));
    const written = async (format: 'png' | 'psd') => {
      const args = {
        folder,
        height: null,
        threads: 1,
        options: { ...options, what, format },
        out: join(folder, 'out'),
      };
      return readFileSync((await exportDrawing({ ...args, model: { file, title: 'Model', io: null } })).file);
    };
    const { state: opened, layers: parts, notes } = await openPsd(await written('psd'), 'x.psd');
    expect(notes).toEqual([]);
    const png = sharp(await written('png'));
    const { width } = await png.metadata();
    const right = png.extract({ left: width - 32, top: 0, width: 32, height: 32 });
    const shown = await right.ensureAlpha().raw().toBuffer();
    const { data: seen } = pictureOf(opened, parts, 'paint');
    const light = (data: Uint8Array, i: number): number => (i % 4 === 3 ? data[i]! : (data[i]! * data[i | 3]!) / 255);
    shown.forEach((_, i) => expect(Math.abs(light(seen, i) - light(shown, i))).toBeLessThanOrEqual(2));
    expect(opened.paper).toBe('transparent');
  });
  it('of maps says its convention in the name, and a material has all three', async () => {
    await corrected();
    expect((await make({ what: 'normal' })).file).toMatch(/_normal_directx\.png$/);
    for (const [what, channels] of [
      ['height', 1],
      ['normal', 3],
    ] as const)
      for (const [format, depth] of [
        ['png', 'uchar'],
        ['png16', 'ushort'],
      ] as const)
        expect(await sharp(readFileSync((await make({ what, format })).file)).metadata()).toMatchObject({
          depth,
          channels,
        });
    const { file, bytes } = await make({ what: 'material' });
    expect(file).toMatch(/_material\.zip$/);
    expect(existsSync(file) && bytes > 1000).toBe(true);
    const names = readFileSync(file).toString('latin1');
    const title = basename(file, '_material.zip');
    for (const end of ['albedo', 'height', 'normal_directx']) expect(names).toContain(`${title}_${end}.png`);
    const png = await previewMap({
      folder,
      model: model(),
      height: null,
      options: { ...options, what: 'normal' },
      threads: 1,
      size: 24,
    });
    expect(await sharp(png).metadata()).toMatchObject({ width: 24, height: 20 });
  });
  it('of heights asks the model that tells them, where one is chosen', async () => {
    await corrected();
    const file = join(folder, 'height.onnx');
    writeFileSync(file, randomModel({ gives: 'height' }));
    const read = async (height: { file: string; title: string; io: null } | null) => {
      const args = {
        folder,
        model: model(),
        options: { ...options, what: 'height', format: 'png16' },
        threads: 1,
      } as const;
      const made = await exportDrawing({ ...args, height, out: join(folder, 'out') });
      return sharp(readFileSync(made.file)).raw({ depth: 'ushort' }).toBuffer();
    };
    const [told, light] = [await read({ file, title: 'Height', io: null }), await read(null)];
    expect(told.length).toBe(light.length);
    expect(told.equals(light)).toBe(false);
    await expect(read(model())).rejects.toThrow('does not tell the height of pictures');
  });
  it('without a model says what to do', async () => {
    await corrected();
    await expect(
      exportDrawing({ folder, model: null, height: null, options, threads: 1, out: join(folder, 'out') }),
    ).rejects.toThrow('Choose a model first');
  });
});
