/**
 * Whether a made picture is one that was learned: the learned picture that is most like it, by pixels at a small size, and
 * how near that is beside how near learned pictures are to each other.
 */
import { sharp } from '../../engine/pictures/codecs.ts';
import { readPictureFile } from '../../engine/pictures/pictures.ts';
import { mapPool } from '../../pool.ts';

/** Pictures are compared at this width and height, in pixels. */
const SIDE = 32;
/** Nearer than this share of what is usual between learned pictures, a made one is a copy. */
const COPY = 0.5;
/** Learned pictures nearer to each other than this, 0..1, are one and the same. */
const SAME = 1 / 255;
/** How many learned pictures say what is usual. */
const SAMPLED = 200;

export interface Nearest {
  /** The place of the learned picture in its list. */
  index: number;
  /** 1 is how far a learned picture usually is from the other one most like it. */
  distance: number;
  copy: boolean;
}

interface Learned {
  /** 32 x 32 RGB over white; null for one that cannot be read. */
  small: (Uint8Array | null)[];
  /** The usual distance between a learned picture and the one most like it, 0..1. */
  usual: number;
}

let known: { key: string; learned: Learned } | undefined;

/** The learned picture most like this one; null where none can be read. `files` are looked at once, and remembered. */
export async function nearestOf(made: Buffer, files: readonly string[]): Promise<Nearest | null> {
  const key = files.join('\n');
  if (known?.key !== key) known = { key, learned: await look(files) };
  const { small, usual } = known.learned;
  const { index, distance } = closest(await shrink(made), small);
  if (index < 0) return null;
  return { index, distance: distance / usual, copy: distance < COPY * usual };
}

async function look(files: readonly string[]): Promise<Learned> {
  const small = new Array<Uint8Array | null>(files.length).fill(null);
  await mapPool([...files.keys()], 4, async (i) => {
    // One that cannot be read was not learned from either: the training says so.
    small[i] = await readPictureFile(files[i]!).then(shrink, () => null);
  });
  return { small, usual: usualDistance(small) };
}

/** The median distance to the nearest other picture, of an even part of them. */
function usualDistance(small: readonly (Uint8Array | null)[]): number {
  const step = Math.max(1, Math.floor(small.length / SAMPLED));
  const distances = small.flatMap((each, i) => {
    if (!each || i % step !== 0) return [];
    const { distance } = closest(each, small, SAME);
    return distance < Infinity ? [distance] : [];
  });
  // Of pictures that are all the same nothing is usual: whatever is made of them is a copy.
  return distances.sort((a, b) => a - b)[distances.length >> 1] ?? 1;
}

/** The nearest picture that is further away than `beyond`. */
function closest(
  made: Uint8Array,
  small: readonly (Uint8Array | null)[],
  beyond = -1,
): { index: number; distance: number } {
  let [index, distance] = [-1, Infinity];
  small.forEach((each, i) => {
    if (!each) return;
    let sum = 0;
    for (let k = 0; k < made.length; k++) sum += Math.abs(made[k]! - each[k]!);
    const away = sum / (255 * made.length);
    if (away > beyond && away < distance) [index, distance] = [i, away];
  });
  return { index, distance };
}

const shrink = async (bytes: Buffer): Promise<Uint8Array> =>
  sharp(bytes)
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(SIDE, SIDE, { fit: 'fill' })
    .raw()
    .toBuffer();
