/**
 * Our JSON files on disk (projects, runs, datasets): read with a schema, written whole. Whatever is read is hostile: a
 * file is whole and of a known version, or it is a problem in words.
 */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { explainIo, UserError } from './errors.ts';
import { writeAtomic } from './files.ts';

export interface RecordKind<T> {
  schema: z.ZodType<T>;
  /** The newest `format` that this version knows. */
  format: number;
  /** The way up from each older format to the next one: what is read is turned into what this version writes. */
  up?: Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>>;
  /** What a person can do when it is damaged; ends the sentence. */
  advice?: string;
}

/** Reads one. @throws UserError that names it when it is missing, damaged or newer than this version */
export function readRecord<T>(file: string, { schema, format: known, up = {}, advice }: RecordKind<T>): T {
  const damaged = (where: string, cause?: unknown): UserError =>
    new UserError(`${file} is damaged${where}${advice === undefined ? '' : `; ${advice}`}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged('', error);
    throw explainIo(error, `Cannot read ${file}`);
  }
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > known)
    throw new UserError(`${file} was made by a newer version of Maquette; update to open it`);
  const parsed = schema.safeParse(brought(json, known, up));
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.');
  throw damaged(path ? ` (${path})` : '');
}

/** A record of an older format, step by step brought up to the newest. One without a way up is left to the schema. */
function brought(json: unknown, known: number, up: NonNullable<RecordKind<unknown>['up']>): unknown {
  let record = json;
  for (;;) {
    const format = (record as { format?: unknown } | null)?.format;
    const step = typeof format === 'number' && format < known ? up[format] : undefined;
    if (!step) return record;
    record = { ...step(record as Record<string, unknown>), format: (format as number) + 1 };
  }
}

/** Writes one, whole or not at all. @throws UserError */
export const writeRecord = (file: string, record: object): void =>
  writeAtomic(file, [`${JSON.stringify(record, null, 2)}\n`]);
