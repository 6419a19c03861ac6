/** Starts the processes of a training, carries pictures from the loader to the trainer, and ends both. */
import { fork, type ChildProcess } from 'node:child_process';
import { UserError } from '../errors.ts';
import { built } from '../root.ts';
import type { LoaderReply, LoaderRequest, TrainerReply, TrainerRequest, TrainEvent, TrainOptions } from './messages.ts';

/** A training under way. */
export interface RunningTraining {
  /** Fulfilled when it has ended (also by `stop`). Rejected with a UserError for bad input, an Error for a fault of ours. */
  finished: Promise<void>;
  /** Ends it after the step at hand, with a checkpoint. */
  stop(): void;
}

const start = (role: 'trainer' | 'loader'): ChildProcess =>
  fork(built(`${role}.js`), { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

/** How a process ended, in words. */
const ending = (code: number | null, signal: string | null): string =>
  signal ? `was killed (${signal})` : `ended with status ${code}`;

/** Begins a training in processes of its own. */
export function startTraining(options: TrainOptions, tell: (event: TrainEvent) => void): RunningTraining {
  const [trainer, loader] = [start('trainer'), start('loader')];
  const toTrainer = (request: TrainerRequest): void => void trainer.send(request, () => undefined);
  const toLoader = (request: LoaderRequest): void => void loader.send(request, () => undefined);

  const finished = new Promise<void>((resolve, reject) => {
    trainer.on('message', (reply: TrainerReply) => {
      if (reply.type === 'loader') toLoader(reply.request);
      else if (reply.type === 'event') tell(reply.event);
      else if (reply.type === 'ended') resolve();
      else reject(reply.user ? new UserError(reply.message) : new Error(reply.message));
    });
    loader.on('message', (reply: LoaderReply) => toTrainer({ type: 'loader', reply }));
    for (const [process, role] of [
      [trainer, 'trainer'],
      [loader, 'loader'],
    ] as const) {
      process.on('error', reject);
      process.on('exit', (code, signal) =>
        reject(
          new Error(`the ${role} ${ending(code, signal)}; the run goes on from its last checkpoint with --resume`),
        ),
      );
    }
  }).finally(() => {
    for (const process of [trainer, loader]) if (process.connected) process.disconnect();
  });
  toTrainer({ type: 'train', options });
  return { finished, stop: () => toTrainer({ type: 'stop' }) };
}
