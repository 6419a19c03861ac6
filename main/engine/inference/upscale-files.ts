/** Making picture files larger: as `overFiles` works through them. */
import { readModelFile } from '../training/snapshot.ts';
import { UserError } from '../../errors.ts';
import { freeMemory } from '../../memory.ts';
import type { Animation } from '../pictures/animation.ts';
import type { AnimationFormat } from '../pictures/formats.ts';
import type { Values } from '../pictures/depth.ts';
import { cut, readMask } from './keep-mask.ts';
import { writeAtomic } from '../../files.ts';
import { readPictureFile } from '../pictures/pictures.ts';
import { encodeLayered, enlargeLayered, hasLayers, openLayered, type LayeredPicture } from './layered-picture.ts';
import { encodeMoving, moves, movingAs, overPictures, picturesOf, type MovingResult } from './moving-picture.ts';
import {
  layersFile,
  resultFile,
  savedFile,
  savedFiles,
  spoolFile,
  type NamedPicture,
  type Naming,
} from './result-file.ts';
import { isSpooled } from './spool.ts';
import { softened, type Titled } from './soften.ts';
import { targetSize, type Target } from './target-size.ts';
import { overFiles, type FilesOptions } from './translate-files.ts';
import {
  canSpool,
  encodeResult,
  encodeSpooled,
  mixPictures,
  requireRoom,
  type OpenPicture,
} from './translate-picture.ts';
import { Translator } from './translator.ts';
import type { Tiling } from './tiles.ts';
import { resized, spoolPicture, upscalePicture } from './upscale-picture.ts';

/** Results of more pixels are not held in memory where nothing is to be done with them but to be written. */
const MOST_HELD = 2 ** 26;

/** A model that makes pictures larger, and the one that its softness leads to; null where there is none. */
export interface UpscalerFile extends Titled {
  softer?: Titled | null;
}

/**
 * Opens one, with tiles for the memory that is free now, at a softness from 0 (as it is) to 1 (as its softer one is). The runtime must be started.
 * @throws UserError when it does not upscale, or has no softness
 */
export function openUpscaler({ softer = null, ...model }: UpscalerFile, softness = 0): Translator {
  if (softness > 0 && softer === null)
    throw new UserError(
      `${model.title} has no softness: only models have that were pretrained, or taught from another one`,
    );
  const bytes = softness > 0 ? softened(model, softer!, softness) : readModelFile(model.file).bytes;
  const upscaler = new Translator(bytes, model.title, null, 'upscale');
  // The other half is for pictures and their results.
  upscaler.fitTiles(freeMemory() / 2);
  return upscaler;
}

export interface UpscaleFiles extends FilesOptions {
  target: Target;
  wrap: boolean;
  /** Results have the colours of their originals. */
  keepColours: boolean;
  /** A picture whose light parts say where results stay as their originals were; stretched over each. */
  keep?: string | null;
  /** How many pixels a result may have that is held in memory. */
  mostHeld?: number;
  /** PSDs are made larger layer by layer: written as such, or beside their picture where nothing is said of a format. */
  layers?: boolean;
  /** Hears how much of the picture that is worked on is done, from 0 to 1. */
  onShare?: (share: number) => void;
  /** Hears how wide and high tiles may be, when a picture is first cut into several, and when they become smaller. */
  onTiles?: (most: number) => void;
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
    layers = false,
    mostHeld = MOST_HELD,
    naming = null,
    onShare = () => undefined,
    onNote = () => undefined,
    onTiles = () => undefined,
    ...options
  }: UpscaleFiles,
): Promise<number> {
  const kindOf = (file: string, { format }: Animation | MovingResult): AnimationFormat =>
    naming === null ? 'png' : movingAs(naming.format, { file, came: format });
  let told: number | null = null;
  const onTiling = ({ tiles }: Tiling): void => {
    if (tiles.length > 1 && upscaler.largestTile !== told) onTiles((told = upscaler.largestTile));
  };
  const openedFor = async (named: NamedPicture): Promise<OpenPicture | Animation | LayeredPicture> => {
    const bytes = await readPictureFile(named.file);
    const layered = layers ? await openLayered(bytes, named.file) : null;
    if (layered === null) return picturesOf(bytes, named.file);
    for (const note of layered.notes) onNote(named, note);
    return layered.picture;
  };
  return overFiles(
    {
      verb: 'upscaled',
      open: async (named) => {
        const { file } = named;
        const picture = await openedFor(named);
        // What cannot be is known before the work.
        requireRoom(targetSize(picture, target), naming?.format ?? 'png');
        if (moves(picture)) kindOf(file, picture);
        return picture;
      },
      work: async (picture) => {
        const size = targetSize(picture, target);
        const mask = keep === null ? null : await readMask(keep, size);
        const enlarged = async <Data extends Values>(
          one: OpenPicture<Data>,
          onTile: (done: number, of: number) => void,
          { at = { left: 0, top: 0, ...size }, tiles = wrap } = {},
        ): Promise<OpenPicture> => {
          const result = resized(await upscalePicture(upscaler, one, { wrap: tiles, colours, onTile, onTiling }), at);
          if (mask === null) return result;
          return mixPictures(resized(one, at), result, { strength: 1, keep: cut(mask, size, at) });
        };
        if (hasLayers(picture))
          return enlargeLayered(picture, size, {
            enlarge: (one, at, { whole, onShare: share }) =>
              enlarged(one, (done, of) => share(done / of), { at, tiles: wrap && whole }),
            onShare,
          });
        if (!moves(picture)) {
          const onTile = (done: number, of: number): void => onShare(done / of);
          const asMade =
            size.width === picture.width * upscaler.scale && size.height === picture.height * upscaler.scale;
          const plain = asMade && mask === null && !colours && canSpool(naming?.format ?? 'png');
          if (!plain || size.width * size.height <= mostHeld) return enlarged(picture, onTile);
          return spoolPicture(upscaler, picture, spoolFile(options.out), { wrap, onTile, onTiling });
        }
        const count = picture.delays.length;
        return overPictures(picture, (one, i) => enlarged(one, (done, of) => onShare((i + done / of) / count)));
      },
      beside: (out, { name }, result) => {
        if (naming === null && hasLayers(result)) writeAtomic(layersFile(out, name), [encodeLayered(result)]);
      },
      encode: async (result, { file }) => {
        if (isSpooled(result)) return encodeSpooled(result, naming?.format);
        if (moves(result)) return encodeMoving(result, kindOf(file, result));
        return naming !== null && hasLayers(result) ? encodeLayered(result) : encodeResult(result, naming?.format);
      },
      targets: (out, name) => (naming === null ? [resultFile(out, name)] : savedFiles(out, name, naming)),
      target: (out, { name, file }, result) =>
        naming === null
          ? resultFile(out, name)
          : savedFile(out, name, naming, moves(result) ? kindOf(file, result) : null),
    },
    options,
  );
}
