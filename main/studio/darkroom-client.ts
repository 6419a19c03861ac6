/** The darkroom, seen from the studio. */
import { UserError } from '../errors.ts';
import { RoleClient } from '../engine/role-client.ts';
import { errorOf, forkRole, type Launch } from '../engine/roles.ts';
import type { DarkroomReply, DarkroomRequest, TaskArgs, TaskName, TaskResult } from './darkroom-tasks.ts';

type Progress = (done: number, total: number) => void;

export class Darkroom {
  readonly #client: RoleClient<DarkroomRequest, DarkroomReply>;

  constructor(launch: Launch = forkRole) {
    this.#client = new RoleClient(
      launch,
      'darkroom',
      (how) => new UserError(`The process that opens files ${how}; try again, with fewer files if they are large`),
    );
  }

  /** Does a task there. @throws UserError for bad input, also for a picture that made the darkroom die */
  async run<K extends TaskName>(
    task: K,
    args: TaskArgs<K>,
    progress: Progress = () => undefined,
  ): Promise<TaskResult<K>> {
    const reply = await this.#client.ask({ task, args }, (reply) => {
      if (reply.type === 'progress') progress(reply.done, reply.total);
      return reply.type === 'progress';
    });
    if (reply.type === 'failed') throw errorOf(reply);
    return (reply as DarkroomReply & { type: 'done' }).value as TaskResult<K>;
  }

  /** Ends it at once; what is waiting fails. */
  close(): void {
    this.#client.close();
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
