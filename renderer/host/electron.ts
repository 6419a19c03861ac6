/** The studio over a MessagePort that the preload hands in. Dropped files become tokens without being read. */
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import type { Bridge, Dropped, Host } from './host.ts';

export const electronHost = (bridge: Bridge): Host => ({
  connect: () =>
    new Promise((resolve) => {
      addEventListener('message', function hear({ source, data, ports: [port] }: MessageEvent): void {
        if (source !== window || data !== 'maquette:port' || !port) return;
        removeEventListener('message', hear);
        resolve(channelOf(port));
      });
      bridge.connect();
    }),
  tokensOf: (dropped) => Promise.all(topLevel(dropped).map(({ file }) => bridge.tokenOf(file))),
});

/** Of a dropped folder only the folder itself is asked for: main walks it. */
function topLevel(dropped: readonly Dropped[]): Dropped[] {
  return dropped.filter(({ path }) => !path.includes('/'));
}

function channelOf(port: MessagePort): Channel<ToStudio, ToWindow> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.onmessage = ({ data }: MessageEvent<ToWindow>) => listener(data);
    },
    onClose: (listener) => port.addEventListener('close', listener),
    close: () => port.close(),
  };
}
