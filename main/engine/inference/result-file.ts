/** Where results are written. Apart from what translates, so that the studio can ask without loading an engine. */
import { createHash, randomUUID } from 'node:crypto';
import { extname, join } from 'node:path';
import { ANIMATIONS, BEGINNING, beginningOf, countPictures, type AnimationFormat } from '../pictures/formats.ts';

/** A picture to be translated. */
export interface NamedPicture {
  file: string;
  /** Where its result belongs: a path without extension, relative to a folder, with forward slashes. */
  name: string;
}

/** The file of a result below a folder. */
export const resultFile = (folder: string, name: string): string => `${join(folder, ...name.split('/'))}.png`;

/** Where the height of a result is, beside its picture, where it has one. */
export const heightFile = (folder: string, name: string): string => resultFile(folder, `${name}_height`);

/** Where the layers of a result are, beside its picture, where it has some. */
export const layersFile = (folder: string, name: string): string => `${join(folder, ...name.split('/'))}.psd`;

/** How many pictures a result has that was written here: more than one where it moves. @throws where it cannot be read */
export const picturesIn = (file: string): number => countPictures(beginningOf(file, BEGINNING));

/** How results are called, and as what they are written, where a person wants them. */
export interface Naming {
  /** Added to each name. */
  suffix: string;
  format: 'png' | 'webp' | 'jpeg' | 'tiff' | 'dds' | 'psd';
}

const ENDINGS: Record<Naming['format'], string> = {
  ...{ png: '.png', webp: '.webp', jpeg: '.jpg', tiff: '.tif', dds: '.dds', psd: '.psd' },
};

/** A file below a folder in which the pixels of a result lie until it is written: it counts as half-written. */
export const spoolFile = (folder: string): string => join(folder, `${randomUUID()}${ENDINGS.tiff}.${process.pid}.tmp`);

/** Whether a file is a result that was half-written when its process ended. */
export const isHalfWritten = (name: string): boolean =>
  /\.\d+\.tmp$/.test(name) &&
  [...Object.values(ENDINGS), ...ANIMATIONS.map((each) => `.${each}`)].includes(
    extname(name.replace(/\.\d+\.tmp$/, '')),
  );

/**
 * As what an animation is saved that came as another: as PNG, which holds all that a result has, it stays what it was. Null
 * where the format cannot move.
 */
export const movingFormat = (format: Naming['format'], came: AnimationFormat): AnimationFormat | null =>
  format === 'png' ? came : (ANIMATIONS.find((each) => each === format) ?? null);

/** The file that a result is saved as below a folder; `moving`: the kind of animation that it is. */
export function savedFile(
  folder: string,
  name: string,
  { suffix, format }: Naming,
  moving: AnimationFormat | null = null,
): string {
  const parts = name.split('/');
  const last = fittingName(`${parts.pop()!}${suffix.replace(/[/\\]/g, '-')}`);
  return `${join(folder, ...parts, last)}${moving === null ? ENDINGS[format] : `.${moving}`}`;
}

/** All files that a result may be saved as, of which it is not known yet whether it moves; the still one first. */
export const savedFiles = (folder: string, name: string, naming: Naming): string[] =>
  [null, ...new Set(ANIMATIONS.flatMap((came) => movingFormat(naming.format, came) ?? []))].map((moving) =>
    savedFile(folder, name, naming, moving),
  );

/** File systems take 255 bytes of a name; `.png` comes after it and, while it is written, a number and `.tmp`. */
const MOST_BYTES = 255 - '.png.1234567890.tmp'.length;

/** A part of a path that this kind of machine can take, as near as may be to what was wanted. */
export function fittingName(wanted: string, platform: NodeJS.Platform = process.platform): string {
  const taken = platform === 'win32' ? forWindows(wanted) : wanted;
  const bytes = Buffer.from(taken);
  if (bytes.length <= MOST_BYTES) return taken;
  // Shortened, with a digest of the whole, so that names that begin alike stay apart.
  const digest = `-${createHash('sha256').update(wanted).digest('hex').slice(0, 8)}`;
  let end = MOST_BYTES - digest.length;
  while ((bytes[end]! & 0xc0) === 0x80) end--; // no half of a character
  return bytes.toString('utf8', 0, end) + digest;
}

function forWindows(name: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what Windows refuses
  const clean = name.replace(/[<>:"\\|?*\u0000-\u001f]/g, '-').replace(/[. ]+$/, (end) => '-'.repeat(end.length));
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(clean) ? `${clean}-` : clean;
}
