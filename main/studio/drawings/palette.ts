/** What a dataset's inputs are drawn in: their paper, and their colours, where those are flat: labels, or drawings filled with colour. */
import { listPairs, listSets, type PictureRef } from '../../engine/data/datasets.ts';
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { kindOfFolder } from '../datasets/describe.ts';

/** Pictures that are looked at, evenly over the dataset. */
const LOOKED_AT = 48;
const SIDE = 96;
/** More colours than this in a picture are no flat ones, and in a palette too many to choose from. */
const MOST = 24;
/** Flat colours cover nearly all of a picture: what is left are soft borders between them. */
const COVERED = 0.85;
/** Colours of a palette that are nearer (in the sum of their channels' differences) look the same. */
const APART = 36;

/** A share of the borders that have about the same colour makes it the paper of all. */
const PAPER = 0.6;
/** The bits of a channel that tell whether colours are about the same: JPEG makes a few of each. */
const COARSE = 0xf0f0f0;

/** RGB, rows from the top, without smoothing. */
interface Look {
  data: Uint8Array;
  width: number;
  height: number;
}

/** What a model of the dataset translates: the inputs of pairs, or the first of two sets; none of any other. */
export function inputsIn(folder: string): { name: string; input: PictureRef }[] {
  const kind = kindOfFolder(folder);
  if (kind === 'pairs') return listPairs(folder).pairs;
  return kind === 'sets' ? listSets(folder).a.map(({ name, picture }) => ({ name: `A/${name}`, input: picture })) : [];
}

/** Some of the inputs, evenly over the dataset; those that cannot be read are left out. */
export async function lookAt(folder: string): Promise<Look[]> {
  const inputs = inputsIn(folder);
  const step = Math.max(1, Math.floor(inputs.length / LOOKED_AT));
  const looks: Look[] = [];
  for (let i = 0; i < inputs.length; i += step) {
    const look = await inputOf(inputs[i]!.input);
    if (look) looks.push(look);
  }
  return looks;
}

/** The colour that surrounds most of what the inputs show, as `#rrggbb`; white where there is none. */
export function learnedPaper(looks: readonly Look[]): `#${string}` {
  const alike = new Map<number, Map<number, number>>();
  let all = 0;
  for (const { data, width, height } of looks)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x += y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1)) {
        const colour = colourAt(data, (y * width + x) * 3);
        const family = alike.get(colour & COARSE) ?? new Map<number, number>();
        alike.set(colour & COARSE, family.set(colour, (family.get(colour) ?? 0) + 1));
        all++;
      }
  const size = (family: ReadonlyMap<number, number>): number => [...family.values()].reduce((a, b) => a + b, 0);
  const most = [...alike.values()].sort((a, b) => size(b) - size(a))[0];
  return most && size(most) >= PAPER * all ? hex(mostUsed(most)[0]![0]) : '#ffffff';
}

/** The flat colours as `#rrggbb`, the most used first; none where the inputs are lines or photographs. */
export function learnedPalette(looks: readonly Look[]): string[] {
  const shares = new Map<number, number>();
  let covered = 0;
  for (const { data } of looks) {
    const used = mostUsed(coloursOf(data)).slice(0, MOST);
    for (const [colour, count] of used) shares.set(colour, (shares.get(colour) ?? 0) + (count * 3) / data.length);
    covered += used.reduce((sum, [, count]) => sum + (count * 3) / data.length, 0);
  }
  const palette: number[] = [];
  // What a picture in two thousand pixels has is a border.
  for (const [colour, share] of mostUsed(shares))
    if (
      share > looks.length / 2000 &&
      palette.length < MOST &&
      palette.every((other) => distance(colour, other) >= APART)
    )
      palette.push(colour);
  if (covered < COVERED * looks.length || palette.filter(isColourful).length < 2) return [];
  return palette.map(hex);
}

/** How many colours a picture has that are more than its borders; none for one that cannot be read. */
export async function flatColours(picture: PictureRef): Promise<number> {
  const look = await inputOf(picture);
  if (!look) return 0;
  const { data } = look;
  return [...coloursOf(data).values()].filter((count) => count * 3 > data.length / 100).length;
}

const colourAt = (data: Uint8Array, at: number): number => (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
const hex = (colour: number): `#${string}` => `#${colour.toString(16).padStart(6, '0')}`;

function coloursOf(data: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 3) {
    const colour = colourAt(data, at);
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
async function inputOf({ file, half }: PictureRef): Promise<Look | null> {
  try {
    const { data, width, height } = await decodePicture(file, { channels: 3, ...(half && { half }) });
    const step = Math.max(1, Math.floor(Math.min(width, height) / SIDE));
    const small = { width: Math.ceil(width / step), height: Math.ceil(height / step) };
    const out = new Uint8Array(small.width * small.height * 3);
    for (let y = 0; y < small.height; y++)
      for (let x = 0; x < small.width; x++) {
        const at = (y * width + x) * step * 3;
        out.set(data.subarray(at, at + 3), (y * small.width + x) * 3);
      }
    return { ...small, data: out };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
