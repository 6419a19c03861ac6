/**
 * the task worker: the process that opens pictures for the studio (thumbnails, the doctor, sketches, sprite sheets), so
 * that a picture that crashes a decoder takes down nothing else. Its parent is tasks/client.ts.
 */
import { constants, setPriority } from 'node:os';
import { failureOf, parent } from '../../engine/processes/roles.ts';
import { taskOf, type Progress, type TaskReply, type TaskRequest } from './tasks.ts';

// Hundreds of thumbnails must not make the window that shows them wait for a processor.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const send: (reply: TaskReply) => void = parent((request: TaskRequest) => {
  const { id, task, args } = request;
  const progress: Progress = (done, total, news) => send({ id, type: 'progress', done, total, news });
  const work = async (): Promise<unknown> => {
    const run = (await taskOf(task)) as (args: unknown, progress: Progress) => unknown;
    return run(args, progress);
  };
  work().then(
    (value) => send({ id, type: 'done', value }),
    (error: unknown) => send({ id, type: 'failed', ...failureOf(error) }),
  );
});
