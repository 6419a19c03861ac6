/**
 * The waiting jobs of each project, in the studio's own folder: they name places on this machine, which are no part of a
 * project that may be moved or given away, nor may a project from elsewhere say what is to be done here.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord, writeRecord, type RecordKind } from '../records.ts';
import type { JobRecord, JobStore } from './jobs.ts';
import { homeFolder } from './places.ts';

const recordSchema = z.object({
  id: z.string(),
  kind: z.enum(['train', 'translate', 'files']),
  title: z.string(),
  run: z.string().nullable(),
  arguments: z.unknown(),
});

const JOBS: RecordKind<{ format: 1; jobs: JobRecord[] }> = {
  schema: z.object({ format: z.literal(1), jobs: z.array(recordSchema) }),
  format: 1,
};

/** The store of a project, by its id. */
export function jobStore(project: string): JobStore {
  const file = join(homeFolder(), 'jobs', `${project.replace(/[^\w-]/g, '_')}.json`);
  return {
    read: () => (existsSync(file) ? readRecord(file, JOBS).jobs : []),
    write(jobs) {
      if (jobs.length === 0) rmSync(file, { force: true });
      else writeRecord(file, { format: 1, jobs });
    },
  };
}
