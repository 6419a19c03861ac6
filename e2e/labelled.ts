/** Labelled pictures for tests: red discs and blue ones. */
import { join } from 'node:path';
import { Random } from '../models/graph/random.ts';
import { encodePng } from '../main/engine/pictures/pictures.ts';

const COLOURS = { red: [210, 40, 30], blue: [30, 60, 210] } as const;

/** Writes `count` pictures of each label into a folder of its name. */
export async function writeLabelled(folder: string, count: number, size = 32): Promise<void> {
  for (const [label, colour] of Object.entries(COLOURS))
    for (let i = 0; i < count; i++) {
      const random = new Random(i, label);
      const [cx, cy, radius] = [
        random.uniform() * size,
        random.uniform() * size,
        size * (0.2 + 0.2 * random.uniform()),
      ];
      const data = new Uint8Array(size * size * 3).fill(255);
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) if (Math.hypot(x - cx, y - cy) < radius) data.set(colour, (y * size + x) * 3);
      await encodePng({ width: size, height: size, channels: 3, data }, join(folder, label, `${label}-${i}.png`));
    }
}
