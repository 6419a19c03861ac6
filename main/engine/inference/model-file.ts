/** A model to translate with: its file, and what must be known besides. */
import type { PictureIo } from '../../../preload/contract/index.ts';
import { readModelFile } from '../training/snapshot.ts';
import { Translator, type Work } from './translator.ts';

export interface ModelFile {
  file: string;
  /** How messages call it. */
  title: string;
  /** What a model of another tool takes; null for ours, which say it themselves. */
  io: PictureIo | null;
}

/** Opens one. The runtime must be started. @throws UserError where it cannot do that work */
export function openModel(
  { file, title, io }: ModelFile,
  work: Work = 'translate',
): { translator: Translator; bytes: Uint8Array } {
  const { bytes } = readModelFile(file);
  return { bytes, translator: new Translator(bytes, title, io, work) };
}
