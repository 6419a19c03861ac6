/**
 * A line between two processes of the engine: a socket of this machine on which messages go as they are (typed arrays
 * included), past the parent of both, whose event loop has better things to do than to carry pictures. Each message is
 * its length in four bytes and its bytes as V8 serialises them.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** A place to listen at that nobody else can reach: a folder of our own, or a pipe with a name that cannot be guessed. */
export const freshAddress = (): string =>
  process.platform === 'win32'
    ? `\\\\.\\pipe\\maquette-${randomBytes(16).toString('hex')}`
    : join(mkdtempSync(join(tmpdir(), 'maquette-')), 'line');

/** Takes away what is left of an address when both ends are gone. */
export function forgetAddress(address: string): void {
  if (process.platform !== 'win32') rmSync(dirname(address), { recursive: true, force: true });
}

/** One end of a line. */
export interface Line {
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** Waits at an address for one other end after another; told when it does. */
export function listen(address: string, connected: (line: Line) => void): Promise<void> {
  const server = createServer((socket) => connected(lineOver(socket)));
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(address, resolve);
  });
}

/** Reaches the end that waits at an address. */
export async function connect(address: string): Promise<Line> {
  const socket = connectTo(address);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return lineOver(socket);
}

const HEAD = 4;

function lineOver(socket: Socket): Line {
  let [chunks, length, wanted]: [Buffer[], number, number] = [[], 0, HEAD];
  let listener: (message: unknown) => void = () => undefined;
  // Whoever is at the other end is gone: the parent of both hears of it, and ends this one too.
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    // A message comes in dozens of chunks: they are laid together once, when all are there.
    for (;;) {
      if (length < wanted) return;
      const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const end = HEAD + all.readUInt32LE(0);
      [chunks, wanted] = [[all], end];
      if (length < end) return;
      [chunks, length, wanted] = [[all.subarray(end)], length - end, HEAD];
      listener(deserialize(all.subarray(HEAD, end)));
    }
  });
  return {
    send(message) {
      const body = serialize(message);
      const head = Buffer.alloc(HEAD);
      head.writeUInt32LE(body.length);
      socket.write(head);
      socket.write(body);
    },
    onMessage: (hear) => (listener = hear),
  };
}
