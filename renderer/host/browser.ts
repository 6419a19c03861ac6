/** The studio over a WebSocket to the host that served this page. Dropped files are sent to it. */
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { decode, encode } from '../../preload/contract/wire.ts';
import type { Host } from './host.ts';

/** Files on their way at once: small ones are mostly waited for. */
const AT_ONCE = 4;

export const browserHost = (): Host => ({
  connect: () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(new URL('/studio', location.href.replace(/^http/, 'ws')));
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => resolve(channelOf(socket));
      socket.onerror = () => reject(new Error('The studio does not answer'));
    }),
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
