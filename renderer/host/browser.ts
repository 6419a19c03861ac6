/** The studio over a WebSocket to the host that served this page. Dropped files are sent to it. */
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { decode, encode } from '../../preload/contract/wire.ts';
import type { Host } from './host.ts';

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
    for (const { file, path } of dropped) {
      await client.call('files.upload', { upload, path, bytes: new Uint8Array(await file.arrayBuffer()) });
      progress(++done, dropped.length);
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
