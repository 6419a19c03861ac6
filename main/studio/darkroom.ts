/**
 * The darkroom: the process that opens pictures for the studio (thumbnails, the doctor, sketches, sprite sheets), so
 * that a picture that crashes a decoder takes down nothing else. Its parent is darkroom-client.ts.
 */
import { constants, setPriority } from 'node:os';
import { failureOf, parent } from '../engine/processes/roles.ts';
import { darkroomTasks, type DarkroomReply, type DarkroomRequest, type Progress } from './darkroom-tasks.ts';

// Hundreds of thumbnails must not make the window that shows them wait for a processor.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const send: (reply: DarkroomReply) => void = parent((request: DarkroomRequest) => {
  const { id, task, args } = request;
  const run = darkroomTasks[task] as (args: unknown, progress: Progress) => Promise<unknown>;
  const progress: Progress = (done, total, news) => send({ id, type: 'progress', done, total, news });
  const work = async (): Promise<unknown> => run(args, progress); // also of a task that throws at once
  work().then(
    (value) => send({ id, type: 'done', value }),
    (error: unknown) => send({ id, type: 'failed', ...failureOf(error) }),
  );
});
