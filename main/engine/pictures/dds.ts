/**
 * DDS, the textures of games: blocks of 4 x 4 pixels as BC1 (8 bytes; opaque) or BC3 (16 bytes; with an alpha of its own),
 * which a graphics card reads as they are. No smaller copies (mipmaps). After Microsoft's "DDS" and "BC" formats.
 */
import { whiteOf, type Values } from './depth.ts';

interface Pixels {
  width: number;
  height: number;
  /** Straight RGBA of 8 or 16 bits. */
  data: Values;
  hasAlpha: boolean;
}

/** A block, its pixels one after the other: RGBA, 0 to 255. */
type Block = Float32Array;
type Colour = [number, number, number];

export function ddsOf({ width, height, data, hasAlpha }: Pixels): Buffer {
  const [across, down] = [Math.ceil(width / 4), Math.ceil(height / 4)];
  const size = hasAlpha ? 16 : 8;
  const bytes = Buffer.alloc(128 + across * down * size);
  head(bytes, { width, height, length: across * down * size, kind: hasAlpha ? 'DXT5' : 'DXT1' });
  const times = 255 / whiteOf(data);
  const block: Block = new Float32Array(64);
  let to = 128;
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++, to += size) {
      for (let i = 0; i < 16; i++) {
        // Beyond the picture its last pixels go on.
        const y = Math.min(height - 1, row * 4 + (i >> 2));
        const x = Math.min(width - 1, column * 4 + (i & 3));
        for (let c = 0; c < 4; c++) block[i * 4 + c] = data[(y * width + x) * 4 + c]! * times;
      }
      if (hasAlpha) packAlpha(block, bytes, to);
      packColours(block, bytes, to + size - 8);
    }
  return bytes;
}

/** Flags: it says its height, width, kind of pixels and length. */
const SAYS = 0x1 | 0x2 | 0x4 | 0x1000 | 0x80000;
const [KIND_IS_NAMED, IS_TEXTURE] = [0x4, 0x1000];

function head(
  bytes: Buffer,
  { width, height, length, kind }: { width: number; height: number; length: number; kind: 'DXT1' | 'DXT5' },
): void {
  bytes.write('DDS ', 'latin1');
  for (const [at, value] of [
    [4, 124],
    [8, SAYS],
    [12, height],
    [16, width],
    [20, length],
    [76, 32],
    [80, KIND_IS_NAMED],
    [108, IS_TEXTURE],
  ] as const)
    bytes.writeUInt32LE(value, at);
  bytes.write(kind, 84, 'latin1');
}

/** Two ends, and for each pixel which of eight steps between them: 0 is the first end, 1 the last, 2 to 7 lie between. */
function packAlpha(block: Block, to: Buffer, at: number): void {
  let [low, high] = [255, 0];
  for (let i = 3; i < 64; i += 4) [low, high] = [Math.min(low, block[i]!), Math.max(high, block[i]!)];
  [low, high] = [Math.round(low), Math.round(high)];
  [to[at], to[at + 1]] = [high, low];
  let bits = 0n;
  if (high > low)
    for (let i = 15; i >= 0; i--) {
      const step = Math.round(((high - block[i * 4 + 3]!) * 7) / (high - low));
      const index = step <= 0 ? 0 : step >= 7 ? 1 : step + 1;
      bits = (bits << 3n) | BigInt(index);
    }
  for (let i = 0; i < 6; i++) to[at + 2 + i] = Number((bits >> BigInt(8 * i)) & 255n);
}

/** Two ends of 5, 6 and 5 bits, and for each pixel which of four steps between them. */
function packColours(block: Block, to: Buffer, at: number): void {
  const [a, b] = endsAlongAxis(block).map(packed) as [number, number];
  // The greater number comes first: the other way round one of the steps would be clear.
  const [first, last] = [Math.max(a, b), Math.min(a, b)];
  to.writeUInt16LE(first, at);
  to.writeUInt16LE(last, at + 2);
  to.writeUInt32LE(first === last ? 0 : stepsFor(block, unpacked(first), unpacked(last)), at + 4);
}

/** What is clear has no colour that would be seen. */
const weightOf = (block: Block, i: number): number => block[i * 4 + 3]! / 255 + 1e-4;

/** The ends of the line along which the colours differ most. */
function endsAlongAxis(block: Block): [Colour, Colour] {
  const mean: Colour = [0, 0, 0];
  let sum = 0;
  for (let i = 0; i < 16; i++) {
    const weight = weightOf(block, i);
    sum += weight;
    for (let c = 0; c < 3; c++) mean[c]! += weight * block[i * 4 + c]!;
  }
  for (let c = 0; c < 3; c++) mean[c]! /= sum;
  const spread = new Float64Array(9);
  for (let i = 0; i < 16; i++)
    for (let c = 0; c < 3; c++)
      for (let d = 0; d < 3; d++)
        spread[c * 3 + d]! += weightOf(block, i) * (block[i * 4 + c]! - mean[c]!) * (block[i * 4 + d]! - mean[d]!);
  let axis: Colour = [1, 1, 1];
  for (let round = 0; round < 8; round++) {
    const next = [0, 1, 2].map((c) => axis.reduce((all, value, d) => all + spread[c * 3 + d]! * value, 0)) as Colour;
    const length = Math.hypot(...next);
    if (length < 1e-9) break;
    axis = next.map((value) => value / length) as Colour;
  }
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < 16; i++) {
    if (weightOf(block, i) < 1e-3) continue;
    const along = axis.reduce((all, value, c) => all + value * (block[i * 4 + c]! - mean[c]!), 0);
    [low, high] = [Math.min(low, along), Math.max(high, along)];
  }
  if (low > high) return [mean, mean];
  const end = (along: number): Colour => mean.map((value, c) => value + along * axis[c]!) as Colour;
  return [end(high), end(low)];
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value)));
const packed = ([r, g, b]: Colour): number =>
  (clamp((r * 31) / 255, 31) << 11) | (clamp((g * 63) / 255, 63) << 5) | clamp((b * 31) / 255, 31);
const unpacked = (value: number): Colour => {
  const [r, g, b] = [value >> 11, (value >> 5) & 63, value & 31];
  return [(r << 3) | (r >> 2), (g << 2) | (g >> 4), (b << 3) | (b >> 2)];
};

/** The share of the first end in a pixel of each step. */
const SHARES = [1, 0, 2 / 3, 1 / 3] as const;

/** For each pixel the step whose colour is nearest. */
function stepsFor(block: Block, first: Colour, last: Colour): number {
  const colours = SHARES.map((share) => first.map((value, c) => share * value + (1 - share) * last[c]!));
  let bits = 0;
  for (let i = 15; i >= 0; i--) {
    let [step, least] = [0, Infinity];
    for (const [k, colour] of colours.entries()) {
      let far = 0;
      for (let c = 0; c < 3; c++) far += (block[i * 4 + c]! - colour[c]!) ** 2;
      if (far < least) [step, least] = [k, far];
    }
    bits = ((bits << 2) | step) >>> 0;
  }
  return bits;
}
