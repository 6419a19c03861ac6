/**
 * The loader: the process that opens pictures, and the only one that does. Its parent forks it (with `serialization:
 * 'advanced'`, so that batches cross as binary) and speaks `LoaderRequest`s; the work is in batches.ts.
 */
import { BatchSource } from '../data/batches.ts';
import type { LoaderReply, LoaderRequest } from './messages.ts';
import { failureOf, parent } from './roles.ts';

let source: BatchSource | undefined;

async function answer(request: LoaderRequest): Promise<LoaderReply> {
  const { id } = request;
  if (request.type === 'open') {
    source = new BatchSource(request.settings, (message) => send({ type: 'warning', message }));
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

const send: (reply: LoaderReply) => void = parent((request: LoaderRequest) => {
  answer(request).then(send, (error: unknown) => send({ type: 'failed', id: request.id, ...failureOf(error) }));
});
