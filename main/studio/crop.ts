/** Cutting pictures for thumbnails of models, out of preview sheets. */
import { sharp } from '../engine/pictures/codecs.ts';
import { readPictureFile } from '../engine/pictures/pictures.ts';
import { writeAtomic } from '../files.ts';

export interface CropOptions {
  file: string;
  out: string;
  box: { left: number; top: number; width: number; height: number };
}

/** Writes a part of a picture as PNG. @throws UserError when it cannot be read or written */
export async function cropPicture({ file, out, box }: CropOptions): Promise<null> {
  writeAtomic(out, [
    await sharp(await readPictureFile(file))
      .extract(box)
      .png()
      .toBuffer(),
  ]);
  return null;
}
