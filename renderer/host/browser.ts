/** The studio over a WebSocket to the host that served this page. Dropped files are sent to it. */
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { decode, encode } from '../../preload/contract/wire.ts';
import { t } from '../text/en.ts';
import { Refused, type Host } from './host.ts';

/** Files on their way at once: small ones are mostly waited for. */
const AT_ONCE = 4;
/** What a host answers to a window that did not come by a link of its own. */
const UNKNOWN = 401;

export const browserHost = (): Host => ({
  async connect() {
    // Of a socket that is refused a page is not told why; of a plain request it is.
    const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' });
    if (answer.status === UNKNOWN) throw new Refused('The studio does not know this window');
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(new URL('/studio', location.href.replace(/^http/, 'ws')));
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => resolve(channelOf(socket));
      socket.onerror = () => reject(new Error('The studio does not answer'));
    });
  },
  async tokensOf(dropped, client, progress) {
    const { upload } = await client.call('files.beginUpload', {});
    let done = 0;
    const left = [...dropped];
    const send = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) {
        const { file, path } = next;
        await client.call('files.upload', { upload, path, bytes: new Uint8Array(await file.arrayBuffer()) });
        progress(++done, dropped.length);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, send));
    } finally {
      left.length = 0; // one that failed ends them all
    }
    return client.call('files.endUpload', { upload });
  },
});

function channelOf(socket: WebSocket): Channel<ToStudio, ToWindow> {
  return {
    send: (message) => socket.send(encode(message)),
    onMessage: (listener) => {
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
        listener(decode(typeof data === 'string' ? data : new Uint8Array(data)) as ToWindow);
    },
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
  };
}

/** Makes this window known to the studio with the link that it printed. @throws Error that says what to do */
export async function enterWith(link: string): Promise<void> {
  const token = URL.parse(link.trim())?.searchParams.get('token');
  if (!token) throw new Error(t.shell.refused.noLink);
  const answer = await fetch(`/?token=${encodeURIComponent(token)}`, { cache: 'no-store' });
  if (!answer.ok) throw new Error(t.shell.refused.used);
}
