/**
 * Sample datasets, made from packages that we ship: what a newcomer trains on first, and what the demo and the
 * benchmarks use. One row a sample. Files that are there already are kept, so a run that was cut off goes on.
 */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Style } from '@dicebear/core';
import type { Sharp } from 'sharp';
import { z } from 'zod';
import { LABELS_FILE } from '../engine/data/labelled.ts';
import { rasteriseOwnSvg, sharp } from '../engine/pictures/codecs.ts';
import { counted } from '../counted.ts';
import { UserError } from '../errors.ts';
import { ensureWritableFolder, writeAtomic } from '../files.ts';
import { mapPool } from '../pool.ts';
import {
  ADVENTURERS_LICENCES,
  CHARACTERS_LICENCES,
  MATERIALS_LICENCES,
  PORTRAITS_LICENCES,
  PROPS_LICENCES,
  RENDERS_LICENCES,
} from './licences.ts';
import { material, type Material } from './materials.ts';

export interface SampleOptions {
  /** How many things (pairs, or pictures of each set): an evenly spread part, the same each time. All when not given. */
  count?: number;
  onProgress?: (done: number, total: number) => void;
}

/** One thing of a sample: its name, and the files (relative to the dataset) that it is written to. */
interface Item {
  name: string;
  /** What labels.csv says of it, by trait. */
  traits?: Readonly<Record<string, string>>;
  files: { path: string; draw: () => Promise<Buffer> }[];
}

interface Sample {
  says: string;
  /** Its things; where there is no end to them, so many. */
  items: (count: number | undefined) => Item[] | Promise<Item[]>;
  licences: string;
  /** The text of its labels.csv. */
  labels?: (items: readonly Item[]) => string;
}

const SAMPLES: Record<string, Sample> = {
  renders: {
    says: 'flat drawings (A) and renders (B) of things, faces, animals and food, with alpha, 256 px',
    items: () => emojiItems(FLAT, (svg) => svgPng(svg, 4), { codeOf: bareCode, thingOf: ({ body }) => body }),
    licences: RENDERS_LICENCES,
  },
  props: {
    says: 'ink drawings (A) and renders (B) of things, faces, animals and food, 256 px',
    items: () => emojiItems(INK, inkPng, { codeOf: (code) => code, thingOf: (_icon, name) => name }),
    licences: PROPS_LICENCES,
  },
  portraits: {
    says: 'two sets that do not belong together: ink portraits (trainA) and coloured ones (trainB), 256 px',
    items: portraitItems,
    licences: PORTRAITS_LICENCES,
  },
  characters: {
    says: 'characters of one style, any number of them, with labels for their hair, skin and expression, 256 px',
    items: (count = CHARACTERS) => characterItems('toon-head', count),
    licences: CHARACTERS_LICENCES,
    labels: labelsOf,
  },
  adventurers: {
    says: 'characters of another style, any number of them, with labels for their skin and hair, 256 px',
    items: (count = CHARACTERS) => characterItems('adventurer', count),
    licences: ADVENTURERS_LICENCES,
    labels: labelsOf,
  },
  materials: {
    says: 'drawings (A) and textures (B) of bricks, tiles, planks and stones that go on across their borders, any number, 256 px',
    items: (count = MATERIALS) =>
      materialItems(count, ({ drawing, texture }) => ({ A: rgb(drawing), B: rgb(texture) })),
    licences: MATERIALS_LICENCES,
  },
  heights: {
    says: 'the textures of the materials (A) and how high each place of them is, as grey (B), any number, 256 px',
    items: (count = MATERIALS) => materialItems(count, ({ texture, height }) => ({ A: rgb(texture), B: grey(height) })),
    licences: MATERIALS_LICENCES,
  },
};

/** The samples that there are, with a line about each. */
export const SAMPLE_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SAMPLES).map(([name, { says }]) => [name, says]),
);

/**
 * Writes a sample dataset into the folder `out`.
 * @returns how many things the sample has there now, and how many files were written
 * @throws UserError for an unknown name, an impossible count, or a folder that cannot be written
 */
