/**
 * the task worker: the process that opens pictures for the studio (thumbnails, the doctor, sketches, sprite sheets), so
 * that a picture that crashes a decoder takes down nothing else. Its parent is tasks/client.ts.
 */
import { constants, setPriority } from 'node:os';
import { failureOf, parent } from '../../engine/processes/roles.ts';
import { tasks, type TaskReply, type TaskRequest, type Progress } from './tasks.ts';

// Hundreds of thumbnails must not make the window that shows them wait for a processor.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const send: (reply: TaskReply) => void = parent((request: TaskRequest) => {
  const { id, task, args } = request;
  const run = tasks[task] as (args: unknown, progress: Progress) => Promise<unknown>;
  const progress: Progress = (done, total, news) => send({ id, type: 'progress', done, total, news });
  const work = async (): Promise<unknown> => run(args, progress); // also of a task that throws at once
  work().then(
    (value) => send({ id, type: 'done', value }),
    (error: unknown) => send({ id, type: 'failed', ...failureOf(error) }),
  );
});
