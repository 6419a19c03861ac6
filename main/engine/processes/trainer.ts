/** The trainer: the process in which a run trains. Its parent starts it, carries its requests to the loader, and supervises. */
import { constants, setPriority } from 'node:os';
import type { LoaderReply, LoaderRequest, TrainerReply, TrainerRequest, TrainOptions } from './messages.ts';
import { errorOf, failureOf, parent } from './roles.ts';
import { Training, type PictureSource } from '../training/training.ts';

const send: (reply: TrainerReply) => void = parent(hear);

type Waiting = { resolve: (reply: LoaderReply) => void; reject: (error: Error) => void };
type Body<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The loader, reached through the parent. */
const waiting = new Map<number, Waiting>();
let asked = 0;

function ask(request: Body<LoaderRequest>): Promise<LoaderReply> {
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    send({ type: 'loader', request: { ...request, id } });
  });
}

function settle(reply: LoaderReply): void {
  if (reply.type === 'warning') {
    send({ type: 'event', event: { event: 'warning', message: reply.message } });
    return;
  }
  const { resolve, reject } = waiting.get(reply.id)!;
  waiting.delete(reply.id);
  if (reply.type === 'failed') reject(errorOf(reply));
  else resolve(reply);
}

const batchOf = (reply: LoaderReply) => {
  if (reply.type !== 'batch') throw new Error(`the loader answered ${reply.type} to a request for pictures`);
  return reply.batch;
};

const source: PictureSource = {
  open: async (settings) => {
    const reply = await ask({ type: 'open', settings });
    if (reply.type !== 'opened') throw new Error(`the loader answered ${reply.type} to open`);
    return reply.summary;
  },
  serve: async (ports) => {
    const reply = await ask({ type: 'serve', ports });
    if (reply.type !== 'serving') throw new Error(`the loader answered ${reply.type} to serve`);
  },
  batch: async (step) => batchOf(await ask({ type: 'batch', step })),
  heldOut: async (from, count) => batchOf(await ask({ type: 'heldOut', from, count })),
};

let training: Training | undefined;

async function train(options: TrainOptions): Promise<void> {
  if (options.background) setPriority(constants.priority.PRIORITY_LOW);
  training = new Training(options, source, (event) => send({ type: 'event', event }));
  await training.run();
}

function hear(request: TrainerRequest): void {
  if (request.type === 'loader') settle(request.reply);
  else if (request.type === 'train')
    train(request.options).then(
      () => send({ type: 'ended' }),
      (error: unknown) => send({ type: 'failed', ...failureOf(error) }),
    );
  else if (request.type === 'giveWay') training?.giveWay(request.ms);
  else training?.[request.type]();
}
