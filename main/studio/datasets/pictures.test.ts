/** Thumbnails, sketches, and finding partners: what looks into pictures. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { openPairs, split } from '../../engine/data/datasets.ts';
import { decodePicture, encodePng, probePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { inspectDataset } from '../doctor.ts';
import { writeSample } from '../samples.ts';
import { sketchOf } from './drawing.ts';
import { LINE_STYLES, type LineName } from './line-styles.ts';
import { readManifest } from './manifest.ts';
import { proposePairs } from './re-pair.ts';
import { makeSketches } from './sketches.ts';
import { everyWay } from './ways.ts';
import { boxes, rectangles } from './testing.ts';
import { thumbnail } from './thumbnail.ts';

const STYLES = Object.keys(LINE_STYLES) as LineName[];

let place: ReturnType<typeof temporary>;
let props: string;
let count = 0;
beforeAll(async () => {
  place = temporary();
  props = place.path('props');
  await writeSample('props', props, { count: 16 });
});
afterAll(() => place.remove());
beforeEach(() => {
  count++;
});

const path = (...parts: string[]): string => place.path(`test-${count}`, ...parts);
const prop = (side: 'A' | 'B', i: number): string => `${props}/${side}/${readdirSync(`${props}/${side}`).sort()[i]!}`;

describe('thumbnail', () => {
  const cache = (): string => path('cache');

  it('keeps alpha and colour, fits the square, and is made once', async () => {
    const file = path('wide.png');
    await encodePng(
      rectangles({ width: 400, height: 200, channels: 4 }, [{ left: 0, top: 0, width: 200, height: 200 }]),
      file,
    );
    const thumb = await thumbnail({ file, cache: cache() });
    const { info, data } = await sharp(readFileSync(thumb)).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 192, height: 96, channels: 4 });
    const at = (x: number): number[] => [...data.subarray((48 * 192 + x) * 4, (48 * 192 + x) * 4 + 4)];
    expect(at(150)[3]).toBe(0);
    expect(at(40)[3]).toBe(255);
    [200, 40, 40].forEach((value, c) => expect(Math.abs(at(40)[c]! - value)).toBeLessThan(12));
    const { mtimeMs } = statSync(thumb);
    expect(await thumbnail({ file, cache: cache() })).toBe(thumb);
    expect(statSync(thumb).mtimeMs).toBe(mtimeMs);
  });

  it('is another for a half, a size, and a changed picture; small pictures keep their size', async () => {
    const file = path('pair.png');
    await encodePng(boxes(1, 64, 32), file);
    const all = [await thumbnail({ file, cache: cache() })];
    for (const half of ['left', 'right'] as const) all.push(await thumbnail({ file, half, cache: cache() }));
    all.push(await thumbnail({ file, size: 16, cache: cache() }));
    utimesSync(file, 1, 1);
    all.push(await thumbnail({ file, cache: cache() }));
    expect(new Set(all).size).toBe(5);
    const sizes = await Promise.all(all.map(async (thumb) => sharp(readFileSync(thumb)).metadata()));
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [64, 32],
      [32, 32],
      [32, 32],
      [16, 8],
      [64, 32],
    ]);
    expect(readFileSync(all[1]!).equals(readFileSync(all[2]!))).toBe(false);
  });

  it('says what is wrong with a broken picture, and leaves nothing in the cache', async () => {
    const whole = readFileSync(prop('B', 0));
    const broken = { 'text.png': 'text', 'empty.png': '', 'cut.png': whole.subarray(0, whole.length / 2) };
    mkdirSync(path());
    for (const [name, content] of Object.entries(broken)) {
      writeFileSync(path(name), content);
      await expect(thumbnail({ file: path(name), cache: cache() })).rejects.toThrow(UserError);
    }
    await expect(thumbnail({ file: path('gone.png'), cache: cache() })).rejects.toThrow(UserError);
    expect(existsSync(cache())).toBe(false);
  });
});

describe('sketchOf', () => {
  /** The share of pixels that are ink, and of those that are clean paper. */
  async function tonesOf(png: Uint8Array): Promise<{ ink: number; paper: number }> {
    const data = await sharp(png).toColourspace('b-w').raw().toBuffer();
    const share = (test: (v: number) => boolean): number => data.filter(test).length / data.length;
    return { ink: share((v) => v < 128), paper: share((v) => v > 250) };
  }

  it.each(STYLES)('%s draws dark lines on white, more of them the stronger', async (style) => {
    const edges: number[] = [];
    for (const strength of [0, 1]) {
      let changes = 0;
      for (let i = 0; i < 3; i++) {
        const png = await sketchOf(prop('B', i), { style, strength });
        expect(await sharp(png).metadata()).toMatchObject({ width: 256, height: 256, channels: 3, format: 'png' });
        const { ink, paper } = await tonesOf(png);
        expect(ink).toBeGreaterThan(0.001);
        expect(ink).toBeLessThan(0.35);
        expect(paper).toBeGreaterThan(0.2);
        const data = await sharp(png).toColourspace('b-w').raw().toBuffer();
        for (let j = 1; j < data.length; j++) if (data[j]! < 200 !== data[j - 1]! < 200) changes++;
      }
      edges.push(changes);
    }
    expect(edges[1]).toBeGreaterThan(edges[0]!);
  });

  it.each(STYLES)('%s closes the silhouette of a thing with alpha', async (style) => {
    const file = path('thing.png');
    await encodePng(
      rectangles({ width: 128, height: 128, channels: 4 }, [{ left: 32, top: 32, width: 64, height: 64 }]),
      file,
    );
    for (const strength of [0, 0.5, 1]) {
      const grey = await sharp(await sketchOf(file, { style, strength }))
        .toColourspace('b-w')
        .raw()
        .toBuffer();
      // From the border, over paper, the ground must not reach the inside.
      const seen = new Set([0]);
      for (const i of seen)
        for (const next of [i - 1, i + 1, i - 128, i + 128])
          if (next >= 0 && next < grey.length && grey[next]! > 200) seen.add(next);
      expect(seen.has(64 * 128 + 64)).toBe(false);
    }
  });

  it('leaves an even picture blank, at any size', async () => {
    for (const [width, height] of [
      [1, 1],
      [3, 200],
      [1100, 200],
    ] as const) {
      const file = path(`${width}.png`);
      await encodePng({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(240) }, file);
      for (const style of STYLES) {
        const png = await sketchOf(file, { style, strength: 1 });
        expect(await sharp(png).metadata()).toMatchObject({ width, height });
        expect((await tonesOf(png)).ink).toBe(0);
      }
    }
  });

  it('knows its styles, and refuses a strength that is none', async () => {
    const style = 'ink';
    await expect(sketchOf(prop('B', 0), { style: 'toString' as LineName, strength: 1 })).rejects.toThrow(
      /choose one of ink/,
    );
    for (const strength of [-1, 2, Number.NaN])
      await expect(sketchOf(prop('B', 0), { style, strength })).rejects.toThrow(UserError);
  });
});

