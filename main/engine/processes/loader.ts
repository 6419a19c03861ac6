/**
 * The loader: the process that opens pictures, and the only one that does. Its parent tells it where to listen, and the
 * trainer asks it there, past the parent, with `LoaderRequest`s; the work is in minibatches.ts.
 */
import { MinibatchSource } from '../data/minibatches.ts';
import type { LoaderOrder, LoaderReply, LoaderRequest } from './messages.ts';
import { failureOf, parent } from './roles.ts';
import { listen, type Line } from './wire.ts';

let source: MinibatchSource | undefined;

async function answer(request: LoaderRequest): Promise<LoaderReply> {
  const { id } = request;
  if (request.type === 'open') {
    source = new MinibatchSource(request.settings, (message) => send({ type: 'warning', message }));
    return { type: 'opened', id, summary: source.summary };
  }
  if (!source) throw new Error(`The loader was asked for a ${request.type} before a dataset was opened`);
  if (request.type === 'serve') {
    source.serve(request.ports);
    return { type: 'serving', id };
  }
  const batch =
    request.type === 'batch' ? await source.batch(request.step) : await source.heldOut(request.from, request.count);
  return { type: 'batch', id, batch };
}

let send: (reply: LoaderReply) => void = () => undefined;

function connected(line: Line): void {
  send = (reply) => line.send(reply);
  line.onMessage((message) => {
    const request = message as LoaderRequest;
    answer(request).then(send, (error: unknown) => send({ type: 'failed', id: request.id, ...failureOf(error) }));
  });
}

const tell = parent(({ address }: LoaderOrder) => {
  void listen(address, connected).then(() => tell({ type: 'listening' }));
});
