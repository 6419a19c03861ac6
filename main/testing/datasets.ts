/** Small datasets for tests, that can be learned. */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../models/graph/random.ts';
import { encodePng, type Picture } from '../engine/pictures/pictures.ts';

/** Two sets that do not belong together: dark discs, and coloured ones at other places. */
export async function writeSets(folder: string, count: number, size = 32): Promise<void> {
  await writePairs(folder, 2 * count, size);
  for (const [side, kept] of [
    ['A', 0],
    ['B', 1],
  ] as const) {
    for (const [i, name] of readdirSync(join(folder, side)).sort().entries())
      if (i % 2 !== kept) rmSync(join(folder, side, name));
    renameSync(join(folder, side), join(folder, `train${side}`));
  }
}

/** A disc at a random place, with a radius from `least` of the picture's side to a fifth or so more. */
export function disc(
  random: Random,
  size: number,
  least = 0.15,
  more = 0.25,
): { at: readonly [number, number]; paint: (inside: readonly number[]) => Picture } {
  const [cx, cy, radius] = [random.uniform() * size, random.uniform() * size, size * (least + more * random.uniform())];
  const paint = (inside: readonly number[]): Picture => {
    const data = new Uint8Array(size * size * 3).fill(255);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) if (Math.hypot(x - cx, y - cy) < radius) data.set(inside, (y * size + x) * 3);
    return { width: size, height: size, channels: 3, data };
  };
  return { at: [cx / size, cy / size], paint };
}

/** The i-th pair that can be learned: a dark disc on white, and the same disc in the colour of its place. */
export function discPair(i: number, size: number): { name: string; input: Picture; target: Picture } {
  const { at, paint } = disc(new Random(i, 'disc'), size);
  const name = `disc-${String(i).padStart(3, '0')}.png`;
  return { name, input: paint([20, 20, 20]), target: paint([at[0] * 255, at[1] * 255, 128]) };
}

/** Such pairs in folders. */
export async function writePairs(folder: string, count: number, size = 32): Promise<void> {
  for (const side of ['A', 'B']) mkdirSync(join(folder, side), { recursive: true });
  for (let i = 0; i < count; i++) {
    const { name, input, target } = discPair(i, size);
    await encodePng(input, join(folder, 'A', name));
    await encodePng(target, join(folder, 'B', name));
  }
}

const COLOURS = { red: [210, 40, 30], blue: [30, 60, 210] } as const;

/** Writes `count` pictures of each label into a folder of its name. */
export async function writeLabelled(folder: string, count: number, size = 32): Promise<void> {
  for (const [label, colour] of Object.entries(COLOURS))
    for (let i = 0; i < count; i++)
      await encodePng(
        disc(new Random(i, label), size, 0.2, 0.2).paint(colour),
        join(folder, label, `${label}-${i}.png`),
      );
}
