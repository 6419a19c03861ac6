import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../models/graph/random.ts';
import { sharp } from '../engine/pictures/codecs.ts';
import { encodePng, type Picture } from '../engine/pictures/pictures.ts';
import { inspectDataset, type Finding, type FindingKind } from './doctor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maquette-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);

/** A picture of random coloured boxes: another for each seed. */
function boxes(seed: number, width = 48, height = 48, channels: 3 | 4 = 3): Picture {
  const random = new Random(seed, 'boxes');
  const data = new Uint8Array(width * height * channels).fill(255);
  for (let i = 0; i < 12; i++) {
    const [left, top] = [random.below(width), random.below(height)];
    const [right, bottom] = [left + random.below(width / 2), top + random.below(height / 2)];
    const colour = [random.below(256), random.below(256), random.below(256), 255].slice(0, channels);
    for (let y = top; y < Math.min(bottom, height); y++)
      for (let x = left; x < Math.min(right, width); x++) data.set(colour, (y * width + x) * channels);
  }
  return { width, height, channels, data };
}

/** Writes `n` sound pairs A/0.png, B/0.png, ... */
async function soundPairs(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    await encodePng(boxes(i), path(`A/${i}.png`));
    await encodePng(boxes(1000 + i), path(`B/${i}.png`));
  }
}

const ofKind = (findings: readonly Finding[], kind: FindingKind): Finding[] =>
  findings.filter((finding) => finding.kind === kind);
const filesOf = (findings: readonly Finding[], kind: FindingKind): string[][] =>
  ofKind(findings, kind).map(({ files }) => files);

