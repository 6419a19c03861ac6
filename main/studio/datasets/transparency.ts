/** Whether a dataset's pictures are see-through somewhere, so that a training should keep their alpha. */
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { mostly } from './mostly.ts';

const SIDE = 64;
/** Less than this is seen through, not only a soft rounding of opaque. */
const OPAQUE = 250;

/** Whether half or more of the drawings, or of the finished pictures, are see-through somewhere; opaque alpha is none. */
export const isTransparent = (folder: string, side: 'drawings' | 'finished'): Promise<boolean> =>
  mostly(folder, side, async (file, half) => {
    const { data } = await decodePicture(file, { channels: 4, width: SIDE, height: SIDE, ...(half && { half }) });
    for (let i = 3; i < data.length; i += 4) if (data[i]! < OPAQUE) return true;
    return false;
  });
