/** What is said of jobs. */
import type { Job } from '../../preload/contract/index.ts';
import { t } from '../text/en.ts';

const OVER = new Set<Job['state']>(['done', 'failed', 'cancelled']);

/** What to read out: the jobs that were going on `before` and are over `now`. */
export function jobEndings(before: readonly Job[], now: readonly Job[]): string[] {
  return now.flatMap((job) => {
    const was = before.find(({ id }) => id === job.id);
    return was && !OVER.has(was.state) && OVER.has(job.state) ? [t.jobs.ended(job.title, job.state)] : [];
  });
}

/** How it stands with a job; of one that waits, for what. */
export const standing = ({ state, waitsFor }: Pick<Job, 'state' | 'waitsFor'>): string =>
  waitsFor === null ? t.jobs.states[state] : t.jobs.waitsFor(waitsFor);

/** Whether a job is over. */
export const isOver = ({ state }: Job): boolean => OVER.has(state);

/** The job to show where there is room for one: what runs, else what is paused or waits. */
export function foremost(jobs: readonly Job[]): Job | null {
  for (const state of ['running', 'paused', 'queued'] as const) {
    const job = jobs.find((one) => one.state === state);
    if (job) return job;
  }
  return null;
}

/** Where a waiting job would go among the waiting ones of its kind; null where it cannot go there. */
export function placeAfterMove(jobs: readonly Job[], job: Job, by: -1 | 1): number | null {
  const waiting = jobs.filter(({ state, kind }) => state === 'queued' && kind === job.kind);
  const to = waiting.indexOf(job) + by;
  return job.state === 'queued' && to >= 0 && to < waiting.length ? to : null;
}
