/** Where results are written. Apart from what translates, so that the studio can ask without loading an engine. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** A picture to be translated. */
export interface NamedPicture {
  file: string;
  /** Where its result belongs: a path without extension, relative to a folder, with forward slashes. */
  name: string;
}

/** The file of a result below a folder. */
export const resultFile = (folder: string, name: string): string => `${join(folder, ...name.split('/'))}.png`;

/** How results are called, and as what they are written, where a person wants them. */
export interface Naming {
  /** Added to each name. */
  suffix: string;
  format: 'png' | 'webp' | 'jpeg';
}

const ENDINGS: Record<Naming['format'], string> = { png: '.png', webp: '.webp', jpeg: '.jpg' };

/** The file that a result is saved as below a folder. */
export function savedFile(folder: string, name: string, { suffix, format }: Naming): string {
  const parts = name.split('/');
  const last = fittingName(`${parts.pop()!}${suffix.replace(/[/\\]/g, '-')}`);
  return `${join(folder, ...parts, last)}${ENDINGS[format]}`;
}

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