describe('makeSketches', () => {
  it('makes sound pairs, whose variants are held out together', async () => {
    writeFileSync(`${props}/held-out.txt`, `${openPairs(props).pairs[3]!.name}\n`);
    const options = { folder: props, out: path('drawn'), title: 'Drawn' };
    const progress: number[] = [];
    const onProgress = (done: number): number => progress.push(done);
    const result = await makeSketches({
      ...options,
      drawings: everyWay(['ink', 'outline'], [0.2, 0.8, 0.801]),
      onProgress,
    });
    expect(result).toEqual({ count: 64, skipped: [], notRead: [] });
    expect(progress).toHaveLength(16);
    const { pairs, unmatched } = openPairs(path('drawn'));
    expect([pairs.length, unmatched]).toEqual([64, []]);
    expect(pairs[0]!.name).toMatch(/-ink-20$/);
    expect(readManifest(path('drawn'))).toMatchObject({ title: 'Drawn', kind: 'pairs', from: 'props' });
    expect(await probePicture(pairs[0]!.input.file)).toEqual({
      width: 256,
      height: 256,
      hasAlpha: false,
      deep: false,
      format: 'png',
    });
    expect(statSync(pairs[0]!.target.file).nlink).toBe(5);
    const { train, heldOut } = split(pairs, 0.2, 1);
    expect(heldOut.length).toBe(12);
    expect(heldOut.filter(({ heldOut: pinned }) => pinned)).toHaveLength(4);
    const trained = new Set(train.map(({ source }) => source));
    expect(heldOut.filter(({ source }) => trained.has(source))).toEqual([]);
    expect((await inspectDataset(path('drawn'))).findings.map(({ kind }) => kind)).toEqual(['alpha']);
  });

  it('skips what is broken, and makes nothing of nothing', async () => {
    await encodePng(boxes(1), path('set/pictures/Zoë.png'));
    writeFileSync(path('set/pictures/broken.png'), 'text');
    const options = { folder: path('set'), title: 'x', drawings: everyWay(['pencil'], [0.5]) };
    const { count: made, skipped } = await makeSketches({ ...options, out: path('out') });
    expect([made, skipped.map(({ file }) => basename(file))]).toEqual([1, ['broken.png']]);
    expect(readdirSync(path('out/A'))).toEqual(['Zoë-pencil-50.png']);
    await expect(makeSketches({ ...options, out: path('out') })).rejects.toThrow(/exists already/);
    await expect(makeSketches({ ...options, out: path('two'), drawings: [] })).rejects.toThrow(/at least one style/);
    writeFileSync(path('set/pictures/Zoë.png'), 'text');
    await expect(makeSketches({ ...options, out: path('two') })).rejects.toThrow(/not a picture/);
    expect(readdirSync(path()).sort()).toEqual(['out', 'set']);
  });
});

