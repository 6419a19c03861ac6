/** What a drawing is, written down: `drawing.json`. No decoder here, as the studio's own process reads these. */
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord, writeRecord, type RecordKind } from '../../records.ts';

const placedSchema = z.object({
  file: z.string().regex(/^[0-9a-f]{32}\.png$/),
  left: z.int().min(0),
  top: z.int().min(0),
  width: z.int().min(1),
  height: z.int().min(1),
});

const side = z.int().min(1).max(4096);

const layerSchema = z.object({
  ...{ id: z.string().min(1), title: z.string(), role: z.enum(['paint', 'reference', 'correction']) },
  ...{ opacity: z.number().min(0).max(1), visible: z.boolean(), locked: z.boolean() },
});

const stateSchema = z.object({
  ...{ width: side, height: side, wrap: z.boolean() },
  paper: z.union([z.string().regex(/^#[0-9a-f]{6}$/), z.literal('transparent')]),
  layers: z.array(layerSchema).min(1).max(200),
  ...{ active: z.string().min(1), model: z.string().nullable(), scaling: z.enum(['tiles', 'fit']) },
  seed: z.int().min(0).max(999_999),
});

const drawingSchema = z.object({
  format: z.literal(1),
  title: z.string(),
  created: z.string(),
  changed: z.string(),
  state: stateSchema,
  /** What a person should know of the file that it was opened from. */
  notes: z.array(z.string()).default([]),
  /** Where the paint of each layer is; a layer that is not here has none. */
  pixels: z.record(z.string(), placedSchema),
});
export type DrawingRecord = z.infer<typeof drawingSchema>;

const DRAWING: RecordKind<DrawingRecord> = {
  schema: drawingSchema,
  format: 1,
  advice: 'its layers can be found in the folder "layers" beside it',
};

/** @throws UserError when it is missing, damaged, or from a newer version */
export const readDrawing = (folder: string): DrawingRecord => readRecord(join(folder, 'drawing.json'), DRAWING);

export const writeDrawing = (folder: string, record: DrawingRecord): void =>
  writeRecord(join(folder, 'drawing.json'), record);

export const thumbnailFile = (folder: string): string => join(folder, 'thumbnail.png');
