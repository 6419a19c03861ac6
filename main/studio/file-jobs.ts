/** Jobs that are one task of a task worker: imports, sketches, cutting, checks, exports. */
import { z } from 'zod';
import type { Launch } from '../engine/processes/roles.ts';
import { inTaskWorker } from './tasks/client.ts';
import type { TaskArgs, TaskName, TaskResult } from './tasks/tasks.ts';
import type { JobKind, JobQueue } from './jobs.ts';

const argumentsSchema = z.object({ task: z.string(), args: z.unknown() });

/** Files do not wait for the engine. @param done hears when one has done its work, also one that waited in an earlier studio */
export const fileJobs = (launch: Launch, done: () => void): JobKind => ({
  lane: 'files',
  first: false,
  entered: (given) => void argumentsSchema.parse(given),
  work(given, { progress, signal }) {
    const { task, args } = argumentsSchema.parse(given);
    return inTaskWorker(launch, [task as TaskName, args as TaskArgs<TaskName>], { progress, signal });
  },
  left: (_given, { state }) => {
    if (state === 'done') done();
  },
});

/** Does a task as a job; undefined when it was cancelled. @throws UserError */
export async function doTask<K extends TaskName>(
  queue: JobQueue,
  title: string,
  [task, args]: [K, TaskArgs<K>],
): Promise<TaskResult<K> | undefined> {
  const { finished } = queue.add({ kind: 'files', title, arguments: { task, args } });
  return (await finished) as TaskResult<K> | undefined;
}
