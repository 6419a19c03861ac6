/** The outline of what a picture shows, as bits, so that a drawing and a painting of one thing can be compared. */
import { decodePicture } from '../../engine/pictures/pictures.ts';

/** 64 x 64 bits in 32-bit words; 1 is the thing, 0 the ground. */
export type Silhouette = Uint32Array;

const SIDE = 64;
/** How far a pixel may be from the ground's colour, in levels, and still be ground. */
const GROUND = 24;

/** The silhouette of what a picture shows: what the ground, coming in from the border, does not reach. @throws UserError */
export async function silhouetteOf(file: string): Promise<Silhouette> {
  const { data } = await decodePicture(file, { width: SIDE, height: SIDE, channels: 4, quick: true });
  const bits = new Uint32Array((SIDE * SIDE) / 32).fill(0xffffffff);
  const isGround = groundOf(data);
  const border = Array.from({ length: SIDE }, (_, i) => [
    i,
    SIDE * (SIDE - 1) + i,
    i * SIDE,
    i * SIDE + SIDE - 1,
  ]).flat();
  const stack = border.filter(isGround);
  while (stack.length > 0) {
    const i = stack.pop()!;
    if (!(bits[i >> 5]! & (1 << (i & 31)))) continue;
    bits[i >> 5] = bits[i >> 5]! & ~(1 << (i & 31));
    const x = i % SIDE;
    const around = [
      x > 0 ? i - 1 : i,
      x < SIDE - 1 ? i + 1 : i,
      Math.max(x, i - SIDE),
      Math.min(i + SIDE, SIDE * (SIDE - 1) + x),
    ];
    stack.push(...around.filter(isGround));
  }
  return bits;
}

/** What is ground: transparent, or where all corners are opaque of about the colour of the top left one. */
function groundOf(rgba: Uint8Array): (pixel: number) => boolean {
  const corners = [0, SIDE - 1, SIDE * (SIDE - 1), SIDE * SIDE - 1];
  if (corners.some((i) => rgba[i * 4 + 3]! < 128)) return (i) => rgba[i * 4 + 3]! < 128;
  return (i) => [0, 1, 2].every((c) => Math.abs(rgba[i * 4 + c]! - rgba[c]!) <= GROUND);
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
