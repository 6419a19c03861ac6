/**
 * `npm run starters`: what the models that Maquette brings along make, for the documents: docs/images/starter-<id>.webp, of
 * the examples that none of them learned from, or of seeds. One without its `picture.png` gets that too.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listPairs } from '../main/engine/data/datasets.ts';
import { startRuntime } from '../main/engine/cpu/ort.ts';
import { usualThreads } from '../main/cores.ts';
import { Generator, seedAt, wishFor } from '../main/engine/inference/generator.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { decodePicture, fromPlanar, pngOf, toPlanar, type Picture } from '../main/engine/pictures/pictures.ts';
import { contactSheet } from '../main/engine/pictures/sheet.ts';
import { readModelFile } from '../main/engine/training/snapshot.ts';
import { openTranslator } from '../main/hosts/cli/models.ts';
import { ROOT } from '../main/root.ts';
import { readStarter, starterFile, starterIds, type Starter } from '../main/studio/starters.ts';

/** Of a sheet: rows, and how many examples stand beside each other. */
const [ROWS, GROUPS] = [3, 2];
/** The largest side of a picture on a sheet, in pixels. */
const MOST = 192;
/** Made pictures on a sheet: so many columns of so many. */
const MADE = { columns: 10, rows: 5 };
/** What `picture.png` measures, in pixels. */
const CARD = { width: 520, height: 256 };

/** What stands above the pictures of an example: none where there are no examples. */
const LABELS: Record<Starter['does'], readonly string[]> = {
  translate: ['drawing', 'result', 'truth'],
  height: ['texture', 'height', 'truth'],
  generate: [],
};

/** The inputs of the examples, what the model makes of each, and the truth. */
async function translated(id: string): Promise<Picture[][]> {
  const file = starterFile(id, 'model.onnx');
  const translator = openTranslator(file);
  const { width, height, channels } = translator;
  const open = (of: string): Promise<Picture> => decodePicture(of, { channels, width, height });
  const groups: Picture[][] = [];
  for (const { input, target } of listPairs(starterFile(id, 'examples')).pairs) {
    const picture = await open(input.file);
    const result = fromPlanar((await translator.run(toPlanar(picture))).slice(), width, height, channels);
    groups.push([picture, result, await open(target.file)]);
  }
  translator.release();
  return groups;
}

async function made(id: string): Promise<Picture[]> {
  const generator = new Generator(readModelFile(starterFile(id, 'model.onnx')).bytes, id);
  const all: Picture[] = [];
  for (let i = 0; i < MADE.columns * MADE.rows; i++)
    all.push(await generator.make(wishFor({ kind: 'seed', seed: seedAt(1, i) })));
  generator.release();
  return all;
}

/** Pictures in rows of so many. */
const inRows = <T>(all: readonly T[], columns: number): T[][] =>
  Array.from({ length: Math.floor(all.length / columns) }, (_, row) => all.slice(row * columns, (row + 1) * columns));

async function smaller(picture: Picture): Promise<Picture> {
  if (picture.width <= MOST) return picture;
  const { data, info } = await sharp(await pngOf(picture))
    .flatten({ background: '#fff' })
    .resize(MOST)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
}

/** Squares side by side on white, as the studio shows a model. */
async function card(squares: readonly Picture[], columns: number): Promise<Buffer> {
  const side = CARD.height / (squares.length / columns);
  const gap = (CARD.width - columns * side) / (columns - 1);
  const placed = squares.map(async (picture, i) => ({
    input: await sharp(await pngOf(picture))
      .flatten({ background: '#fff' })
      .resize(side, side)
      .toBuffer(),
    left: Math.round((i % columns) * (side + gap)),
    top: Math.floor(i / columns) * side,
  }));
  return sharp({ create: { ...CARD, channels: 4, background: '#fff' } })
    .composite(await Promise.all(placed))
    .png({ palette: true })
    .toBuffer();
}

startRuntime(usualThreads());
for (const id of starterIds()) {
  const labels = LABELS[readStarter(id).does];
  const translates = labels.length > 0;
  const groups = translates ? await translated(id) : [];
  const faces = translates ? [] : await made(id);
  const rows = translates
    ? inRows(groups.slice(0, ROWS * GROUPS), GROUPS).map((row) => row.flat())
    : inRows(faces, MADE.columns);
  const sheet = contactSheet(await Promise.all(rows.map((row) => Promise.all(row.map(smaller)))), {
    gap: 8,
    ...(translates && { labels: Array.from({ length: GROUPS }, () => labels).flat() }),
  });
  const webp = sharp(await pngOf(sheet)).webp({ quality: 82 });
  writeFileSync(join(ROOT, 'docs', 'images', `starter-${id}.webp`), await webp.toBuffer());
  const picture = starterFile(id, 'picture.png');
  if (existsSync(picture)) continue;
  const [a, b, c, d] = groups;
  const shown = translates
    ? [a![0]!, b![0]!, a![1]!, b![1]!, c![0]!, d![0]!, c![1]!, d![1]!]
    : inRows(faces.slice(0, 32), 8).flat();
  writeFileSync(picture, await card(shown, translates ? 4 : 8));
}
process.exit();
