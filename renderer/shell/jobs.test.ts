import { describe, expect, it } from 'vitest';
import type { Job } from '../../preload/contract/index.ts';
import { foremost, jobEndings, placeAfterMove, standing } from './jobs.ts';

const job = (id: string, state: Job['state']): Job => ({ id, state, title: `job ${id}` }) as Job;

describe('jobs', () => {
  it('tells once what ended', () => {
    const [before, now] = [
      [job('a', 'running'), job('b', 'done')],
      [job('a', 'done'), job('b', 'done')],
    ];
    expect(jobEndings(before, now)).toEqual(['job a has finished']);
    expect(jobEndings(now, now)).toEqual([]);
    expect(jobEndings([], now)).toEqual([]);
  });
  it('shows what runs before what waits', () => {
    expect(foremost([job('a', 'queued'), job('b', 'running')])?.id).toBe('b');
    expect(foremost([job('a', 'done')])).toBeNull();
  });
  it('says what a waiting one waits for', () => {
    expect(standing({ state: 'queued', waitsFor: 'Cats' })).toBe('Waits for “Cats”');
    expect(standing({ state: 'queued', waitsFor: null })).toBe('Waiting');
    expect(standing({ state: 'running', waitsFor: null })).toBe('Running');
  });
  it('moves among the waiting ones of its kind alone', () => {
    const other: Job = { ...job('d', 'queued'), kind: 'translate' };
    const jobs = [job('a', 'running'), job('b', 'queued'), other, job('c', 'queued'), other];
    expect(placeAfterMove(jobs, jobs[3]!, -1)).toBe(0);
    expect(placeAfterMove(jobs, jobs[1]!, -1)).toBeNull();
    expect(placeAfterMove(jobs, jobs[3]!, 1)).toBeNull();
    expect(placeAfterMove(jobs, jobs[0]!, 1)).toBeNull();
  });
});