export async function writeSample(
  name: string,
  out: string,
  { count, onProgress }: SampleOptions = {},
): Promise<{ items: number; written: number }> {
  const sample = Object.hasOwn(SAMPLES, name) ? SAMPLES[name] : undefined;
  if (!sample) throw new UserError(`There is no sample "${name}": choose one of ${Object.keys(SAMPLES).join(', ')}`);
  const items = spread(await sample.items(count), count, name);
  ensureWritableFolder(out);
  writeAtomic(join(out, 'LICENSES.md'), [sample.licences]);
  if (sample.labels) writeAtomic(join(out, LABELS_FILE), [sample.labels(items)]);
  let written = 0;
  let done = 0;
  // libuv has four threads for sharp; a few more keep them fed while finished pictures are written.
  await mapPool(items, 6, async ({ files }) => {
    for (const { path, draw } of files) {
      if (existsSync(join(out, path))) continue;
      writeAtomic(join(out, path), [await draw()]);
      written++;
    }
    onProgress?.(++done, items.length);
  });
  return { items: items.length, written };
}

/** `count` of the items at even distances. @throws UserError */
function spread<T>(items: readonly T[], count: number | undefined, name: string): T[] {
  const wanted = count ?? items.length;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > items.length)
    throw new UserError(
      `The sample ${name} has ${counted(items.length, 'thing', 'things')}: give a count from 1 to ${items.length}`,
    );
  return Array.from({ length: wanted }, (_, i) => items[Math.floor((i * items.length) / wanted)]!);
}

const SIZE = 256;
const FLAT = '@iconify-json/fluent-emoji-flat';
const INK = '@iconify-json/fluent-emoji-high-contrast';
const RENDERS = '@lobehub/fluent-emoji-3d';

const iconsSchema = z.object({
  width: z.number(),
  height: z.number(),
  icons: z.record(z.string(), z.object({ body: z.string() })),
});
const charsSchema = z.record(z.string(), z.string());

/** A code point without its variation selectors, which one package writes where another does not. */
const bareCode = (code: string): string => code.replaceAll('-fe0f', '');
/** One thing in five colours of skin would be a twin in the held-out part of what was learned from: only the yellow. */
const SKIN_TONE = /1f3f[b-f]/;

interface EmojiJoin {
  codeOf: (code: string) => string;
  /** What is the same for twins, of which one is enough: one drawing under two names, or one name under two codes. */
  thingOf: (icon: { body: string }, name: string) => string;
}