describe('proposePairs', () => {
  const files = (...names: string[]): void => {
    for (const name of names) {
      mkdirSync(path('set', name[0]!), { recursive: true });
      writeFileSync(path('set', name), '');
    }
  };
  const proposed = async (): Promise<string[][]> => (await proposePairs(path('set'))).map(({ a, b }) => [a, b]);

  it('tells partners by what their names have in common, where they are not plainly partners', async () => {
    files('A/Cup_sketch.png', 'B/cup-COLOR.jpg', 'A/plan-a.png', 'B/plan-b.png', 'A/redHat.png', 'B/red_hat.png');
    files('A/IMG_0007.png', 'A/IMG_0012.png', 'B/scan 7.png', 'B/scan 12.png');
    expect(await proposed()).toEqual([
      ['A/IMG_0007.png', 'B/scan 7.png'],
      ['A/IMG_0012.png', 'B/scan 12.png'],
      ['A/redHat.png', 'B/red_hat.png'],
    ]);
  });

  it('proposes nothing where there is doubt', async () => {
    files(
      'A/cup sketch.png',
      'A/cup ink.png',
      'B/cup final.png',
      'A/x 3.png',
      'B/y 3.png',
      'A/sketch.png',
      'B/color.png',
    );
    expect(await proposed()).toEqual([]);
  });

  it('tells partners by their outlines, and is not wrong', async () => {
    const right = new Map<string, string>();
    for (const side of ['A', 'B'] as const) {
      mkdirSync(path('set', side), { recursive: true });
      for (let i = 0; i < 16; i++) {
        const name = `${side}/${side === 'A' ? 'one' : 'two'} ${'abcdefghijklmnop'[(i * (side === 'A' ? 3 : 5)) % 16]!}x.png`;
        writeFileSync(path('set', name), readFileSync(prop(side, i)));
        right.set(name, basename(prop(side, i)));
      }
    }
    const found = await proposePairs(path('set'));
    expect(found.length).toBeGreaterThan(4);
    for (const { a, b, by } of found) expect([by, right.get(a)]).toEqual(['likeness', right.get(b)]);
  });

  it('does not take pictures that fill their frames for alike', async () => {
    for (let i = 0; i < 3; i++)
      for (const side of ['A', 'B']) await encodePng(boxes(i, 64, 64), path('set', side, `${side}${'xyz'[i]!}q.png`));
    for (const side of ['A', 'B'])
      for (const name of readdirSync(path('set', side))) {
        const { data } = await decodePicture(path('set', side, name), { channels: 3 });
        for (let i = 0; i < 64; i++)
          for (const at of [i, 64 * 63 + i, i * 64, i * 64 + 63]) data.fill((i * 53) % 256, at * 3, at * 3 + 3);
        await encodePng({ width: 64, height: 64, channels: 3, data }, path('set', side, name));
      }
    renameSync(path('set/A/Axq.png'), path('set/A/other.png'));
    expect(await proposed()).toEqual([]);
  });
});
