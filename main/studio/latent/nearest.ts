/** The learned picture that is most like a made one: pictures are opened, made small, and remembered. */
import { LearnedPictures, type Nearest } from '../../engine/metrics/nearest.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { readPictureFile } from '../../engine/pictures/pictures.ts';
import { mapPool } from '../../pool.ts';

/** Pictures are compared at this width and height, in pixels. */
const SIDE = 32;

let known: { key: string; learned: LearnedPictures } | undefined;

/** The learned picture most like this one; null where none can be read. */
export async function nearestOf(made: Buffer, files: readonly string[]): Promise<Nearest | null> {
  const key = files.join('\n');
  if (known?.key !== key) known = { key, learned: await look(files) };
  return known.learned.nearest(await shrink(made));
}

async function look(files: readonly string[]): Promise<LearnedPictures> {
  const small = new Array<Uint8Array | null>(files.length).fill(null);
  await mapPool([...files.keys()], 4, async (i) => {
    // One that cannot be read was not learned from either: the training says so.
    small[i] = await readPictureFile(files[i]!).then(shrink, () => null);
  });
  return new LearnedPictures(small);
}

const shrink = async (bytes: Buffer): Promise<Uint8Array> =>
  sharp(bytes)
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(SIDE, SIDE, { fit: 'fill' })
    .raw()
    .toBuffer();
