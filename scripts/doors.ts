/**
 * `npm run doors`: the pictures of the first screen's doors, into renderer/public/doors/, from what Maquette brings along:
 * the examples and pictures of the starters, an upscaler, and materials of our own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { ROOT } from '../main/root.ts';
import { material } from '../main/studio/materials.ts';
import { starterExamples, starterFile } from '../main/studio/starters.ts';

const [WIDTH, HEIGHT] = [400, 240];
const OUT = join(ROOT, 'renderer', 'public', 'doors');
/** Squares of a grid. */
const CELL = 80;

interface Placed {
  input: Buffer;
  left: number;
  top: number;
}

async function write(name: string, placed: readonly Placed[]): Promise<void> {
  const paper = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#fff' } });
  writeFileSync(
    join(OUT, `${name}.webp`),
    await paper
      .composite([...placed])
      .webp({ quality: 84 })
      .toBuffer(),
  );
}

/** So many squares that fill the picture, each asked for by its column and row. */
async function grid(cell: (column: number, row: number) => Promise<Buffer>): Promise<Placed[]> {
  const all: Promise<Placed>[] = [];
  for (let row = 0; row < HEIGHT / CELL; row++)
    for (let column = 0; column < WIDTH / CELL; column++)
      all.push(cell(column, row).then((input) => ({ input, left: column * CELL, top: row * CELL })));
  return Promise.all(all);
}

const example = (side: 'A' | 'B', name: string): string => starterFile('render', 'examples', side, `${name}.webp`);
const fitted = (file: string, side: number): Promise<Buffer> =>
  sharp(readFileSync(file)).resize(side, side, { fit: 'contain', background: '#fff0' }).png().toBuffer();

mkdirSync(OUT, { recursive: true });

const names = starterExamples('render');
const side = 176;
const top = (HEIGHT - side) / 2;
await write('draw', [
  { input: await fitted(example('A', 'fox'), side), left: 14, top },
  { input: await fitted(example('B', 'fox'), side), left: WIDTH - side - 14, top },
]);

// What is still drawn at the upper left is done at the lower right.
await write(
  'restyle',
  await grid((column, row) => {
    const { drawing, texture } = material(7 * row + 3 * column + 2, CELL);
    const data = column + row < 3 ? drawing : texture;
    return sharp(data, { raw: { width: CELL, height: CELL, channels: 3 } })
      .png()
      .toBuffer();
  }),
);

// Left of the middle as it was, every pixel a square; right of it as the upscaler makes it.
const small = sharp(readFileSync(example('B', 'crab')))
  .flatten({ background: '#fff' })
  .resize(HEIGHT / 4, HEIGHT / 4, { kernel: 'cubic' });
const folder = mkdtempSync(join(tmpdir(), 'doors-'));
const file = join(folder, 'crab.png');
writeFileSync(file, await small.png().toBuffer());
const args = ['upscale', file, '--model', 'art-4x', '--factor', '4', '--out', join(folder, 'large')];
const { status } = spawnSync(process.execPath, [join(ROOT, 'bin', 'maquette.js'), ...args], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const [before, after] = await Promise.all([
  sharp(readFileSync(file))
    .resize(HEIGHT, HEIGHT, { kernel: 'nearest' })
    .extract({ left: 0, top: 0, width: HEIGHT / 2, height: HEIGHT })
    .png()
    .toBuffer(),
  sharp(readFileSync(join(folder, 'large', 'crab.png')))
    .extract({ left: HEIGHT / 2, top: 0, width: HEIGHT / 2, height: HEIGHT })
    .png()
    .toBuffer(),
]);
await write('upscale', [
  { input: before, left: WIDTH / 2 - HEIGHT / 2, top: 0 },
  { input: after, left: WIDTH / 2, top: 0 },
]);

rmSync(folder, { recursive: true });

const faces = sharp(readFileSync(starterFile('characters', 'picture.png'))).resize(WIDTH, HEIGHT, {
  fit: 'cover',
  position: 'left top',
});
await write('explore', [{ input: await faces.png().toBuffer(), left: 0, top: 0 }]);

await write(
  'train',
  await grid((column, row) => fitted(example('B', names[(row * 5 + column) % names.length]!), CELL)),
);