/** Drawings and renders of the same code points, by name. */
function emojiItems(pack: string, draw: (svg: string) => Promise<Buffer>, { codeOf, thingOf }: EmojiJoin): Item[] {
  const require = createRequire(import.meta.url);
  const { icons, width, height } = iconsSchema.parse(require(`${pack}/icons.json`));
  const chars = Object.entries(charsSchema.parse(require(`${pack}/chars.json`)));
  const names = new Map(chars.map(([code, name]) => [codeOf(code), name]));
  const assets = join(dirname(require.resolve(`${RENDERS}/package.json`)), 'assets');
  const items = new Map<string, Item>();
  for (const file of readdirSync(assets).sort()) {
    const code = basename(file, '.webp');
    const name = names.get(codeOf(code));
    const icon = name === undefined || SKIN_TONE.test(code) ? undefined : icons[name];
    if (name === undefined || !icon) continue; // a render (a flag, say) that has no drawing
    const thing = thingOf(icon, name);
    if (items.has(thing)) continue;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" color="#000" viewBox="0 0 ${width} ${height}" width="${SIZE}" height="${SIZE}">${icon.body}</svg>`;
    items.set(thing, {
      name,
      files: [
        { path: `A/${name}.png`, draw: () => draw(svg) },
        { path: `B/${name}.png`, draw: () => renderPng(join(assets, file)) },
      ],
    });
  }
  return [...items.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const PORTRAITS = 1000;

/** Characters that DiceBear draws from seeds. Each item is an ink portrait and a coloured one, of different people. */
async function portraitItems(): Promise<Item[]> {
  const [{ createAvatar }, lorelei, adventurer] = await Promise.all([
    import('@dicebear/core'),
    import('@dicebear/lorelei'),
    import('@dicebear/adventurer'),
  ]);
  return Array.from({ length: PORTRAITS }, (_, i): Item => {
    const number = String(i + 1).padStart(4, '0');
    const ink = (): Promise<Buffer> => inkPng(createAvatar(lorelei, { seed: `ink ${number}` }).toString());
    // Mirrored, so that both sets look the same way.
    const colour = (): Promise<Buffer> =>
      colourPng(createAvatar(adventurer, { seed: `colour ${number}`, flip: true }).toString());
    return {
      name: number,
      files: [
        { path: `trainA/ink-${number}.png`, draw: ink },
        { path: `trainB/colour-${number}.png`, draw: colour },
      ],
    };
  });
}

/** How many characters a sample has where nobody says. */
const CHARACTERS = 1000;

/** A style that DiceBear draws characters in from seeds, and what is said of one by the options that it was drawn with. */
interface CharacterStyle {
  load: () => Promise<Style<object>>;
  traits: (options: Readonly<Record<string, unknown>>) => Record<string, string>;
}

/** An option that was drawn with, in words. */
const named = (names: Readonly<Record<string, string>>, value: unknown): string =>
  typeof value === 'string' ? (names[value] ?? value) : 'none';

const CHARACTER_STYLES: Record<'toon-head' | 'adventurer', CharacterStyle> = {
  'toon-head': {
    load: () => import('@dicebear/toon-head'),
    traits: ({ hair, skinColor, mouth }) => ({
      hair: named({ sideComed: 'combed' }, hair),
      skin: named(
        { '#f1c3a5': 'light', '#c68e7a': 'rosy', '#b98e6a': 'tan', '#a36b4f': 'brown', '#5c3829': 'dark' },
        skinColor,
      ),
      expression: named({ laugh: 'laughing', agape: 'astonished', smile: 'smiling' }, mouth),
    }),
  },
  adventurer: {
    load: () => import('@dicebear/adventurer'),
    traits: ({ hair, skinColor }) => ({
      skin: named({ '#f2d3b1': 'light', '#ecad80': 'tan', '#9e5622': 'brown', '#763900': 'dark' }, skinColor),
      hair: named({}, hair).replace(/\d+$/, ''),
    }),
  },
};

/** Characters with their traits, each from its number: the first of few and of many are the same. */
async function characterItems(name: keyof typeof CHARACTER_STYLES, count: number): Promise<Item[]> {
  const { load, traits } = CHARACTER_STYLES[name];
  const [{ createAvatar }, style] = await Promise.all([import('@dicebear/core'), load()]);
  return numbered(count, 'characters', (number): Item => {
    const drawn = createAvatar(style, { seed: `character ${number}` });
    return {
      name: number,
      traits: traits(drawn.toJson().extra),
      files: [{ path: `${number}.png`, draw: () => colourPng(drawn.toString()) }],
    };
  });
}

/** What a sample without an end has, each made from its number. @throws UserError for an impossible count */
function numbered(count: number, what: string, item: (number: string) => Item): Item[] {
  if (!Number.isInteger(count) || count < 1 || count > 99_999)
    throw new UserError(`Give a count of ${what} from 1 to 99999`);
  return Array.from({ length: count }, (_, i) => item(String(i + 1).padStart(5, '0')));
}

/** How many materials a sample has where nobody says. */
const MATERIALS = 600;

/** Two of the pictures of each material. */
const materialItems = (count: number, pair: (made: Material) => { A: Sharp; B: Sharp }): Item[] =>
  numbered(count, 'materials', (number) => {
    const drawn = (side: 'A' | 'B'): Promise<Buffer> => {
      const made = pair(material(Number(number), SIZE));
      return made[side].png({ compressionLevel: 6 }).toBuffer();
    };
    return {
      name: number,
      files: (['A', 'B'] as const).map((side) => ({ path: `${side}/${number}.png`, draw: () => drawn(side) })),
    };
  });

const rgb = (data: Uint8Array): Sharp => sharp(data, { raw: { width: SIZE, height: SIZE, channels: 3 } });
const grey = (data: Uint8Array): Sharp =>
  sharp(data, { raw: { width: SIZE, height: SIZE, channels: 1 } }).toColourspace('b-w');

/** A labels.csv of the items' traits. */
function labelsOf(items: readonly Item[]): string {
  const traits = Object.keys(items[0]!.traits!);
  const rows = items.map(({ files, traits: of }) => [files[0]!.path, ...traits.map((trait) => of![trait]!)]);
  return [['file', ...traits], ...rows].map((row) => `${row.join(',')}\n`).join('');
}

/** Black ink on opaque white. */
const inkPng = (svg: string): Promise<Buffer> => svgPng(svg, 1);
/** Colours on opaque white. */
const colourPng = (svg: string): Promise<Buffer> => svgPng(svg, 3);

async function svgPng(svg: string, channels: 1 | 3 | 4): Promise<Buffer> {
  const shape = { width: SIZE, height: SIZE, channels };
  return sharp(await rasteriseOwnSvg(svg, shape), { raw: shape })
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** The render with its alpha. */
async function renderPng(file: string): Promise<Buffer> {
  return sharp(await readFile(file))
    .resize(SIZE, SIZE, { fit: 'contain', background: '#0000' })
    .png({ compressionLevel: 3 })
    .toBuffer();
}
