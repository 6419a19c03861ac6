/** Making picture files larger: as `overFiles` works through them. */
import { readModelFile } from '../training/snapshot.ts';
import { resultFile, type Naming } from './result-file.ts';
import { targetSize, type Target } from './target-size.ts';
import { overFiles, type FilesOptions, type PictureWork } from './translate-files.ts';
import { encodeResult, openPicture } from './translate-picture.ts';
import { Translator } from './translator.ts';
import { resized, upscalePicture } from './upscale-picture.ts';

/** Opens one; `title` is how messages call it. The runtime must be started. @throws UserError when it is none */
export const openUpscaler = ({ file, title }: { file: string; title: string }): Translator =>
  new Translator(readModelFile(file).bytes, title, null, 'upscale');

export interface UpscaleFiles extends FilesOptions {
  target: Target;
  wrap: boolean;
  /** Results have the colours of their originals. */
  keepColours: boolean;
  /** Hears how much of the picture that is worked on is done, from 0 to 1. */
  onShare?: (share: number) => void;
  format?: Naming['format'];
  /** Where a result is written; `<name>.png` below the folder if nothing is said. */
  place?: PictureWork['target'];
}

export const upscaleFiles = (
  upscaler: Translator,
  {
    target,
    wrap,
    keepColours: colours,
    format = 'png',
    place = resultFile,
    onShare = () => undefined,
    ...options
  }: UpscaleFiles,
): Promise<number> =>
  overFiles(
    {
      verb: 'upscaled',
      open: async (file) => {
        const picture = await openPicture(file);
        targetSize(picture, target); // too large a result is known before the work
        return picture;
      },
      work: async (picture) =>
        resized(
          await upscalePicture(upscaler, picture, { wrap, colours, onTile: (done, of) => onShare(done / of) }),
          targetSize(picture, target),
        ),
      encode: (result) => encodeResult(result, format),
      target: place,
    },
    options,
  );
