/** The graph of an exported model in our own language, built anew from the family and the settings that its file names. */
import { z } from 'zod';
import { FAMILIES } from '../../../models/families/index.ts';
import type { ProgramModel } from '../../../models/families/program.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import type { Size } from './tiles.ts';

/**
 * null for models of other tools, and of families or settings that this version does not know.
 * @param taken the size of the pictures that go in, where the model takes any
 */
export function graphOf(
  { metadata }: Pick<ReadModel, 'metadata'>,
  mode?: 'infer' | 'vary',
  taken?: Size,
): ProgramModel | null {
  const family = FAMILIES.get(metadata['maquette.family'] ?? '');
  if (!family) return null;
  const settings = family.settings.safeParse(JSON.parse(metadata['maquette.settings'] ?? '{}'));
  const [size, channels] = [Number(metadata['maquette.size']), Number(metadata['maquette.channels'])];
  if (!settings.success || family.refuseSize(size) !== null) return null;
  const labels = z.array(z.string()).parse(JSON.parse(metadata['maquette.labels'] ?? '[]'));
  const shape = { size, channels: channels === 4 ? 4 : 3, batch: 1, labels, ...(taken && { taken }) } as const;
  return family.program(shape, settings.data, mode).models[0]!;
}
