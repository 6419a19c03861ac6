/** Translating pictures for the studio. Runs in a task worker of its own, as the engine's work blocks its process. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Upscaling } from '../../preload/contract/index.ts';
import { openModel, type ModelFile } from '../engine/inference/model-file.ts';
import { startRuntime } from '../engine/cpu/ort.ts';
import { sharp } from '../engine/pictures/codecs.ts';
import { probePicture } from '../engine/pictures/pictures.ts';
import {
  ENCODINGS,
  encodeResult,
  mixPictures,
  openPicture,
  translatePicture,
} from '../engine/inference/translate-picture.ts';
import { resultFile, savedFile, type NamedPicture, type Naming } from '../engine/inference/result-file.ts';
import { translateFiles, type FilesOptions } from '../engine/inference/translate-files.ts';
import { openUpscaler, upscaleFiles } from '../engine/inference/upscale-files.ts';
import { UserError } from '../errors.ts';
import { ensureWritableFolder, writeAtomic } from '../files.ts';

/** What is made of pictures: `own` works at each one's own size. */
export type BatchWork =
  | { translate: ModelFile; own: boolean }
  | ({ upscale: Pick<ModelFile, 'file' | 'title'> } & Omit<Upscaling, 'upscaler'>);

export interface WorkOnPictures {
  how: BatchWork;
  pictures: readonly NamedPicture[];
  out: string;
  threads: number;
  oneAtATime: boolean;
}

/** What is told of a picture. */
export type PictureNews = { opening: string } | { failed: string; problem: string };

type OnProgress = (done: number, total: number, news?: PictureNews) => void;

/** Makes the results that are not there yet. @throws UserError when none can be, or nothing can be written */
export async function workOnPictures(
  { how, pictures, out, threads, oneAtATime }: WorkOnPictures,
  onProgress: OnProgress,
): Promise<null> {
  startRuntime(threads);
  let done = 0;
  const options: FilesOptions = {
    ...{ pictures, out, onlyMissing: true, oneAtATime },
    onOpen: ({ name }) => onProgress(done, pictures.length, { opening: name }),
    onPicture: ({ name, problem }, now, total) => {
      done = now;
      onProgress(now, total, problem === null ? undefined : { failed: name, problem });
    },
  };
  if ('upscale' in how) {
    const { upscale, ...wanted } = how;
    await upscaleFiles(openUpscaler(upscale), {
      ...{ ...options, ...wanted },
      onShare: (share) => onProgress(Math.min(done + share, pictures.length), pictures.length),
    });
  } else await translateFiles(openModel(how.translate).translator, { ...options, tile: how.own, strength: 1 });
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
  pictures: readonly NamedPicture[];
  out: string;
  strength: number;
  naming: Naming;
}

/**
 * Writes results into a folder of the person's, mixed with their originals at a strength below 1. Files that are there
 * already are written anew.
 * @throws UserError when something cannot be written, or an original is gone that is needed
 */
export async function saveResults(
  { results, pictures, out, strength, naming }: SaveResults,
  onProgress: OnProgress,
): Promise<null> {
  ensureWritableFolder(out);
  for (const [i, { name, file }] of pictures.entries()) {
    const [from, to] = [resultFile(results, name), savedFile(out, name, naming)];
    ensureWritableFolder(dirname(to));
    const png = strength === 1 ? readFileSync(from) : await mixed({ input: file, output: from, strength });
    const { format } = naming;
    writeAtomic(to, [format === 'png' ? png : await ENCODINGS[format](sharp(png)).toBuffer()]);
    onProgress(i + 1, pictures.length);
  }
  return null;
}

/** Writes a result that is mixed with its original. @throws UserError */
export async function mixResult({
  input,
  output,
  strength,
  to,
}: {
  input: string;
  output: string;
  strength: number;
  to: string;
}): Promise<null> {
  writeAtomic(to, [await mixed({ input, output, strength })]);
  return null;
}

async function mixed({
  input,
  output,
  strength,
}: {
  input: string;
  output: string;
  strength: number;
}): Promise<Uint8Array> {
  const result = await openPicture(output);
  const original = await openPicture(input, result).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`The original is needed to mix it with its result. ${error.message}`, { cause: error });
  });
  return encodeResult(mixPictures(original, result, strength));
}
