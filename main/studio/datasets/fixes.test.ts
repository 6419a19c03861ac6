import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { HELD_OUT_FILE } from '../../engine/data/datasets.ts';
import { encodePng, probePicture } from '../../engine/pictures/pictures.ts';
import { inspectDataset, type Finding, type FindingKind, type FixKind } from '../doctor.ts';
import { applyFix, undoFix } from './fixes.ts';
import { describeDataset } from './describe.ts';
import { commonCrop } from './crop-pair.ts';
import { boxes } from './testing.ts';

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

const path = (...parts: string[]): string => place.path('set', ...parts);

/** Writes `n` sound pairs A/0.png, B/0.png, ... */
async function soundPairs(n: number): Promise<void> {
  for (let i = 0; i < n; i++)
    for (const [j, side] of ['A', 'B'].entries()) await encodePng(boxes(i + 1000 * j), path(side, `${i}.png`));
}

/** Every file of the dataset with what it holds. */
function everything(): Record<string, string> {
  const files = readdirSync(path(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }): [string, string] => [
        `${parentPath}/${name}`.slice(path().length + 1),
        readFileSync(`${parentPath}/${name}`, 'base64'),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function shifted(from: string, by: number): Promise<Buffer> {
  const moved = await sharp(readFileSync(from)).extend({ left: by, top: by, background: '#fff' }).png().toBuffer();
  return sharp(moved).extract({ left: 0, top: 0, width: 96, height: 96 }).png().toBuffer();
}

const asJpeg = (file: string): Promise<Buffer> =>
  sharp(readFileSync(path(file)))
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();

describe('applyFix on two sets', () => {
  it('leaves out one picture, pins a leak under its name, and takes both back', async () => {
    for (let i = 0; i < 4; i++)
      for (const [j, side] of ['trainA', 'trainB', 'testA'].entries())
        await encodePng(boxes(i + 1000 * j), path(side, `${i}.png`));
    copyFileSync(path('trainA', '2.png'), path('testA', 'copy.png'));
    writeFileSync(path('trainB', 'broken.png'), 'text');
    const before = everything();
    const { findings } = await inspectDataset(path());
    const one = (kind: FindingKind): Finding => findings.find((each) => each.kind === kind)!;
    const left = await applyFix(path(), one('unreadable'), 'leaveOut');
    expect(existsSync(path('left-out', 'trainB', 'broken.png'))).toBe(true);
    const pinned = await applyFix(path(), one('leak'), 'holdOut');
    expect(readFileSync(path(HELD_OUT_FILE), 'utf8')).toBe('A/2\n');
    expect((await inspectDataset(path())).findings.map(({ kind }) => kind)).not.toContain('leak');
    undoFix(path(), pinned.undo);
    undoFix(path(), left.undo);
    expect(everything()).toEqual(before);
  });
});

/** One row a fix of a finding: how it comes about in a dataset of ten sound pairs. */
const CASES: [FindingKind, FixKind, () => unknown][] = [
  ['unreadable', 'leaveOut', () => writeFileSync(path('A/1.png'), 'some text')],
  ['unmatched', 'leaveOut', () => encodePng(boxes(50), path('A/alone.png'))],
  [
    'unmatched',
    'rePair',
    async () => {
      await encodePng(boxes(50), path('A/Cup_Sketch-01.png'));
      await encodePng(boxes(51), path('B/cup 1 final.png'));
    },
  ],
  ['missized', 'crop', () => encodePng(boxes(60, 96, 48), path('B/3.png'))],
  ['missized', 'leaveOut', () => encodePng(boxes(60, 96, 48), path('B/3.png'))],
  ['oddSize', 'leaveOut', () => encodePng(boxes(60, 96, 48), path('B/3.png'))],
  ['duplicate', 'leaveOut', () => [5, 7].map((i) => copyFileSync(path('A/1.png'), path(`A/${i}.png`)))],
  ['duplicate', 'leaveOut', () => copyFileSync(path('A/1.png'), path('B/1.png'))],
  ['nearDuplicate', 'leaveOut', async () => writeFileSync(path('A/5.png'), await asJpeg('A/1.png'))],
  ['leak', 'leaveOut', () => leak()],
  ['leak', 'holdOut', () => leak()],
  [
    'misaligned',
    'leaveOut',
    async () => {
      for (const side of ['A', 'B']) await encodePng(boxes(70, 96, 96), path(side, 'm.png'));
      writeFileSync(path('B/m.png'), await shifted(path('A/m.png'), 10));
    },
  ],
];

/** Copies one picture into most of the pairs, so that it lies in both parts. */
function leak(): void {
  for (let i = 3; i < 10; i++) copyFileSync(path('A/2.png'), path(`A/${i}.png`));
}

const report = async (kind: FindingKind): Promise<Finding[]> =>
  (await inspectDataset(path())).findings.filter((finding) => finding.kind === kind);

describe('applyFix', () => {
  it.each(CASES)('%s: after %s the doctor finds it no more, and undo brings it back', async (kind, fix, spoil) => {
    await soundPairs(10);
    await spoil();
    const before = everything();
    const [finding] = await report(kind);
    expect(finding?.fixes).toContain(fix);
    const { changed, undo } = await applyFix(path(), finding!, fix);
    expect(changed).toBeGreaterThan(0);
    expect(await report(kind)).toEqual([]);
    undoFix(path(), JSON.parse(JSON.stringify(undo)));
    expect(everything()).toEqual(before);
    expect(await report(kind)).toEqual([finding]);
  });

  it('pairs again without renaming anything', async () => {
    await soundPairs(3);
    await encodePng(boxes(50), path('A/Cup_Sketch-01.png'));
    await encodePng(boxes(51), path('B/cup 1 final.png'));
    const [finding] = await report('unmatched');
    await applyFix(path(), finding!, 'rePair');
    expect(describeDataset(path()).pictures.map(({ sides }) => sides.join())).toContain(
      'A/Cup_Sketch-01.png,B/cup 1 final.png',
    );
    expect(readdirSync(path('A'))).toContain('Cup_Sketch-01.png');
  });

  it('leaves pairs out as pairs, keeps the first of copies, and deletes nothing', async () => {
    await soundPairs(6);
    copyFileSync(path('A/1.png'), path('A/5.png'));
    const [finding] = await report('duplicate');
    expect((await applyFix(path(), finding!, 'leaveOut')).changed).toBe(2);
    expect(readdirSync(path('left-out'), { recursive: true }).sort()).toEqual(['A', 'A/5.png', 'B', 'B/5.png']);
    expect(existsSync(path('A/1.png'))).toBe(true);
  });

  it('leaves side-by-side pictures out, and does not offer to crop them', async () => {
    for (let i = 0; i < 4; i++) await encodePng(boxes(i, 96, 48), path(`train/${i}.png`));
    await encodePng(boxes(9, 60, 48), path('train/wrong.png'));
    const [finding] = await report('missized');
    expect(finding!.fixes).toEqual(['leaveOut']);
    await applyFix(path(), finding!, 'leaveOut');
    expect(await report('missized')).toEqual([]);
  });

  it('does not take variants of one picture for duplicates', async () => {
    await soundPairs(3);
    for (const style of ['ink', 'pencil']) {
      await encodePng(boxes(style.length), path(`A/cup~${style}-50.png`));
      await encodePng(boxes(80), path(`B/cup~${style}-50.png`));
    }
    expect(await report('duplicate')).toEqual([]);
    copyFileSync(path('B/cup~ink-50.png'), path('B/0.png'));
    const [finding] = await report('duplicate');
    expect(finding!.files).toHaveLength(3);
    await applyFix(path(), finding!, 'leaveOut');
    expect(await report('duplicate')).toEqual([]);
  });

  it('refuses to hold out all pairs, and leaves held-out.txt as it was', async () => {
    await soundPairs(3);
    for (let i = 1; i < 3; i++) copyFileSync(path('A/0.png'), path(`A/${i}.png`));
    const [finding] = await report('leak');
    await expect(applyFix(path(), finding!, 'holdOut')).rejects.toThrow(/Nothing would be left to train/);
    expect(existsSync(path(HELD_OUT_FILE))).toBe(false);
  });

  it('crops to what both show: never a second picture in the way, and the originals are kept', async () => {
    await soundPairs(3);
    await encodePng(boxes(60, 96, 48), path('B/1.jpg'));
    renameSync(path('A/1.png'), path('A/1.jpg'));
    writeFileSync(path('B/1.png'), 'in the way');
    rmSync(path('B/1.png'));
    await encodePng(boxes(61), path('B/1.png')); // of the same name as 1.jpg, and so without a partner
    const [finding] = await report('missized');
    expect((await applyFix(path(), finding!, 'crop')).changed).toBe(1);
    expect(await probePicture(path('B/1.png'))).toMatchObject({ width: 48, height: 48, format: 'png' });
    expect(existsSync(path('left-out/originals/B/1.jpg'))).toBe(true);
    expect(existsSync(path('left-out/B/1.png'))).toBe(true);
  });

  it.each(['../outside.png', '/etc/hosts'])('touches nothing outside the dataset: %s', async (file) => {
    await soundPairs(2);
    writeFileSync(place.path('outside.png'), 'precious');
    const finding: Finding = { kind: 'unreadable', message: '', files: [file], fixes: [] };
    await expect(applyFix(path(), finding, 'leaveOut')).rejects.toThrow(/not in this dataset/);
    const undo = { moves: [], written: [file], texts: [] };
    expect(() => undoFix(path(), undo)).toThrow(/damaged/);
    expect(existsSync(place.path('outside.png'))).toBe(true);
  });

  it('takes nothing back when files have come or gone since', async () => {
    await soundPairs(3);
    const finding: Finding = { kind: 'unreadable', message: '', files: ['A/1.png'], fixes: [] };
    const { undo } = await applyFix(path(), finding, 'leaveOut');
    await encodePng(boxes(1), path('B/1.png'));
    expect(() => undoFix(path(), undo)).toThrow(/there is a new B\/1.png/);
    rmSync(path('B/1.png'));
    rmSync(path('left-out/A/1.png'));
    expect(() => undoFix(path(), undo)).toThrow(/left-out\/A\/1.png is gone/);
    expect(existsSync(path('left-out/B/1.png'))).toBe(true);
  });

  it('undoes what it has done when it fails in the middle', async () => {
    await soundPairs(3);
    mkdirSync(path('left-out'));
    writeFileSync(path('left-out/B'), 'a file where a folder must be');
    const before = everything();
    const finding: Finding = { kind: 'unreadable', message: '', files: ['A/1.png'], fixes: [] };
    await expect(applyFix(path(), finding, 'leaveOut')).rejects.toThrow(/Cannot change/);
    expect(everything()).toEqual(before);
  });
});

describe('commonCrop', () => {
  it.each([
    ['one wider', [96, 48], [48, 48], [24, 0, 48, 48], [0, 0, 48, 48], [48, 48]],
    ['both cut', [100, 80], [80, 100], [10, 0, 80, 80], [0, 10, 80, 80], [80, 80]],
    ['half the size', [512, 512], [256, 256], [0, 0, 512, 512], [0, 0, 256, 256], [256, 256]],
    ['twice the size, and cut', [1000, 1024], [512, 512], [0, 0, 1000, 1024], [6, 0, 500, 512], [500, 512]],
  ])('%s', (_, a, b, cropA, cropB, size) => {
    const sized = ([width, height]: number[]): { width: number; height: number } => ({
      width: width!,
      height: height!,
    });
    const common = commonCrop(sized(a), sized(b));
    const list = ({ left, top, width, height }: (typeof common)['a']): number[] => [left, top, width, height];
    expect([list(common.a), list(common.b), common.size]).toEqual([cropA, cropB, sized(size)]);
  });
});
