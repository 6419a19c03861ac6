/** The colours of a dataset's inputs, where they are labels: few flat colours, each with a meaning. */
import { listPairs } from '../../engine/data/datasets.ts';
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';

/** Pictures that are looked at, evenly over the dataset. */
const LOOKED_AT = 24;
const SIDE = 96;
/** More colours than this are no labels. */
const MOST = 24;
/** Labels cover nearly all of a picture: what is left are soft borders between them. */
const COVERED = 0.9;

/** The labels' colours as `#rrggbb`, the most used first; none where the inputs are drawings or photographs. */
export async function learnedPalette(folder: string): Promise<string[]> {
  const { pairs } = listPairs(folder);
  const step = Math.max(1, Math.floor(pairs.length / LOOKED_AT));
  const counts = new Map<number, number>();
  let total = 0;
  for (let i = 0; i < pairs.length; i += step) {
    const { file, half } = pairs[i]!.input;
    const data = await inputOf(file, half);
    if (!data) continue;
    for (let at = 0; at < data.length; at += 3) {
      const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
      total++;
    }
  }
  const used = [...counts].sort((a, b) => b[1] - a[1]).filter(([, count]) => count > total / 2000);
  const covered = used.reduce((sum, [, count]) => sum + count, 0);
  const colourful = used.filter(([colour]) => isColourful(colour)).length;
  if (used.length > MOST || covered < COVERED * total || colourful < 2) return [];
  return used.map(([colour]) => `#${colour.toString(16).padStart(6, '0')}`);
}

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
