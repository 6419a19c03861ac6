/** The trainer: the process in which a run trains. Its parent starts and supervises it; pictures come from the loader. */
import { constants, setPriority } from 'node:os';
import type { Port } from '../../../models/families/program.ts';
import { Training, type PictureSource } from '../training/training.ts';
import type {
  Minibatch,
  DatasetSummary,
  LoaderReply,
  LoaderRequest,
  LoaderSettings,
  TrainerReply,
  TrainerRequest,
  TrainOptions,
} from './messages.ts';
import { errorOf, failureOf, parent } from './roles.ts';
import { connect, type Line } from './wire.ts';

const send: (reply: TrainerReply) => void = parent(hear);

type Waiting = { resolve: (reply: LoaderReply) => void; reject: (error: Error) => void };
type Body<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The loader, seen from here: its answers find those who asked by a number. */
class Loader implements PictureSource {
  readonly #line: Line;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(line: Line) {
    this.#line = line;
    line.onMessage((reply) => this.#settle(reply as LoaderReply));
  }

  async open(settings: LoaderSettings): Promise<DatasetSummary> {
    return (await this.#ask({ type: 'open', settings }, 'opened')).summary;
  }

  async serve(ports: Readonly<Record<string, Port>>): Promise<void> {
    await this.#ask({ type: 'serve', ports }, 'serving');
  }

  async batch(step: number): Promise<Minibatch> {
    return (await this.#ask({ type: 'batch', step }, 'batch')).batch;
  }

  async heldOut(from: number, count: number): Promise<Minibatch> {
    return (await this.#ask({ type: 'heldOut', from, count }, 'batch')).batch;
  }

  async #ask<K extends LoaderReply['type']>(
    request: Body<LoaderRequest>,
    expected: K,
  ): Promise<Extract<LoaderReply, { type: K }>> {
    const id = this.#asked++;
    const reply = await new Promise<LoaderReply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#line.send({ ...request, id });
    });
    if (reply.type !== expected) throw new Error(`the loader answered ${reply.type} to ${request.type}`);
    return reply as Extract<LoaderReply, { type: K }>;
  }

  #settle(reply: LoaderReply): void {
    if (reply.type === 'warning') {
      send({ type: 'event', event: { event: 'warning', message: reply.message } });
      return;
    }
    const { resolve, reject } = this.#waiting.get(reply.id)!;
    this.#waiting.delete(reply.id);
    if (reply.type === 'failed') reject(errorOf(reply));
    else resolve(reply);
  }
}

let training: Training | undefined;
/** What was asked before the training was there. */
let early: ((training: Training) => void)[] = [];

async function train(options: TrainOptions, loader: string): Promise<void> {
  if (options.background) setPriority(constants.priority.PRIORITY_LOW);
  const source = new Loader(await connect(loader));
  training = new Training(options, source, (event) => send({ type: 'event', event }));
  for (const ask of early) ask(training);
  early = [];
  await training.run();
}

function hear(request: TrainerRequest): void {
  if (request.type === 'train') {
    train(request.options, request.loader).then(
      () => send({ type: 'ended' }),
      (error: unknown) => send({ type: 'failed', ...failureOf(error) }),
    );
    return;
  }
  const ask = (of: Training): void => (request.type === 'giveWay' ? of.giveWay(request.ms) : of[request.type]());
  if (training) ask(training);
  else early.push(ask);
}
