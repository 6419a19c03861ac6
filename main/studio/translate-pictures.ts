/** Translating pictures for the studio. Runs in a darkroom of its own, as the engine's work blocks its process. */
import { startRuntime } from '../engine/ort.ts';
import { readModelFile } from '../engine/snapshot.ts';
import { translateFiles, type TranslatedFile } from '../engine/translate-files.ts';
import { Translator } from '../engine/translator.ts';

export interface TranslatePictures {
  model: string;
  paths: string[];
  out: string;
  threads: number;
}

/** Translates pictures at the model's size; gives each with its result. @throws UserError */
export async function translatePictures(
  { model, paths, out, threads }: TranslatePictures,
  onProgress: (done: number, total: number) => void,
): Promise<TranslatedFile[]> {
  startRuntime(threads);
  const pictures: TranslatedFile[] = [];
  await translateFiles(new Translator(readModelFile(model).bytes, model), {
    ...{ paths, out, tile: false, strength: 1 },
    onPicture: (picture, done, total) => {
      pictures.push(picture);
      onProgress(done, total);
    },
  });
  return pictures;
}
