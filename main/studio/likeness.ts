/**
 * Finding pictures that look alike among many, without comparing each with every other.
 *
 * A picture is boiled down to 32 x 32 pixels and a 64-bit hash of its coarse structure (pHash: the signs of its low
 * frequencies). Pictures whose hashes differ in a few bits are candidates; then the small pictures themselves are
 * compared, since many drawings on white have similar hashes.
 */

/** Side of the small picture, pixels. */
export const THUMB = 32;

/** A small picture (32 x 32 RGB) with its hash as two 32-bit integers. */
export interface Thumb {
  data: Uint8Array;
  high: number;
  low: number;
}

/** Bits in which the hashes of pictures that look alike may differ. One below the number of bands. */
const MOST_BITS = 7;
const BANDS = 8;

/**
 * How far the small pictures of pictures that look alike may differ, in levels of 0..255: on average, and anywhere.
 * Measured on renders of 256 px: JPEG at quality 30 is 0.9 and 12 away, 5 % brighter 4.2 and 15, four pixels cropped off
 * each side 4.9 and 62; a face with another mouth only 2.3, but 180.
 */
const MOST_MEAN = 6;
const MOST_ANYWHERE = 64;

/** Low frequencies that make up the hash: 8 x 8, without the mean. */
const LOW = 8;

/** @param data 32 x 32 RGB, interleaved */
export function thumbOf(data: Uint8Array): Thumb {
  const frequencies = lowFrequencies(data);
  const median = [...frequencies].sort((a, b) => a - b)[frequencies.length / 2]!;
  let [high, low] = [0, 0];
  frequencies.forEach((value, i) => {
    if (value <= median) return;
    if (i < 32) high |= 1 << i;
    else low |= 1 << (i - 32);
  });
  return { data, high: high >>> 0, low: low >>> 0 };
}

/** Whether two pictures look the same but for compression, size or a slight retouch. */
export function alike(a: Thumb, b: Thumb): boolean {
  if (bitCount(a.high ^ b.high) + bitCount(a.low ^ b.low) > MOST_BITS) return false;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i]! - b.data[i]!);
    if (difference > MOST_ANYWHERE) return false;
    sum += difference;
  }
  return sum <= MOST_MEAN * a.data.length;
}

/**
 * Groups of pictures that look alike, as lists of indices, each group of two or more, in order.
 * Hashes of at most 7 differing bits agree wholly in one of 8 bands of 8 bits (the pigeonhole principle), so only
 * pictures that share a band are compared; and each group is represented by its first picture, so that a thousand
 * equal pictures cost a thousand comparisons and not a million.
 */
export function groupAlike(thumbs: readonly Thumb[]): number[][] {
  const groups: number[][] = [];
  const bands = Array.from({ length: BANDS }, () => new Map<number, number[]>());
  thumbs.forEach((thumb, index) => {
    const keys = bands.map((_, band) => ((band < 4 ? thumb.high : thumb.low) >>> ((band % 4) * 8)) & 255);
    const near = new Set(keys.flatMap((key, band) => bands[band]!.get(key) ?? []));
    for (const group of near)
      if (alike(thumb, thumbs[groups[group]![0]!]!)) {
        groups[group]!.push(index);
        return;
      }
    const group = groups.push([index]) - 1;
    keys.forEach((key, band) => {
      const known = bands[band]!.get(key);
      if (known) known.push(group);
      else bands[band]!.set(key, [group]);
    });
  });
  return groups.filter(({ length }) => length > 1);
}

const COSINES = Array.from({ length: LOW + 1 }, (_, k) =>
  new Float64Array(THUMB).map((_, i) => Math.cos((Math.PI * k * (i + 0.5)) / THUMB)),
);

/** The discrete cosine transform of the grey picture at frequencies 1 to 8 of each axis, row after row. */
function lowFrequencies(rgb: Uint8Array): Float64Array {
  const rows = new Float64Array(THUMB * LOW);
  for (let y = 0; y < THUMB; y++)
    for (let x = 0; x < THUMB; x++) {
      const at = (y * THUMB + x) * 3;
      const grey = 0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!;
      for (let k = 0; k < LOW; k++) rows[y * LOW + k] = rows[y * LOW + k]! + grey * COSINES[k + 1]![x]!;
    }
  const out = new Float64Array(LOW * LOW);
  for (let j = 0; j < LOW; j++)
    for (let y = 0; y < THUMB; y++)
      for (let k = 0; k < LOW; k++) out[j * LOW + k] = out[j * LOW + k]! + rows[y * LOW + k]! * COSINES[j + 1]![y]!;
  return out;
}

function bitCount(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
