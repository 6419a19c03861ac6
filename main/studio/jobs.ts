/**
 * The job queue: what waits, what runs, and how far it is. A job is a record (its kind and what that kind needs to know),
 * so that what waits survives the studio; what is done with it stands in one row a kind. Jobs of one lane run one at a
 * time, in their order; what a person waits for goes before what runs for long, which stands still meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Job } from '../../preload/contract/index.ts';
import { UserError } from '../errors.ts';

/** A job as it is written down. */
export interface JobRecord {
  id: string;
  kind: Job['kind'];
  title: string;
  /** The run that it works on. */
  run: string | null;
  arguments: unknown;
}

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

/** How a job left the queue. */
export type Outcome = { state: 'done' | 'cancelled' } | { state: 'failed'; error: unknown };

/** A kind of job. `given` are a record's arguments: of an earlier studio, perhaps, so that they must be parsed. */
export interface JobKind {
  /** Jobs of one lane wait for each other: one lane a device, and one for files. */
  lane: string;
  /**
   * Whether a person waits for its jobs: in their lane they go before those of other kinds, and one of those that runs
   * is paused for them, where it can be, and goes on after.
   */
  first: boolean;
  /** A job of this kind is in the queue. @throws UserError when what it needs is not there (any more) */
  entered(given: unknown, job: string): void;
  /** Does the work. Ended by the signal it rejects or returns; then the job is cancelled. */
  work(given: unknown, control: Control): Promise<unknown>;
  /** It is done, or cancelled (perhaps before it began), or failed. */
  left(given: unknown, outcome: Outcome): void;
}

export type JobKinds = Readonly<Record<Job['kind'], JobKind>>;

/** Where waiting jobs are kept. */
export interface JobStore {
  read(): JobRecord[];
  write(jobs: readonly JobRecord[]): void;
}

interface Entry {
  job: Job;
  record: JobRecord;
  abort: AbortController;
  pausing: { pause: () => void; proceed: () => void } | undefined;
  started: boolean;
  finished: Promise<unknown>;
  settle: { resolve: (value: unknown) => void; reject: (error: unknown) => void };
}

export interface Ended {
  job: Job;
  error: unknown;
}

/** Of the open project: its kinds of jobs, and its waiting ones of last time. */
interface Serving {
  kinds: JobKinds;
  store: JobStore;
}

export class JobQueue {
  readonly #entries: Entry[] = [];
  readonly #changed: (moved: boolean) => void;
  readonly #ended: (ended: Ended) => void;
  #serving: Serving | undefined;
  #written = '[]';
  #states = '';
  #stopping = false;

  /**
   * @param changed hears of every change; `moved` where a job came, went or is in another state now, not for progress
   * @param ended hears of every job that ended by itself, with what it threw if it failed
   */
  constructor(changed: (moved: boolean) => void, ended: (ended: Ended) => void = () => undefined) {
    this.#changed = changed;
    this.#ended = ended;
  }

  /** Serves a project: what waited in it when it was last open waits again. @throws UserError where that is damaged */
  serve(kinds: JobKinds, store: JobStore): void {
    this.#serving = { kinds, store };
    for (const record of store.read())
      try {
        this.#enter(record);
      } catch (error) {
        // What it needs is gone, or was said otherwise by another version: the job is gone with it.
        if (!(error instanceof UserError || error instanceof z.ZodError)) throw error;
      }
    this.#schedule();
  }

  list(): Job[] {
    return this.#entries.map((entry) => ({ ...entry.job, waitsFor: this.#waitsFor(entry) }));
  }

  /** The state of a job; undefined for one that is not in the list (any more). */
  stateOf(id: string): Job['state'] | undefined {
    return this.#entries.find(({ job }) => job.id === id)?.job.state;
  }

  /** Whether something runs or waits. */
  get busy(): boolean {
    return this.#entries.some(({ job }) => ['queued', 'running', 'paused'].includes(job.state));
  }

  /**
   * Puts a job at the end of its lane. `finished` gives what the work gave, or is rejected with what it threw; cancelled
   * work gives undefined.
   */
  add(job: Omit<JobRecord, 'id' | 'run'> & { run?: string }): { id: string; finished: Promise<unknown> } {
    const record = { ...job, id: randomUUID(), run: job.run ?? null };
    const { finished } = this.#enter(record);
    this.#schedule();
    return { id: record.id, finished };
  }

