/**
 * A folder of 500 files of every kind that people have, through every door: what is read, what is left out and what is
 * passed over add up to 500 in each, and nothing that was put there is missing from the report.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePsdUint8Array } from 'ag-psd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isLitter } from '../main/engine/pictures/listing.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { invertingModel } from '../main/engine/testing/testing-onnx.ts';
import { importDataset } from '../main/studio/datasets/import.ts';
import { collectPictures } from '../main/studio/collect-pictures.ts';
import { describeDataset } from '../main/studio/datasets/describe.ts';
import { run } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';

const folder = temporary();
afterAll(() => folder.remove());
const path = (...parts: string[]): string => folder.path(...parts);

/** A picture that is not like any other. */
const picture = (i: number, side: number) => {
  const data = Uint8Array.from(
    { length: 16 * 16 * 3 },
    (_, at) => (at * (i + 3) * 7 + side * 90 + ((at * at) >> 3)) % 256,
  );
  return sharp(data, { raw: { width: 16, height: 16, channels: 3 } });
};
const bmp = async (i: number, side: number): Promise<Buffer> => {
  const raw = await picture(i, side).raw().toBuffer();
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(16, 18);
  head.writeInt32LE(-16, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  for (let at = 0; at < raw.length; at += 3) raw.subarray(at, at + 3).reverse();
  return Buffer.concat([head, raw]);
};
const ppm = async (i: number, side: number): Promise<Buffer> =>
  Buffer.concat([Buffer.from('P6 16 16 255\n'), await picture(i, side).raw().toBuffer()]);

/** One row a kind: how the two files of pair `i` are called, and what is in them. */
const KINDS: readonly ((
  i: number,
) => readonly [a: string, b: string, bytes: (i: number, side: number) => Promise<Buffer>])[] = [
  (i) => [`p${i}.png`, `p${i}.png`, (n, side) => picture(n, side).png().toBuffer()],
  (i) => [`j${i}.jpg`, `j${i}.jfif`, (n, side) => picture(n, side).jpeg().toBuffer()],
  (i) => [`Hero ${i}.PNG`, `hero ${i}.png`, (n, side) => picture(n, side).png().toBuffer()],
  (i) => [`${i}_A.webp`, `${i}_B.webp`, (n, side) => picture(n, side).webp().toBuffer()],
  (i) => [`é${i}.png`.normalize('NFC'), `é${i}.png`.normalize('NFD'), (n, side) => picture(n, side).png().toBuffer()],
  (i) => [`PICTUR~${i}.PNG`, `PICTUR~${i}.PNG`, (n, side) => picture(n, side).png().toBuffer()],
  (i) => [`b${i}.bmp`, `b${i}.bmp`, bmp],
  (i) => [`m${i}.ppm`, `m${i}.ppm`, ppm],
  (i) => [`t${i}.tif`, `t${i}.tif`, (n, side) => picture(n, side).tiff().toBuffer()],
  (i) => [`g${i}.gif`, `g${i}.gif`, (n, side) => picture(n, side).gif().toBuffer()],
  (i) => [`${'長'.repeat(60)}${i}.png`, `${'長'.repeat(60)}${i}.png`, (n, side) => picture(n, side).png().toBuffer()],
  (i) => [`no ending ${i}`, `no ending ${i}`, (n, side) => picture(n, side).png().toBuffer()],
];
const PAIRS = 228;
/** Damaged ones, each with a sound partner; and files that are no pictures. */
const BROKEN = 6;

beforeAll(async () => {
  for (const side of ['A', 'B']) mkdirSync(path('ds', side), { recursive: true });
  for (let i = 0; i < PAIRS; i++) {
    const [a, b, bytes] = KINDS[i % KINDS.length]!(i);
    writeFileSync(path('ds', 'A', a), await bytes(i, 0));
    writeFileSync(path('ds', 'B', b), await bytes(i, 1));
  }
  const whole = await picture(999, 0).png().toBuffer();
  for (let i = 0; i < BROKEN; i++) {
    writeFileSync(path('ds', 'A', `broken${i}.png`), i % 2 === 0 ? 'a web page' : whole.subarray(0, 60));
    writeFileSync(
      path('ds', 'B', `broken${i}.png`),
      await picture(300 + i, 1)
        .png()
        .toBuffer(),
    );
  }
  for (let i = 0; i < 8; i++)
    writeFileSync(
      path('ds', 'A', `alone${i}.png`),
      await picture(400 + i, 0)
        .png()
        .toBuffer(),
    );
  for (let i = 0; i < 8; i++) writeFileSync(path('ds', 'B', `notes${i}.txt`), 'no picture');
  for (let i = 0; i < 4; i++) symlinkSync('/nowhere', path('ds', 'A', `dead${i}.png`));
  const layered = {
    width: 4,
    height: 4,
    imageData: { width: 4, height: 4, data: new Uint8ClampedArray(64) },
    children: [],
  };
  for (let i = 0; i < 4; i++) writeFileSync(path('ds', `layers${i}.psd`), writePsdUint8Array(layered));
  for (const name of [
    '.DS_Store',
    '._p0.png',
    'Thumbs.db',
    'desktop.ini',
    'A/.DS_Store',
    'A/Thumbs.db',
    'B/.DS_Store',
    'B/desktop.ini',
  ])
    writeFileSync(path('ds', name), 'x');
  writeFileSync(path('other.onnx'), invertingModel());
}, 60_000);

const filesBelow = (at: string): string[] =>
  readdirSync(at, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(at, entry.name)) : [entry.name],
  );
