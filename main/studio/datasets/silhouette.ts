/** The outline of what a picture shows, as bits, so that a drawing and a painting of one thing can be compared. */
import { cornersOf, fromBorder, isNear } from '../../engine/pictures/ground.ts';
import { decodePicture } from '../../engine/pictures/pictures.ts';

/** 64 x 64 bits in 32-bit words; 1 is the thing, 0 the ground. */
export type Silhouette = Uint32Array;

const SIDE = 64;
/** The silhouette of what a picture shows: what the ground, coming in from the border, does not reach. @throws UserError */
export async function silhouetteOf(file: string): Promise<Silhouette> {
  const { data } = await decodePicture(file, { width: SIDE, height: SIDE, channels: 4, quick: true });
  const bits = new Uint32Array((SIDE * SIDE) / 32).fill(0xffffffff);
  const isGround = groundOf(data);
  fromBorder(
    { width: SIDE, height: SIDE },
    (i) => (bits[i >> 5]! & (1 << (i & 31))) !== 0 && isGround(i),
    (i) => (bits[i >> 5] = bits[i >> 5]! & ~(1 << (i & 31))),
  );
  return bits;
}

/** What is ground: transparent, or where all corners are opaque of about the colour of the top left one. */
function groundOf(rgba: Uint8Array): (pixel: number) => boolean {
  const clear = (i: number): boolean => rgba[i * 4 + 3]! < 128;
  if (cornersOf({ width: SIDE, height: SIDE }).some(clear)) return clear;
  const colour = [rgba[0]!, rgba[1]!, rgba[2]!] as const;
  return (i) => isNear(rgba, i, colour);
}

/** The share of both silhouettes together that they have in common (Jaccard), 0..1. */
export function agreement(a: Silhouette, b: Silhouette): number {
  let [common, all] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    common += bitCount(a[i]! & b[i]!);
    all += bitCount(a[i]! | b[i]!);
  }
  return all === 0 ? 0 : common / all;
}

function bitCount(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
