/** Translating pictures for the studio. Runs in a task worker of its own, as the engine's work blocks its process. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Upscaling } from '../../preload/contract/index.ts';
import { readMask } from '../engine/inference/keep-mask.ts';
import { runModelsOn } from '../engine/inference/card.ts';
import { openModel, type ModelFile } from '../engine/inference/model-file.ts';
import { startRuntime } from '../engine/cpu/ort.ts';
import { counted, grouped } from '../counted.ts';
import { probePicture } from '../engine/pictures/pictures.ts';
import {
  encodeResult,
  mixPictures,
  openPicture,
  translatePicture,
  type OpenPicture,
} from '../engine/inference/translate-picture.ts';
import {
  layersFile,
  movingFormat,
  picturesIn,
  resultFile,
  savedFile,
  type NamedPicture,
  type Naming,
} from '../engine/inference/result-file.ts';
import {
  encodeMoving,
  moves,
  openPictures,
  overPictures,
  type MovingResult,
} from '../engine/inference/moving-picture.ts';
import { resized } from '../engine/inference/upscale-picture.ts';
import { animationOfName, type AnimationFormat } from '../engine/pictures/formats.ts';
import { translateFiles, type FilesOptions } from '../engine/inference/translate-files.ts';
import { openUpscaler, upscaleFiles, type UpscalerFile } from '../engine/inference/upscale-files.ts';
import { UserError } from '../errors.ts';
import { ensureWritableFolder, writeAtomic } from '../files.ts';

/** What is made of pictures: `own` works at each one's own size. */
export type BatchWork =
  | { translate: ModelFile; own: boolean }
  | ({ upscale: UpscalerFile } & Omit<Upscaling, 'upscaler'>);

export interface WorkOnPictures {
  how: BatchWork;
  pictures: readonly NamedPicture[];
  out: string;
  threads: number;
  /** What may run a model of ours beside the processor: a row of `engines.ts`, or `auto`. */
  engine: string;
  oneAtATime: boolean;
}

/** What is told of a picture. */
export type PictureNews =
  | { opening: string }
  | { failed: string; problem: string }
  | { changed: string; note: string }
  | { tiles: number };

type OnProgress = (done: number, total: number, news?: PictureNews) => void;

/** Makes the results that are not there yet. @throws UserError when none can be, or nothing can be written */
export async function workOnPictures(
  { how, pictures, out, threads, engine, oneAtATime }: WorkOnPictures,
  onProgress: OnProgress,
): Promise<null> {
  startRuntime(threads);
  runModelsOn({ engine, threads });
  let done = 0;
  let told: string | null = null;
  const model = 'upscale' in how ? openUpscaler(how.upscale, how.softness) : openModel(how.translate).translator;
  const options: FilesOptions = {
    ...{ pictures, out, onlyMissing: true, oneAtATime },
    onOpen: ({ name }) => onProgress(done, pictures.length, { opening: name }),
    onNote: ({ name }, note) => onProgress(done, pictures.length, { changed: name, note }),
    onPicture: ({ name, problem }, now, total) => {
      done = now;
      if (model.refused !== told) onProgress(now, total, { changed: name, note: (told = model.refused)! });
      onProgress(now, total, problem === null ? undefined : { failed: name, problem });
    },
  };
  if ('upscale' in how) {
    // The process before this one died, maybe for the memory that it took.
    if (oneAtATime) model.halveTiles();
    await upscaleFiles(model, {
      ...{ ...options, ...how },
      onTiles: (tiles) => onProgress(done, pictures.length, { tiles }),
      onShare: (share) => onProgress(Math.min(done + share, pictures.length), pictures.length),
    });
  } else await translateFiles(model, { ...options, tile: how.own, strength: 1 });
  return null;
}

/** Larger pictures are shrunk for a trial: it is to be quick. */
const TRIAL_SIDE = 512;

