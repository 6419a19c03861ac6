/** The upscalers that Maquette brings along: `assets/upscalers/<id>/` with `model.onnx` and `upscaler.json`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { readRecord, type RecordKind } from '../../records.ts';
import { ROOT } from '../../root.ts';

const upscalerSchema = z.object({
  format: z.literal(1),
  title: z.string(),
  /** What it is good for, in a sentence. */
  says: z.string(),
  /** Its results are so many times as wide and high. */
  scale: z.int().min(2).max(8),
  /** What it learned as, where a training can go on from it. */
  family: z.string().nullable().default(null),
  licence: z.string(),
  /** Where it comes from. */
  notes: z.string(),
});
export type Upscaler = z.infer<typeof upscalerSchema> & { id: string };

const UPSCALER: RecordKind<z.infer<typeof upscalerSchema>> = { schema: upscalerSchema, format: 1 };
const FOLDER = join(ROOT, 'assets', 'upscalers');

/** All of them, those that enlarge least first. */
export const readyUpscalers = (): Upscaler[] =>
  readdirSync(FOLDER)
    .filter((id) => existsSync(join(FOLDER, id, 'upscaler.json')))
    .map((id) => ({ id, ...readRecord(join(FOLDER, id, 'upscaler.json'), UPSCALER) }))
    .sort((a, b) => a.scale - b.scale || a.id.localeCompare(b.id));

/** One of them. @throws UserError that names them all */
export function readyUpscaler(id: string): Upscaler & { file: string } {
  const all = readyUpscalers();
  const found = all.find((each) => each.id === id);
  if (!found)
    throw new UserError(
      `There is no upscaler "${id}"; there are ${all.map((each) => each.id).join(', ')}, and the models that you train`,
    );
  return { ...found, file: join(FOLDER, id, 'model.onnx') };
}
