/** Gives our window its MessagePort to the studio, and tokens for the files that were dropped into it. */
import { ipcMain, MessageChannelMain, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import type { Picked } from '../../../preload/contract/index.ts';
import type { Studio } from '../../studio/studio.ts';
import { portChannel } from '../ports.ts';
import { isOurs } from './origin.ts';

export function setupPorts(studio: Studio): void {
  ipcMain.on('maquette:connect', (event: IpcMainEvent) => {
    requireOurs(event);
    const { port1, port2 } = new MessageChannelMain();
    studio.server.add(portChannel(port1, (message) => (message as { data: unknown }).data));
    event.sender.postMessage('maquette:port', null, [port2]);
  });
  ipcMain.handle('maquette:token', (event: IpcMainInvokeEvent, path: unknown): Picked => {
    requireOurs(event);
    if (typeof path !== 'string' || path === '') throw new Error('That is no file of this machine');
    return studio.tokens.of(path);
  });
}

/** @throws Error when a message comes from anything but our own page */
function requireOurs({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): void {
  if (!isOurs(senderFrame)) throw new Error(`A message from ${senderFrame?.url ?? 'nowhere'} was refused`);
}
