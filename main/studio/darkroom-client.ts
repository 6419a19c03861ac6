/** The darkroom, seen from the studio: started when first needed, started again when it dies. */
import { UserError } from '../errors.ts';
import { errorOf, forkRole, type Launch, type RoleProcess } from '../engine/roles.ts';
import type { DarkroomReply, TaskArgs, TaskName, TaskResult } from './darkroom-tasks.ts';

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  progress: (done: number, total: number) => void;
}

type Progress = Waiting['progress'];

export class Darkroom {
  readonly #launch: Launch;
  readonly #waiting = new Map<number, Waiting>();
  #process: RoleProcess | undefined;
  #asked = 0;

  constructor(launch: Launch = forkRole) {
    this.#launch = launch;
  }

  /** Does a task there. @throws UserError for bad input, also for a picture that made the darkroom die */
  run<K extends TaskName>(task: K, args: TaskArgs<K>, progress: Progress = () => undefined): Promise<TaskResult<K>> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, progress });
      (this.#process ??= this.#start()).send({ id, task, args });
    });
  }

  /** Ends it at once; what is waiting fails. */
  close(): void {
    this.#process?.kill();
  }

  #start(): RoleProcess {
    const process = this.#launch('darkroom');
    process.onMessage((message) => this.#hear(message as DarkroomReply));
    process.onExit((how) => {
      if (this.#process === process) this.#process = undefined;
      const error = new UserError(`The process that opens files ${how}; try again, with fewer files if they are large`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    return process;
  }

  #hear(reply: DarkroomReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (!waiting) return; // given up meanwhile
    if (reply.type === 'progress') {
      waiting.progress(reply.done, reply.total);
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.type === 'done') waiting.resolve(reply.value);
    else waiting.reject(errorOf(reply));
  }
}

/** Does one long task in a darkroom of its own, which the signal ends at once. @throws UserError; the signal's reason */
export async function inDarkroom<K extends TaskName>(
  launch: Launch,
  [task, args]: [K, TaskArgs<K>],
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<TaskResult<K>> {
  signal.throwIfAborted();
  const room = new Darkroom(launch);
  const end = (): void => room.close();
  signal.addEventListener('abort', end);
  try {
    return await room.run(task, args, progress);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    room.close();
  }
}