describe('inspectDataset', () => {
  it('finds nothing in a sound dataset, and counts it', async () => {
    await soundPairs(10);
    const progress: number[] = [];
    const { findings, summary, layout } = await inspectDataset(folder, { onProgress: (done) => progress.push(done) });
    expect(findings).toEqual([]);
    expect(layout).toBe('folders');
    expect(summary).toEqual({
      ...{ pairs: 10, train: 9, heldOut: 1, pictures: 20, readable: 20, notRead: 0, alpha: 0 },
      sizes: [{ size: '48 x 48', count: 20 }],
    });
    expect(progress).toHaveLength(20);
  });

  it('knows of what kind a dataset is, also where nobody said it, and counts what that kind has', async () => {
    const write = async (...names: string[]): Promise<void> => {
      for (const [i, name] of names.entries()) await encodePng(boxes(i), path(name));
    };
    await write('plain/1.png', 'plain/2.png', 'plain/3.png');
    await write('trees/elm/1.png', 'trees/fir/2.png', 'trees/oak/3.png');
    await write('styles/trainA/1.png', 'styles/trainB/2.png', 'styles/trainB/3.png');
    const found = async (name: string) => {
      const { kind, findings, summary } = await inspectDataset(path(name));
      const { pairs, sets, labels } = summary;
      return { kind, pairs, sets, labels, findings };
    };
    const none = { pairs: undefined, sets: undefined, labels: undefined, findings: [] };
    expect(await found('plain')).toEqual({ ...none, kind: 'pictures' });
    expect(await found('trees')).toEqual({ ...none, kind: 'labelled', labels: ['elm', 'fir', 'oak'] });
    expect(await found('styles')).toEqual({ ...none, kind: 'sets', sets: { a: 1, b: 2 } });
  });

  it('misses labels, not partners, where pictures have labels', async () => {
    for (const [i, name] of ['1', '2', '3', 'alone'].entries()) await encodePng(boxes(i), path(`${name}.png`));
    writeFileSync(path('labels.csv'), 'file,label\n1.png,oak\n2.png,elm\n3.png,elm\n');
    const { findings } = await inspectDataset(folder);
    expect(findings).toMatchObject([
      { kind: 'unlabelled', message: '1 picture without a label; left out of training', files: ['alone.png'] },
    ]);
  });

  it('reports pictures that cannot be read, each with why', async () => {
    await soundPairs(4);
    writeFileSync(path('A/1.png'), 'some text');
    const whole = readFileSync(path('B/2.png'));
    writeFileSync(path('B/2.png'), whole.subarray(0, whole.length / 2));
    const { findings, summary } = await inspectDataset(folder);
    expect(filesOf(findings, 'unreadable')).toEqual([['A/1.png'], ['B/2.png']]);
    expect(ofKind(findings, 'unreadable').map(({ message }) => message)).toEqual([
      expect.stringMatching(/not a picture/),
      expect.stringMatching(/damaged or cut short/),
    ]);
    expect([summary.pictures, summary.readable]).toEqual([8, 6]);
  });

  it('reports what has no partner, a partner of another size, an odd size, or a wrong name', async () => {
    await soundPairs(5);
    await encodePng(boxes(50), path('A/alone.png'));
    await encodePng(boxes(51, 96, 48), path('B/3.png'));
    writeFileSync(
      path('A/4.png'),
      await sharp(readFileSync(path('A/4.png')))
        .jpeg()
        .toBuffer(),
    );
    const { findings } = await inspectDataset(folder);
    expect(filesOf(findings, 'unmatched')).toEqual([['A/alone.png']]);
    expect(filesOf(findings, 'missized')).toEqual([['A/3.png', 'B/3.png']]);
    expect(filesOf(findings, 'oddSize')).toEqual([['B/3.png']]);
    expect(filesOf(findings, 'misnamed')).toEqual([['A/4.png']]);
  });

  it('without a common size, takes those far from the middle as odd', async () => {
    for (const [i, side] of [40, 44, 48, 52, 200].entries())
      for (const [j, part] of ['A', 'B'].entries())
        await encodePng(boxes(10 * i + j, side, side), path(`${part}/${i}.png`));
    const { findings, summary } = await inspectDataset(folder);
    expect(filesOf(findings, 'oddSize')).toEqual([['A/4.png', 'B/4.png']]);
    expect(summary.sizes[0]).toEqual({ size: '200 x 200', count: 2 });
  });

  it('finds duplicates, and near ones: saved again as JPEG, at another size', async () => {
    await soundPairs(8);
    copyFileSync(path('A/1.png'), path('A/5.png'));
    await encodePng(boxes(77, 192, 192), path('B/6.png'));
    writeFileSync(
      path('B/2.png'),
      await sharp(readFileSync(path('B/6.png')))
        .resize(150, 150)
        .jpeg({ quality: 70 })
        .toBuffer(),
    );
    const { findings } = await inspectDataset(folder, { holdout: 0 });
    expect(filesOf(findings, 'duplicate')).toEqual([['A/1.png', 'A/5.png']]);
    expect(filesOf(findings, 'nearDuplicate')).toEqual([['B/2.png', 'B/6.png']]);
    expect(filesOf(findings, 'leak')).toEqual([]);
  });

  it('finds pictures that are in both parts, by the split that train would make', async () => {
    await soundPairs(6);
    for (let i = 1; i < 6; i++) copyFileSync(path('A/0.png'), path(`A/${i}.png`));
    const { findings } = await inspectDataset(folder);
    expect(filesOf(findings, 'leak')).toEqual([[0, 1, 2, 3, 4, 5].map((i) => `A/${i}.png`)]);
  });

  it('looks at side-by-side pictures: their shape, their halves, and val/ against train/', async () => {
    const files = ['train/1.png', 'train/2.png', 'train/3.png', 'val/1.png'];
    for (const [i, file] of files.entries()) await encodePng(boxes(i, 96, 48), path(file));
    await encodePng(boxes(9, 60, 48), path('train/wrong.png'));
    mkdirSync(dirname(path('val/2.png')), { recursive: true });
    writeFileSync(
      path('val/2.png'),
      await sharp(readFileSync(path('train/2.png')))
        .png({ palette: true })
        .toBuffer(),
    );
    const { findings, summary, layout } = await inspectDataset(folder);
    expect(layout).toBe('sideBySide');
    expect(summary).toMatchObject({ pairs: 6, train: 4, heldOut: 2, pictures: 6 });
    expect(filesOf(findings, 'missized')).toEqual([['train/wrong.png']]);
    expect(filesOf(findings, 'nearDuplicate')).toEqual([['train/2.png', 'val/2.png']]);
    expect(filesOf(findings, 'leak')).toEqual([['train/2.png', 'val/2.png']]);
  });

  it('looks at two sets apart: sizes and likenesses within each, leaks into what is held out', async () => {
    for (let i = 0; i < 6; i++) {
      await encodePng(boxes(i), path(`trainA/${i}.png`));
      await encodePng(boxes(1000 + i, 96, 96), path(`trainB/${i}.png`));
    }
    await encodePng(boxes(50), path('testA/x.png'));
    copyFileSync(path('trainA/3.png'), path('testA/y.png'));
    copyFileSync(path('trainA/1.png'), path('trainB/of-a.png'));
    writeFileSync(path('trainB/broken.png'), 'text');
    const { findings, summary, layout } = await inspectDataset(folder);
    expect(layout).toBe('sets');
    expect(summary).toMatchObject({ sets: { a: 8, b: 8 }, train: 13, heldOut: 3, pictures: 16, readable: 15 });
    expect(filesOf(findings, 'unreadable')).toEqual([['trainB/broken.png']]);
    expect(filesOf(findings, 'oddSize')).toEqual([['trainB/of-a.png']]);
    expect(filesOf(findings, 'leak')).toEqual([['testA/y.png', 'trainA/3.png']]);
    expect(filesOf(findings, 'duplicate')).toEqual(
      expect.arrayContaining([
        ['testA/y.png', 'trainA/3.png'],
        ['trainA/1.png', 'trainB/of-a.png'],
      ]),
    );
    for (const kind of ['missized', 'misaligned', 'unmatched', 'nearDuplicate'] as const)
      expect(filesOf(findings, kind)).toEqual([]);
  });

  it('looks at finished art as what it is: no partners are missed, what is broken is named', async () => {
    for (let i = 0; i < 12; i++) await encodePng(boxes(i), path(`pictures/${i}.png`));
    copyFileSync(path('pictures/3.png'), path('pictures/again.png'));
    const whole = readFileSync(path('pictures/5.png'));
    writeFileSync(path('pictures/5.png'), whole.subarray(0, whole.length / 2));
    writeFileSync(path('pictures/notes.txt'), 'text');
    const { findings, summary, layout } = await inspectDataset(folder);
    expect(layout).toBe('pictures');
    expect(summary).toMatchObject({ train: 12, heldOut: 1, pictures: 13, readable: 12, notRead: 1 });
    expect(findings.map(({ kind, files }) => [kind, ...files])).toEqual([
      ['unreadable', 'pictures/5.png'],
      ['notRead', 'pictures/notes.txt'],
      ['duplicate', 'pictures/3.png', 'pictures/again.png'],
    ]);
    expect(findings[0]!.message).toMatch(/^pictures\/5.png cannot be read/);
  });

  it('counts alpha', async () => {
    await soundPairs(3);
    await encodePng(boxes(1001, 48, 48, 4), path('B/1.png'));
    const { findings, summary } = await inspectDataset(folder);
    expect(summary.alpha).toBe(1);
    expect(ofKind(findings, 'alpha')).toEqual([
      {
        kind: 'alpha',
        message: expect.stringMatching(/^1 picture with alpha: a training in RGBA keeps it/) as string,
        files: ['B/1.png'],
        fixes: [],
      },
    ]);
  });

  it('looks at a single pair, and refuses what is no dataset', async () => {
    await soundPairs(1);
    expect((await inspectDataset(folder)).summary).toMatchObject({ pairs: 1, train: 1, heldOut: 0 });
    await expect(inspectDataset(path('nowhere'))).rejects.toThrow(/nowhere: it does not exist/);
  });
});
