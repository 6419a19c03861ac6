/** Whether a dataset's pictures are see-through somewhere, so that a training should keep their alpha. */
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { describeDataset } from './describe.ts';

/** So many pictures, evenly over the dataset, are enough to know. */
const LOOKED_AT = 8;
const SIDE = 64;
/** Less than this is seen through, not only a soft rounding of opaque. */
const OPAQUE = 250;

/** Whether half or more of the drawings, or of the finished pictures, are see-through somewhere; opaque alpha is none. */
export async function isTransparent(folder: string, side: 'drawings' | 'finished'): Promise<boolean> {
  const { pictures } = describeDataset(folder);
  const step = Math.max(1, pictures.length / LOOKED_AT);
  const looked = Array.from(
    { length: Math.min(LOOKED_AT, pictures.length) },
    (_, i) => pictures[Math.floor(i * step)]!,
  );
  const at = side === 'drawings' ? 0 : -1;
  const half = side === 'drawings' ? 'left' : 'right';
  const seen = await Promise.all(
    looked.map(({ sides, halves }) => seesThrough(`${folder}/${sides.at(at)!}`, halves && half)),
  );
  return looked.length > 0 && seen.filter(Boolean).length * 2 >= looked.length;
}

/** A picture that cannot be read says nothing; the doctor names it. */
async function seesThrough(file: string, half: 'left' | 'right' | undefined): Promise<boolean> {
  try {
    const { data } = await decodePicture(file, { channels: 4, width: SIDE, height: SIDE, ...(half && { half }) });
    for (let i = 3; i < data.length; i += 4) if (data[i]! < OPAQUE) return true;
    return false;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
