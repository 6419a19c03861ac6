/**
 * Where the originals of a batch lie on this machine. Paths are no part of a project, which may be moved or given away:
 * they are kept in the studio's own folder.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord, writeRecord, type RecordKind } from '../records.ts';
import { homeFolder } from './places.ts';
import { keepUploads, releaseUploads } from './uploads.ts';

const PLACES: RecordKind<{ format: 1; files: Record<string, string> }> = {
  schema: z.object({ format: z.literal(1), files: z.record(z.string(), z.string()) }),
  format: 1,
  advice: 'translate the pictures again',
};

const placesFile = (project: string, batch: string): string =>
  join(homeFolder(), 'batches', `${project.replace(/[^\w-]/g, '_')}-${batch}.json`);

/** Writes down the file of each picture of a batch, by its name. @throws UserError */
export function writePlaces(project: string, batch: string, files: Record<string, string>): void {
  writeRecord(placesFile(project, batch), { format: 1, files });
  keepUploads(Object.values(files), batch);
}

/** The files by name; none where the batch was made on another machine. @throws UserError when they are damaged */
export function readPlaces(project: string, batch: string): ReadonlyMap<string, string> {
  const file = placesFile(project, batch);
  return new Map(existsSync(file) ? Object.entries(readRecord(file, PLACES).files) : []);
}

/** For a batch that is gone for good. */
export function forgetPlaces(project: string, batch: string): void {
  releaseUploads(readPlaces(project, batch).values(), batch);
  rmSync(placesFile(project, batch), { force: true });
}
