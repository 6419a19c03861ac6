/** The job queue: what waits, what runs, and how far it is. Jobs of one lane run one at a time, in their order. */
import { randomUUID } from 'node:crypto';
import type { Job } from '../../preload/contract/index.ts';
import { UserError } from '../errors.ts';

/** The engine is one; files (import, sketches, cutting) do not wait for it. */
const LANES: Record<Job['kind'], 'engine' | 'files'> = { train: 'engine', translate: 'engine', files: 'files' };

/** What the work of a job can do while it runs. */
export interface Control {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
  /** Shows these things of the job; time left is taken from the pace where it is not given. */
  readonly show: (change: Partial<Pick<Job, 'message' | 'secondsLeft' | 'progress' | 'title'>>) => void;
  /** How the work is paused and goes on; without it the job cannot be paused once it runs. */
  readonly onPause: (pause: () => void, proceed: () => void) => void;
}

export interface JobOptions {
  kind: Job['kind'];
  title: string;
  run?: string;
  /** Does the work. Ended by the signal it rejects or returns; then the job is cancelled. */
  work: (control: Control) => Promise<void>;
}

interface Entry {
  job: Job;
  work: JobOptions['work'];
  abort: AbortController;
  pausing: { pause: () => void; proceed: () => void } | undefined;
  started: boolean;
  finished: Promise<void>;
  settle: { resolve: () => void; reject: (error: unknown) => void };
}

export interface Ended {
  job: Job;
  error: unknown;
}

export class JobQueue {
  readonly #entries: Entry[] = [];
  readonly #changed: (jobs: Job[]) => void;
  readonly #ended: (ended: Ended) => void;

  /** @param ended hears of every job that ended by itself, with what it threw if it failed */
  constructor(changed: (jobs: Job[]) => void, ended: (ended: Ended) => void = () => undefined) {
    this.#changed = changed;
    this.#ended = ended;
  }

  list(): Job[] {
    return this.#entries.map(({ job }) => ({ ...job }));
  }

  /** Whether something runs or waits. */
  get busy(): boolean {
    return this.#entries.some(({ job }) => ['queued', 'running', 'paused'].includes(job.state));
  }

  /** Puts work at the end of its lane. `finished` is rejected with what the work threw; cancelled work ends well. */
  add({ kind, title, run, work }: JobOptions): { id: string; finished: Promise<void> } {
    const job: Job = {
      ...{ id: randomUUID(), kind, title, state: 'queued', progress: null, secondsLeft: null, message: null },
      canPause: true,
      run: run ?? null,
    };
    let settle!: Entry['settle'];
    const finished = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
    finished.catch(() => undefined); // who asked may not wait; `ended` hears of it in any case
    this.#entries.push({
      job,
      work,
      abort: new AbortController(),
      pausing: undefined,
      started: false,
      finished,
      settle,
    });
    this.#schedule();
    return { id: job.id, finished };
  }

  /** @throws UserError when it has ended or its work cannot be paused */
  pause(id: string): void {
    const { job, pausing } = this.#find(id);
    if (job.state === 'running' && !pausing)
      throw new UserError(`"${job.title}" cannot be paused; it can be cancelled`);
    if (job.state !== 'running' && job.state !== 'queued') return;
    if (job.state === 'running') pausing!.pause();
    job.state = 'paused';
    job.secondsLeft = null;
    this.#schedule();
  }

  resume(id: string): void {
    const { job } = this.#find(id);
    if (job.state !== 'paused') return;
    job.state = 'queued'; // another job may have the lane meanwhile
    this.#schedule();
  }

  /** Ends a job; one that waits just goes. */
  cancel(id: string): void {
    const entry = this.#find(id);
    if (entry.started) {
      entry.abort.abort();
      return;
    }
    entry.job.state = 'cancelled';
    entry.settle.resolve();
    this.#schedule();
  }

  /** Puts a waiting job at place `to` among the waiting ones of its lane. */
  move(id: string, to: number): void {
    const entry = this.#find(id);
    if (entry.job.state !== 'queued') throw new UserError('Only jobs that wait can be put in another order');
    const waiting = this.#entries.filter(
      (other) => other !== entry && other.job.state === 'queued' && laneOf(other) === laneOf(entry),
    );
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    const before = waiting[to];
    this.#entries.splice(before ? this.#entries.indexOf(before) : this.#entries.length, 0, entry);
    this.#tell();
  }

  /** Takes ended jobs from the list. */
  clear(): void {
    for (let i = this.#entries.length - 1; i >= 0; i--) if (isOver(this.#entries[i]!.job)) this.#entries.splice(i, 1);
    this.#tell();
  }

  /** Ends everything; fulfilled when all work has ended. */
  async stopAll(): Promise<void> {
    const over = this.#entries.filter(({ job }) => !isOver(job));
    for (const { job } of over) this.cancel(job.id);
    await Promise.allSettled(over.map(({ finished }) => finished));
  }

  #find(id: string): Entry {
    const entry = this.#entries.find(({ job }) => job.id === id);
    if (!entry) throw new UserError('That job is not in the list any more');
    return entry;
  }

  /** Lets the first waiting job of every free lane go. */
  #schedule(): void {
    for (const lane of new Set(Object.values(LANES))) {
      const entries = this.#entries.filter((entry) => laneOf(entry) === lane);
      if (entries.some(({ job }) => job.state === 'running')) continue;
      const next = entries.find(({ job }) => job.state === 'queued');
      if (!next) continue;
      next.job.state = 'running';
      if (!next.started) void this.#run(next);
      else next.pausing!.proceed();
    }
    this.#tell();
  }

  async #run(entry: Entry): Promise<void> {
    const { job, abort } = entry;
    entry.started = true;
    job.canPause = false;
    let error: unknown;
    try {
      await Promise.resolve(); // who added it first hears its id
      await entry.work(this.#control(entry));
      job.state = abort.signal.aborted ? 'cancelled' : 'done';
      if (job.state === 'done') job.progress = 1;
    } catch (thrown) {
      job.state = abort.signal.aborted ? 'cancelled' : 'failed';
      if (job.state === 'failed')
        [error, job.message] = [thrown, thrown instanceof Error ? thrown.message : String(thrown)];
    }
    job.secondsLeft = null;
    job.canPause = false;
    if (job.state === 'failed') entry.settle.reject(error);
    else entry.settle.resolve();
    this.#ended({ job: { ...job }, error });
    this.#schedule();
  }

  #control(entry: Entry): Control {
    const { job, abort } = entry;
    const began = performance.now();
    const show: Control['show'] = (change) => {
      Object.assign(job, change);
      if (job.state !== 'running') job.secondsLeft = null;
      this.#tell();
    };
    return {
      id: job.id,
      signal: abort.signal,
      show,
      progress: (done, total) => {
        const left = done > 0 ? (((performance.now() - began) / done) * (total - done)) / 1000 : null;
        show({ progress: total > 0 ? Math.min(1, done / total) : null, secondsLeft: left });
      },
      onPause: (pause, proceed) => {
        entry.pausing = { pause, proceed };
        job.canPause = true;
      },
    };
  }

  #tell(): void {
    this.#changed(this.list());
  }
}

const laneOf = ({ job }: { job: Job }): string => LANES[job.kind];
const isOver = ({ state }: Job): boolean => state === 'done' || state === 'failed' || state === 'cancelled';
