/** What a drawing is, written down: `drawing.json`. No decoder here, as the studio's own process reads these. */
import { join } from 'node:path';
import { z } from 'zod';
import { plainLayer } from '../../../preload/contract/layers/stack.ts';
import { drawingState } from '../../../preload/contract/schemas.ts';
import { readRecord, writeRecord, type RecordKind } from '../../records.ts';

const placedSchema = z.object({
  file: z.string().regex(/^[0-9a-f]{32}\.png$/),
  left: z.int().min(0),
  top: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
});

const FORMAT = 2;

const drawingSchema = z.object({
  format: z.literal(FORMAT),
  title: z.string(),
  created: z.string(),
  changed: z.string(),
  state: drawingState,
  /** What a person should know of the file that it was opened from. */
  notes: z.array(z.string()).default([]),
  /** Where the paint of each layer and of each mask is; one that is not here has none. */
  pixels: z.record(z.string(), placedSchema),
});
export type DrawingRecord = z.infer<typeof drawingSchema>;

const DRAWING: RecordKind<DrawingRecord> = {
  schema: drawingSchema,
  format: FORMAT,
  up: { 1: withModes },
  advice: 'its layers can be found in the folder "layers" beside it',
};

/** @throws UserError when it is missing, damaged, or from a newer version */
export const readDrawing = (folder: string): DrawingRecord => readRecord(join(folder, 'drawing.json'), DRAWING);

export const writeDrawing = (folder: string, record: Omit<DrawingRecord, 'format'>): void =>
  writeRecord(join(folder, 'drawing.json'), { ...record, format: FORMAT });

/** Layers only covered each other, and there were no groups. What is no list of layers is left to the schema. */
function withModes(old: Record<string, unknown>): Record<string, unknown> {
  const state = old['state'] as { layers?: unknown } | null | undefined;
  if (!Array.isArray(state?.layers)) return old;
  const layers = state.layers.map((layer: object) => ({ ...plainLayer({ id: '', title: '' }), ...layer }));
  return { ...old, state: { ...state, layers } };
}

export const thumbnailFile = (folder: string): string => join(folder, 'thumbnail.png');
