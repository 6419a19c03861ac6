/** `app://studio/`: the window's files and the project's pictures. No file:// anywhere. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import type { Studio } from '../../studio/studio.ts';
import { mediaHeaders, staticFile } from '../static.ts';
import { ORIGIN, SCHEME } from './origin.ts';

/** Must happen before the app is ready, once. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

export function setupProtocol(studio: Studio): void {
  protocol.handle(SCHEME, (request) => answer(studio, request));
}

async function answer(studio: Studio, { url, method }: Request): Promise<Response> {
  const { pathname, search, origin, protocol: scheme, host } = new URL(url);
  // Where `app` is not registered as standard (in Node), URL gives "null" as its origin.
  if ((origin === 'null' ? `${scheme}//${host}` : origin) !== ORIGIN || method !== 'GET') return refused(403);
  if (pathname.startsWith('/media/')) return media(studio, pathname.slice('/media/'.length) + search);
  const found = staticFile(pathname);
  return found ? new Response(stream(found.file), { headers: found.headers }) : refused(404);
}

async function media(studio: Studio, path: string): Promise<Response> {
  try {
    const { file, type, download } = await studio.media(path);
    return new Response(stream(file), { headers: mediaHeaders(path, type, download) });
  } catch (error) {
    return refused(studio.explain(error).code === 'user' ? 404 : 500);
  }
}

const refused = (status: number): Response => new Response(null, { status });

const stream = (file: string): ReadableStream => Readable.toWeb(createReadStream(file)) as ReadableStream;
