/** the task worker, seen from the studio. */
import { UserError } from '../../errors.ts';
import { RoleClient } from '../../engine/processes/role-client.ts';
import { errorOf, forkRole, type Launch } from '../../engine/processes/roles.ts';
import type { TaskReply, TaskRequest, Progress, TaskArgs, TaskName, TaskResult } from './tasks.ts';

/** What those hear who wait for a task worker that ended; `how` says it in words ("was killed (SIGKILL)"). */
type Died = (how: string) => Error;

const diedAtWork: Died = (how) =>
  new UserError(`The process that opens files ${how}; try again, with fewer files if they are large`);

export class TaskWorker {
  readonly #client: RoleClient<TaskRequest, TaskReply>;

  constructor(launch: Launch = forkRole, died: Died = diedAtWork) {
    this.#client = new RoleClient(launch, 'worker', died);
  }

  /** Does a task there. @throws UserError for bad input, also for a picture that made the task worker die */
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
    return (reply as TaskReply & { type: 'done' }).value as TaskResult<K>;
  }

  /** Ends it at once; what is waiting fails. */
  close(): void {
    this.#client.close();
  }
}

/** Does one long task in a task worker of its own, which the signal ends at once. @throws UserError; the signal's reason */
export async function inTaskWorker<K extends TaskName>(
  launch: Launch,
  [task, args]: [K, TaskArgs<K>],
  { progress = () => undefined, signal, died }: { progress?: Progress; signal: AbortSignal; died?: Died },
): Promise<TaskResult<K>> {
  signal.throwIfAborted();
  const room = new TaskWorker(launch, died);
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
