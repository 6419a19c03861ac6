/** The colours of a dataset's inputs, where they are flat: labels, each with a meaning, or drawings filled with colour. */
import { listPairs, type PictureRef } from '../../engine/data/datasets.ts';
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';

/** Pictures that are looked at, evenly over the dataset. */
const LOOKED_AT = 48;
const SIDE = 96;
/** More colours than this in a picture are no flat ones, and in a palette too many to choose from. */
const MOST = 24;
/** Flat colours cover nearly all of a picture: what is left are soft borders between them. */
const COVERED = 0.85;
/** Colours of a palette that are nearer (in the sum of their channels' differences) look the same. */
const APART = 36;

/** The flat colours as `#rrggbb`, the most used first; none where the inputs are lines or photographs. */
export async function learnedPalette(folder: string): Promise<string[]> {
  const { pairs } = listPairs(folder);
  const step = Math.max(1, Math.floor(pairs.length / LOOKED_AT));
  const shares = new Map<number, number>();
  let [covered, looked] = [0, 0];
  for (let i = 0; i < pairs.length; i += step) {
    const { file, half } = pairs[i]!.input;
    const data = await inputOf(file, half);
    if (!data) continue;
    const used = mostUsed(coloursOf(data)).slice(0, MOST);
    for (const [colour, count] of used) shares.set(colour, (shares.get(colour) ?? 0) + (count * 3) / data.length);
    covered += used.reduce((sum, [, count]) => sum + (count * 3) / data.length, 0);
    looked++;
  }
  const palette: number[] = [];
  // What a picture in two thousand pixels has is a border.
  for (const [colour, share] of mostUsed(shares))
    if (share > looked / 2000 && palette.length < MOST && palette.every((other) => distance(colour, other) >= APART))
      palette.push(colour);
  if (covered < COVERED * looked || palette.filter(isColourful).length < 2) return [];
  return palette.map((colour) => `#${colour.toString(16).padStart(6, '0')}`);
}

/** How many colours a picture has that are more than its borders; none for one that cannot be read. */
export async function flatColours({ file, half }: PictureRef): Promise<number> {
  const data = await inputOf(file, half);
  if (!data) return 0;
  return [...coloursOf(data).values()].filter((count) => count * 3 > data.length / 100).length;
}

function coloursOf(data: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 3) {
    const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

const mostUsed = (uses: ReadonlyMap<number, number>): [number, number][] => [...uses].sort((a, b) => b[1] - a[1]);

const distance = (one: number, other: number): number =>
  [16, 8, 0].reduce((sum, shift) => sum + Math.abs(((one >> shift) & 255) - ((other >> shift) & 255)), 0);

/** Neither black, white nor grey: a line drawing has no labels. */
function isColourful(colour: number): boolean {
  const channels = [colour >> 16, (colour >> 8) & 255, colour & 255];
  return Math.max(...channels) - Math.min(...channels) > 24;
}

/** Pixels without smoothing, so that labels keep their exact colours; null for a picture that cannot be read. */
async function inputOf(file: string, half: 'left' | 'right' | undefined): Promise<Uint8Array | null> {
  try {
    const { data, width, height } = await decodePicture(file, { channels: 3, ...(half && { half }) });
    const step = Math.max(1, Math.floor(Math.min(width, height) / SIDE));
    const out: number[] = [];
    for (let y = 0; y < height; y += step)
      for (let x = 0; x < width; x += step) {
        const at = (y * width + x) * 3;
        out.push(data[at]!, data[at + 1]!, data[at + 2]!);
      }
    return Uint8Array.from(out);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
