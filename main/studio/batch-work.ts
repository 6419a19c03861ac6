/**
 * The work on one batch: a process makes what is wanted of its pictures, and where it crashes, another one finds the picture that
 * did it and goes on without. A pause ends the process too; what is made is kept, and only the rest is made after it.
 */
import type { Launch } from '../engine/processes/roles.ts';
import { UserError } from '../errors.ts';
import { inTaskWorker } from './tasks/client.ts';
import type { Control } from './jobs.ts';
import type { PictureNews, WorkOnPictures } from './batch-tasks.ts';

/** The process that translated has ended by itself. */
class Crashed extends UserError {}

/** How far a batch is: its results, and what is wrong with pictures that have none, by their names. */
export interface BatchProgress {
  done: number;
  problems: Record<string, string>;
  /** What of pictures that have one is not as it was besides their size. */
  changed: Record<string, string>;
  /** How wide and high the tiles are at most that pictures are cut into; null where none was. */
  tiles: number | null;
}

/** Makes what is missing of a batch; gives how it ended. @throws UserError */
export async function workOnBatch(
  task: Omit<WorkOnPictures, 'oneAtATime'>,
  launch: Launch,
  control: Control,
  tell: (progress: BatchProgress) => void,
): Promise<Omit<BatchProgress, 'done'>> {
  const watch = new Watch(task.pictures.length, control, tell);
  for (;;) {
    const pictures = task.pictures.filter(({ name }) => !watch.crashed.has(name));
    const pause = new AbortController();
    const going = pausable(control, pause);
    try {
      await inTaskWorker(launch, ['workOnPictures', { ...task, pictures, oneAtATime: watch.careful }], {
        progress: (done, _, news) => watch.hear(done, news),
        signal: AbortSignal.any([control.signal, pause.signal]),
        died: (how) => new Crashed(`The process that works on them ${how}`),
      });
      return watch;
    } catch (error) {
      control.signal.throwIfAborted();
      if (pause.signal.aborted) await going();
      else if (!(error instanceof Crashed) || !watch.survives(error)) throw error;
    }
  }
}

/** Follows one batch: what failed, what crashed the process, how long the rest takes. */
class Watch {
  readonly crashed = new Set<string>();
  readonly problems: Record<string, string> = {};
  readonly changed: Record<string, string> = {};
  tiles: number | null = null;
  readonly #total: number;
  readonly #control: Control;
  readonly #tell: (progress: BatchProgress) => void;
  #careful = false;
  #opening: string | null = null;
  #began: { at: number; done: number } | null = null;

  constructor(total: number, control: Control, tell: (progress: BatchProgress) => void) {
    [this.#total, this.#control, this.#tell] = [total, control, tell];
  }

  /** Whether pictures are opened one at a time, after a crash, so that the one that did it is known. */
  get careful(): boolean {
    return this.#careful;
  }

  hear(done: number, news: PictureNews | undefined): void {
    if (news && 'opening' in news) this.#opening = news.opening;
    else if (news && 'tiles' in news) this.tiles = news.tiles;
    else if (news && 'changed' in news) this.#note(news.changed, news.note);
    else {
      if (news) this.problems[news.failed] = news.problem.slice(0, 1000);
      this.#show(done);
    }
  }

  /** Once: a picture may be opened again after a crash. */
  #note(name: string, note: string): void {
    const known = this.changed[name];
    if (known?.includes(note) !== true) this.changed[name] = (known ? `${known}; ${note}` : note).slice(0, 1000);
  }

  /** After a crash: once more, one picture at a time; if that crashes too, without that picture. */
  survives(error: Crashed): boolean {
    this.#began = null;
    if (!this.#careful) {
      this.#careful = true;
      return this.#opening !== null; // else it is the model that cannot be opened
    }
    if (this.#opening === null || this.crashed.has(this.#opening)) return false;
    this.crashed.add(this.#opening);
    this.problems[this.#opening] = error.message;
    return true;
  }

  #show(done: number): void {
    const now = performance.now();
    // The pace of this attempt: what was there before, and pauses, say nothing of it.
    this.#began ??= { at: now, done };
    const made = done - this.#began.done;
    const over = done + this.crashed.size;
    const secondsLeft = made > 0 ? (((now - this.#began.at) / made) * (this.#total - over)) / 1000 : null;
    this.#control.show({ progress: over / this.#total, secondsLeft });
    // A large picture is told of while it is worked on; what is there counts whole.
    this.#tell({
      done: Math.floor(over) - Object.keys(this.problems).length,
      problems: this.problems,
      changed: this.changed,
      tiles: this.tiles,
    });
  }
}

/** Lets a job be paused by ending an attempt; gives what waits until it goes on. */
function pausable({ onPause, signal }: Control, pause: AbortController): () => Promise<void> {
  let proceed: () => void = () => undefined;
  const going = new Promise<void>((resolve, reject) => {
    proceed = resolve;
    signal.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
  });
  going.catch(() => undefined); // a job that is cancelled while it runs waits for nothing
  onPause(
    () => pause.abort(),
    () => proceed(),
  );
  return () => going;
}
