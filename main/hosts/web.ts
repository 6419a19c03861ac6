/**
 * The studio over HTTP and WebSocket, on this machine only. Loopback is no border (any page in any browser can reach
 * it), so every request needs the cookie that a one-time link sets, and an exact Host and Origin (runtime.md 1.5).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { decode, encode } from '../../preload/contract/wire.ts';
import { UserError } from '../errors.ts';
import type { Studio } from '../studio/studio.ts';
import { mediaHeaders, SAFE_HEADERS, staticFile } from './static.ts';

export interface WebOptions {
  /** 0 for any free one. */
  port: number;
  /** The address to listen at; anything but loopback is the person's own decision. */
  hostname: string;
  log: (line: string) => void;
}

/** The largest message: a dropped file crosses in one. */
const LARGEST = 1 << 30;
const COOKIE = 'maquette';

export class Web {
  readonly #studio: Studio;
  readonly #options: WebOptions;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST });
  readonly #session = randomBytes(32).toString('base64url');
  /** Asks for fresh links: known to the processes of this person alone. */
  readonly secret = randomBytes(32).toString('base64url');
  readonly #links = new Set<string>();

  constructor(studio: Studio, options: WebOptions) {
    this.#studio = studio;
    this.#options = options;
    this.#server = createServer((request, response) => this.#handle(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Begins to listen; gives the port. @throws UserError when the port is taken */
  listen(): Promise<number> {
    const { port, hostname } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          error.code === 'EADDRINUSE'
            ? new UserError(`Port ${port} is used by another program; give another --port`)
            : error,
        ),
      );
      this.#server.listen(port, hostname, () => resolve(this.port));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A link that opens one window, once. */
  freshLink(): string {
    const token = randomBytes(32).toString('base64url');
    this.#links.add(token);
    return `${this.#origin}/?token=${token}`;
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #origin(): string {
    const { hostname } = this.#options;
    return `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${this.port}`;
  }

  /** Why a request is refused, or null. */
  #refusal(request: IncomingMessage, needsOrigin: boolean): string | null {
    const { host, origin } = request.headers;
    const hosts = [
      new URL(this.#origin).host,
      ...(this.#options.hostname === '127.0.0.1' ? [`localhost:${this.port}`] : []),
    ];
    if (host === undefined || !hosts.includes(host)) return `Host ${host}`;
    if (origin === undefined ? needsOrigin : origin !== `http://${host}`) return `Origin ${origin}`;
    return null;
  }

  #hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(/;\s*/);
    return cookies.some(
      (cookie) => cookie.startsWith(`${COOKIE}-${this.port}=`) && same(cookie.split('=')[1]!, this.#session),
    );
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#refusal(request, false);
    if (refusal !== null) {
      this.#options.log(`refused: ${request.method} ${request.url} from ${refusal}`);
      end(response, 403, 'Refused');
      return;
    }
    const url = new URL(request.url ?? '/', this.#origin);
    if (url.pathname === '/link') this.#giveLink(request, response);
    else if (request.method !== 'GET' && request.method !== 'HEAD') end(response, 405, 'Only GET');
    else if (url.searchParams.has('token')) this.#begin(url.searchParams.get('token')!, response);
    else if (!this.#hasSession(request))
      end(response, 401, 'This link was used already. Run "maquette serve" again for a fresh one.');
    else if (url.pathname.startsWith('/media/'))
      void this.#media(url.pathname.slice('/media/'.length) + url.search, response);
    else this.#static(url.pathname, response);
  }

  /** Trades a one-time token for the session's cookie. */
  #begin(token: string, response: ServerResponse): void {
    if (!this.#links.delete(token)) {
      end(response, 401, 'This link was used already. Run "maquette serve" again for a fresh one.');
      return;
    }
    const cookie = `${COOKIE}-${this.port}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
    response.writeHead(303, { 'Set-Cookie': cookie, Location: '/', 'Cache-Control': 'no-store' }).end();
  }

  /** A fresh link for another `maquette serve` of this person. */
  #giveLink(request: IncomingMessage, response: ServerResponse): void {
    const { authorization = '' } = request.headers;
    if (request.method !== 'POST' || !same(authorization, `Bearer ${this.secret}`)) end(response, 403, 'Refused');
    else end(response, 200, this.freshLink());
  }

  #static(pathname: string, response: ServerResponse): void {
    let found: ReturnType<typeof staticFile> = null;
    try {
      found = staticFile(decodeURI(pathname));
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
    }
    if (!found) {
      end(response, 404, 'Not found');
      return;
    }
    response.writeHead(200, found.headers);
    createReadStream(found.file).pipe(response);
  }

  async #media(path: string, response: ServerResponse): Promise<void> {
    try {
      const { file, type, download } = await this.#studio.media(path);
      response.writeHead(200, { ...mediaHeaders(path, type, download), 'Content-Length': statSync(file).size });
      createReadStream(file)
        .on('error', (error) => response.destroy(error))
        .pipe(response);
    } catch (error) {
      const { code, message } = this.#studio.explain(error);
      end(response, code === 'user' ? 404 : 500, message);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request, true) ?? (this.#hasSession(request) ? null : 'no session');
    if (refusal !== null || new URL(request.url ?? '/', this.#origin).pathname !== '/studio') {
      this.#options.log(`refused: WebSocket from ${refusal}`);
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#studio.server.add(webSocketChannel(webSocket, this.#options.log)),
    );
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { ...SAFE_HEADERS, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
    .end(text);
}

/** Compares in the same time whatever differs. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** A WebSocket as a channel of the contract; a frame that is none ends it. */
export function webSocketChannel(socket: WebSocket, log: (line: string) => void): Channel<ToWindow, ToStudio> {
  socket.binaryType = 'nodebuffer';
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(encode(message));
    },
    onMessage: (listener) =>
      void socket.on('message', (data, isBinary) => {
        let message: unknown;
        try {
          message = decode(isBinary ? (data as Buffer) : (data as Buffer).toString());
        } catch (error) {
          log(`refused: a frame that is no message (${(error as Error).message})`);
          socket.close(1007);
          return;
        }
        listener(message as ToStudio);
      }),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
}
