/** The darkroom, seen from the studio. */
import { UserError } from '../errors.ts';
import { RoleClient } from '../engine/processes/role-client.ts';
import { errorOf, forkRole, type Launch } from '../engine/processes/roles.ts';
import type { DarkroomReply, DarkroomRequest, Progress, TaskArgs, TaskName, TaskResult } from './darkroom-tasks.ts';

/** What those hear who wait for a darkroom that ended; `how` says it in words ("was killed (SIGKILL)"). */
type Died = (how: string) => Error;

const diedAtWork: Died = (how) =>
  new UserError(`The process that opens files ${how}; try again, with fewer files if they are large`);

export class Darkroom {
  readonly #client: RoleClient<DarkroomRequest, DarkroomReply>;

  constructor(launch: Launch = forkRole, died: Died = diedAtWork) {
    this.#client = new RoleClient(launch, 'darkroom', died);
  }

  /** Does a task there. @throws UserError for bad input, also for a picture that made the darkroom die */
  async run<K extends TaskName>(
    task: K,
    args: TaskArgs<K>,
    progress: Progress = () => undefined,
  ): Promise<TaskResult<K>> {
    const reply = await this.#client.ask({ task, args }, (reply) => {
      if (reply.type === 'progress') progress(reply.done, reply.total, reply.news);
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
  { progress = () => undefined, signal, died }: { progress?: Progress; signal: AbortSignal; died?: Died },
): Promise<TaskResult<K>> {
  signal.throwIfAborted();
  const room = new Darkroom(launch, died);
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
