/** A MessagePort as a channel of the contract: Electron's MessagePortMain, or one of worker_threads. */
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';

/** What both kinds of port have. Electron hands the message in an event, worker_threads as it is. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message' | 'close', listener: (event: unknown) => void): unknown;
  start(): void;
  close(): void;
}

export function portChannel(port: Port, read: (event: unknown) => unknown): Channel<ToWindow, ToStudio> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => listener(read(event) as ToStudio));
      port.start();
    },
    onClose: (listener) => void port.on('close', () => listener()),
    close: () => port.close(),
  };
}