  #enter(record: JobRecord): Entry {
    const { id, kind, title, run } = record;
    this.#kind(kind).entered(record.arguments, id);
    const job: Job = {
      ...{ id, kind, title, state: 'queued', progress: null, secondsLeft: null, message: null },
      ...{ canPause: true, run, waitsFor: null },
    };
    let settle!: Entry['settle'];
    const finished = new Promise<unknown>((resolve, reject) => (settle = { resolve, reject }));
    finished.catch(() => undefined); // who asked may not wait; `ended` hears of it in any case
    const entry = { job, record, abort: new AbortController(), pausing: undefined, started: false, finished, settle };
    this.#entries.push(entry);
    return entry;
  }

  #kind(kind: Job['kind']): JobKind {
    if (!this.#serving) throw new Error('a job was added while no project is open');
    return this.#serving.kinds[kind];
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
    this.#leave(entry, { state: 'cancelled' });
    entry.settle.resolve(undefined);
    this.#schedule();
  }

  /** Puts a waiting job at place `to` among the waiting ones of its kind. */
  move(id: string, to: number): void {
    const entry = this.#find(id);
    if (entry.job.state !== 'queued') throw new UserError('Only jobs that wait can be put in another order');
    const waiting = this.#entries.filter(
      (other) => other !== entry && other.job.state === 'queued' && other.job.kind === entry.job.kind,
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

  /** Ends everything that runs, and keeps what waits for the next time; fulfilled when all work has ended. */
  async stopAll(): Promise<void> {
    this.#stopping = true;
    const over = this.#entries.filter(({ job }) => !isOver(job));
    for (const { job } of over) this.cancel(job.id);
    await Promise.allSettled(over.map(({ finished }) => finished));
  }

  #find(id: string): Entry {
    const entry = this.#entries.find(({ job }) => job.id === id);
    if (!entry) throw new UserError('That job is not in the list any more');
    return entry;
  }

  #laneOf({ job }: Entry): string {
    return this.#kind(job.kind).lane;
  }

  #goesFirst({ job }: Entry): boolean {
    return this.#kind(job.kind).first;
  }

  /** The title of what has the lane of a waiting job; null where it is nothing. */
  #waitsFor(entry: Entry): string | null {
    if (entry.job.state !== 'queued') return null;
    const ahead = this.#entries.find(
      (other) => other.job.state === 'running' && this.#laneOf(other) === this.#laneOf(entry),
    );
    return ahead?.job.title ?? null;
  }

  /** Lets the first waiting job of every lane go that is free, or whose job makes way for it. */
  #schedule(): void {
    const going = this.#entries.filter(({ job }) => !isOver(job));
    for (const lane of new Set(going.map((entry) => this.#laneOf(entry)))) {
      const entries = going.filter((entry) => this.#laneOf(entry) === lane);
      const waiting = entries.filter(({ job }) => job.state === 'queued');
      const next = waiting.find((entry) => this.#goesFirst(entry)) ?? waiting[0];
      if (!next) continue;
      const running = entries.find(({ job }) => job.state === 'running');
      if (running) {
        if (!running.pausing || !this.#goesFirst(next) || this.#goesFirst(running)) continue;
        running.pausing.pause();
        Object.assign(running.job, { state: 'queued', secondsLeft: null });
      }
      next.job.state = 'running';
      if (!next.started) void this.#run(next);
      else next.pausing!.proceed();
    }
    this.#tell();
  }

  async #run(entry: Entry): Promise<void> {
    const { job, abort, record } = entry;
    entry.started = true;
    job.canPause = false;
    let [value, outcome]: [unknown, Outcome] = [undefined, { state: 'cancelled' }];
    try {
      await Promise.resolve(); // who added it first hears its id
      value = await this.#kind(job.kind).work(record.arguments, this.#control(entry));
      if (!abort.signal.aborted) outcome = { state: 'done' };
    } catch (error) {
      if (!abort.signal.aborted) outcome = { state: 'failed', error };
    }
    Object.assign(job, { state: outcome.state, secondsLeft: null, canPause: false });
    if (outcome.state === 'done') job.progress = 1;
    const error = outcome.state === 'failed' ? outcome.error : undefined;
    if (outcome.state === 'failed') job.message = error instanceof Error ? error.message : String(error);
    this.#leave(entry, outcome);
    if (outcome.state === 'failed') entry.settle.reject(error);
    else entry.settle.resolve(value);
    this.#ended({ job: { ...job }, error });
    this.#schedule();
  }

  #leave({ record }: Entry, outcome: Outcome): void {
    this.#kind(record.kind).left(record.arguments, outcome);
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
    this.#write();
    const states = this.#entries.map(({ job }) => `${job.id} ${job.state}`).join();
    const moved = states !== this.#states;
    this.#states = states;
    this.#changed(moved);
  }

  /** What waits is written down. While the studio ends, what it cancels still waits for the next time. */
  #write(): void {
    if (this.#stopping || !this.#serving) return;
    const waiting = this.#entries.filter(({ job, started }) => !started && !isOver(job)).map(({ record }) => record);
    const text = JSON.stringify(waiting);
    if (text === this.#written) return;
    this.#serving.store.write(waiting);
    this.#written = text;
  }
}

const isOver = ({ state }: Job): boolean => state === 'done' || state === 'failed' || state === 'cancelled';
