/** Making picture files larger: as `overFiles` works through them. */
import { readModelFile } from '../training/snapshot.ts';
import { UserError } from '../../errors.ts';
import type { Animation } from '../pictures/animation.ts';
import type { AnimationFormat } from '../pictures/formats.ts';
import type { Values } from '../pictures/depth.ts';
import { readMask } from './keep-mask.ts';
import { encodeMoving, moves, movingAs, openPictures, overPictures, type MovingResult } from './moving-picture.ts';
import { resultFile, savedFile, savedFiles, type Naming } from './result-file.ts';
import { softened, type Titled } from './soften.ts';
import { targetSize, type Target } from './target-size.ts';
import { overFiles, type FilesOptions } from './translate-files.ts';
import { encodeResult, mixPictures, type OpenPicture } from './translate-picture.ts';
import { Translator } from './translator.ts';
import { resized, upscalePicture } from './upscale-picture.ts';

/** A model that makes pictures larger, and the one that its softness leads to; null where there is none. */
export interface UpscalerFile extends Titled {
  softer?: Titled | null;
}

/**
 * Opens one, at a softness from 0 (as it is) to 1 (as its softer one is). The runtime must be started.
 * @throws UserError when it does not upscale, or has no softness
 */
export function openUpscaler({ softer = null, ...model }: UpscalerFile, softness = 0): Translator {
  if (softness > 0 && softer === null)
    throw new UserError(`${model.title} has no softness: only models have that were taught from another one`);
  const bytes = softness > 0 ? softened(model, softer!, softness) : readModelFile(model.file).bytes;
  return new Translator(bytes, model.title, null, 'upscale');
}

export interface UpscaleFiles extends FilesOptions {
  target: Target;
  wrap: boolean;
  /** Results have the colours of their originals. */
  keepColours: boolean;
  /** A picture whose light parts say where results stay as their originals were; stretched over each. */
  keep?: string | null;
  /** Hears how much of the picture that is worked on is done, from 0 to 1. */
  onShare?: (share: number) => void;
  /** How results are called and written; as `<name>.png` below the folder, which may move, if nothing is said. */
  naming?: Naming | null;
}

export function upscaleFiles(
  upscaler: Translator,
  {
    target,
    wrap,
    keepColours: colours,
    keep = null,
    naming = null,
    onShare = () => undefined,
    ...options
  }: UpscaleFiles,
): Promise<number> {
  const kindOf = (file: string, { format }: Animation | MovingResult): AnimationFormat =>
    naming === null ? 'png' : movingAs(naming.format, { file, came: format });
  return overFiles(
    {
      verb: 'upscaled',
      open: async (file) => {
        const picture = await openPictures(file);
        // What cannot be is known before the work.
        targetSize(picture, target);
        if (moves(picture)) kindOf(file, picture);
        return picture;
      },
      work: async (picture) => {
        const size = targetSize(picture, target);
        const mask = keep === null ? null : await readMask(keep, size);
        const enlarged = async <Data extends Values>(
          one: OpenPicture<Data>,
          onTile: (done: number, of: number) => void,
        ): Promise<OpenPicture> => {
          const result = resized(await upscalePicture(upscaler, one, { wrap, colours, onTile }), size);
          return mask === null ? result : mixPictures(resized(one, size), result, { strength: 1, keep: mask });
        };
        if (!moves(picture)) return enlarged(picture, (done, of) => onShare(done / of));
        const count = picture.delays.length;
        return overPictures(picture, (one, i) => enlarged(one, (done, of) => onShare((i + done / of) / count)));
      },
      encode: (result, { file }) =>
        moves(result) ? encodeMoving(result, kindOf(file, result)) : encodeResult(result, naming?.format),
      targets: (out, name) => (naming === null ? [resultFile(out, name)] : savedFiles(out, name, naming)),
      target: (out, { name, file }, result) =>
        naming === null
          ? resultFile(out, name)
          : savedFile(out, name, naming, moves(result) ? kindOf(file, result) : null),
    },
    options,
  );
}