/** Translates one picture: PNG bytes of what went in and what came out. @throws UserError */
export async function tryModel({
  model,
  file,
  threads,
}: {
  model: ModelFile;
  file: string;
  threads: number;
}): Promise<{ input: Uint8Array; output: Uint8Array; note: string | null }> {
  startRuntime(threads);
  const { translator } = openModel(model);
  const whole = await probePicture(file);
  const scale = Math.min(1, TRIAL_SIDE / Math.max(whole.width, whole.height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const size = translator.hasSize ? translator : { width: side(whole.width), height: side(whole.height) };
  const picture = await openPicture(file, size);
  const input = await encodeResult(picture);
  const output = await encodeResult(await translatePicture(translator, picture, { strength: 1 }));
  return { input, output, note: model.io ? noteOn(translator.spread) : null };
}

/** What the values of a result say about the ranges that were chosen, in words; null where they look right. */
function noteOn({ low, high }: { low: number; high: number }): string | null {
  if (high - low < 0.05) return 'The result is nearly flat: the range of the values that go in may be another';
  if (high > 1.5 || low < -1.5)
    return 'Much of the result is cut off at black or white: the range of the values that come out may be another';
  return null;
}

export interface SaveResults {
  /** `<name>.png` below it. */
  results: string;
  /** `keep`: a mask of where the result stays as the original was. */
  pictures: readonly (NamedPicture & { keep: string | null })[];
  out: string;
  strength: number;
  naming: Naming;
}

/** The most pixels on a side that a format can hold, of those that can hold less than a drawing or a result may have. */
const MOST_SIDE: Partial<Record<Naming['format'], number>> = { webp: 16_383, dds: 16_384, psd: 30_000 };

/**
 * Writes results into a folder of the person's, mixed with their originals at a strength below 1. Files that are there
 * already are written anew. What the format cannot hold is left out, and named at the end.
 * @throws UserError when something cannot be written, or an original is gone that is needed
 */
export async function saveResults(
  { results, pictures, out, strength, naming }: SaveResults,
  onProgress: OnProgress,
): Promise<null> {
  ensureWritableFolder(out);
  const { format } = naming;
  const most = MOST_SIDE[format] ?? Infinity;
  const [tooLarge, unmoved, unmixed]: [string[], string[], string[]] = [[], [], []];
  for (const [i, { name, file, keep }] of pictures.entries()) {
    const from = resultFile(results, name);
    const came = picturesIn(from) > 1 ? animationOfName(file) : null;
    const moving = came && movingFormat(format, came);
    if (came !== null && moving === null) {
      unmoved.push(name);
      continue;
    }
    const to = savedFile(out, name, naming, moving);
    const { width, height } = await probePicture(from);
    if (Math.max(width, height) > most) {
      tooLarge.push(`${name} (${grouped(width)} x ${grouped(height)})`);
      continue;
    }
    const whole = strength === 1 && keep === null;
    const layers = layersFile(results, name);
    const layered = format === 'psd' && existsSync(layers);
    if (layered && !whole) {
      unmixed.push(name);
      continue;
    }
    ensureWritableFolder(dirname(to));
    const bytes =
      whole && !moving && (format === 'png' || layered)
        ? readFileSync(layered ? layers : from)
        : await encoded(await mixed({ input: file, output: from, strength, keep }), format, moving);
    writeAtomic(to, [bytes]);
    onProgress(i + 1, pictures.length);
  }
  const kind = format.toUpperCase();
  const faults = [
    leftOut(tooLarge, `too large for a ${kind}, which has at most ${grouped(most)} pixels on a side`),
    leftOut(unmoved, `moving, which a ${kind} cannot`),
    leftOut(
      unmixed,
      'of layers, which are not mixed with their originals: choose full strength, and take away what was painted to stay',
    ),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) throw new UserError(`${faults.join('. ')}; all others are saved`);
  return null;
}

/** Pictures that a format cannot hold, in a sentence; null where there are none. */
function leftOut(names: readonly string[], why: string): string | null {
  if (names.length === 0) return null;
  const more = names.length > 5 ? ` and ${grouped(names.length - 5)} more` : '';
  return `${counted(names.length, 'picture is', 'pictures are')} ${why}: ${names.slice(0, 5).join(', ')}${more}. Save ${names.length === 1 ? 'it' : 'them'} as PNG`;
}

const encoded = (
  result: OpenPicture | MovingResult,
  format: Naming['format'],
  moving: AnimationFormat | null,
): Promise<Buffer> => (moves(result) ? encodeMoving(result, moving ?? 'png') : encodeResult(result, format));

/** A result, and what it is mixed with. */
interface Mixture {
  input: string;
  output: string;
  strength: number;
  /** A mask of where it stays as the original was; null where there is none. */
  keep: string | null;
}

/** Writes a result that is mixed with its original, as PNG; one that moves as another animation if wanted. @throws UserError */
export async function mixResult({
  to,
  moving,
  ...mixture
}: Mixture & { to: string; moving: AnimationFormat | null }): Promise<null> {
  writeAtomic(to, [await encoded(await mixed(mixture), 'png', moving)]);
  return null;
}

async function mixed({ input, output, strength, keep: mask }: Mixture): Promise<OpenPicture | MovingResult> {
  const result = await openPictures(output);
  const whole = strength === 1 && mask === null;
  const keep = mask === null ? null : await readMask(mask, result);
  if (!moves(result)) {
    if (whole) return result;
    return mixPictures(await original(openPicture(input, result, true)), result, { strength, keep });
  }
  if (whole) return overPictures(result, (one) => Promise.resolve(one));
  const before = await original(openPictures(input));
  if (!moves(before) || before.delays.length !== result.delays.length)
    throw new UserError(`The original is needed to mix it with its result, and ${input} is another one now`);
  const pictures = before.pictures();
  return overPictures(result, async (one) => {
    const { value: data } = await pictures.next();
    // There are as many of both.
    return mixPictures(resized({ ...before, data: data as Uint8Array }, one), one, { strength, keep });
  });
}

const original = <Opened>(opening: Promise<Opened>): Promise<Opened> =>
  opening.catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`The original is needed to mix it with its result. ${error.message}`, { cause: error });
  });