const LITTER = 8;
const NOT_READ = 16;

it('has 500 files, 8 of which nobody put there', () => {
  const names = filesBelow(path('ds'));
  expect(names).toHaveLength(500);
  expect(names.filter(isLitter)).toHaveLength(LITTER);
});

it('is inspected: pictures of pairs, those alone, those unread and litter add up', async () => {
  const { status, events, done } = await run('inspect', path('ds'), '--json');
  expect(status).toBe(0);
  const summary = done as unknown as { pairs: number; pictures: number; notRead: number };
  const findings = events.filter(({ event }) => event === 'finding') as unknown as { kind: string; files: string[] }[];
  const count = (kind: string): number =>
    findings.filter((one) => one.kind === kind).flatMap(({ files }) => files).length;
  expect(summary).toMatchObject({ pairs: PAIRS + BROKEN, notRead: NOT_READ });
  expect(count('unmatched')).toBe(8);
  expect(count('unreadable')).toBe(BROKEN);
  expect(summary.pictures + count('unmatched') + summary.notRead + LITTER).toBe(500);
});

it('is imported: pairs that are taken, files that are left behind with why, and litter add up; names are kept', async () => {
  const taken = path('taken');
  const { count, skipped } = await importDataset({ sources: [path('ds')], folder: taken, title: 'Mixed' });
  expect(count).toBe(PAIRS);
  const { unmatched } = describeDataset(taken);
  expect(unmatched).toHaveLength(8); // without a partner, but taken along
  expect(count * 2 + unmatched.length + skipped.length + LITTER).toBe(500);
  expect(skipped.every(({ why }) => why.length > 10)).toBe(true);
  const lower = (name: string): string => name.replace(/\.\w+$/, (end) => end.toLowerCase());
  const names = (side: string): string[] => readdirSync(join(taken, side)).sort();
  expect(names('B')).toEqual(expect.arrayContaining(KINDS.map((kind, i) => lower(kind(i)[1]))));
});

it('is trained on, and what is not is said', async () => {
  const flags = ['--out', path('run'), '--size', '32', '--width', '2', '--steps', '2'];
  const { status, stderr, events } = await run('train', 'pix2pix', path('ds'), ...flags, '--json');
  expect(status, stderr).toBe(0);
  const opened = events.find(({ event }) => event === 'opened') as unknown as { train: number; heldOut: number };
  expect(opened.train + opened.heldOut).toBe(PAIRS + BROKEN);
  expect(stderr).toMatch(/16 files are not read/);
  expect(stderr).toMatch(/8 pictures have no partner/);
});

it('is translated: results, pictures that failed, files not read and litter add up', async () => {
  const { pictures, skipped } = await collectPictures([path('ds', 'A'), path('ds', 'B')]);
  const { status, stderr, done } = await run(
    'translate',
    path('other.onnx'),
    path('ds', 'A'),
    path('ds', 'B'),
    '--out',
    path('out'),
    '--json',
  );
  expect(status, stderr).toBe(0);
  const { n, failed } = done as unknown as { n: number; failed: number };
  expect(n + failed).toBe(pictures.length);
  expect(failed).toBe(BROKEN);
  expect(filesBelow(path('out'))).toHaveLength(n);
  // The PSDs and four of the litter lie beside the two folders.
  expect(n + failed + skipped.length + LITTER + 4).toBe(500);
  expect(readFileSync(join(path('out'), readdirSync(path('out'))[0]!)).length).toBeGreaterThan(0);
}, 120_000);
