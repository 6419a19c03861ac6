/** Where the window runs: what differs between Electron and a browser, behind one interface. */
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import type { Client } from '../../preload/contract/client.ts';
import type { Picked } from '../../preload/contract/index.ts';
import { browserHost } from './browser.ts';
import { electronHost } from './electron.ts';

/** The studio is there, and does not know this window: it was started anew since. */
export class Refused extends Error {
  override name = 'Refused';
}

export interface Host {
  /** @throws Refused, or another Error where nobody answers */
  connect(): Promise<Channel<ToStudio, ToWindow>>;
  /** Files and folders that were dropped or chosen, as tokens. `progress` is called where they have to be sent. */
  tokensOf(dropped: Dropped[], client: Client, progress: (done: number, total: number) => void): Promise<Picked[]>;
}

/** A dropped file with its path inside what was dropped (`A/cat.png`). */
export interface Dropped {
  file: File;
  path: string;
}

/** What the preload puts into the window in Electron (preload/preload.ts). */
export interface Bridge {
  connect(): void;
  tokenOf(file: File): Promise<Picked>;
}

declare global {
  interface Window {
    maquette?: Bridge;
  }
}

export const host: Host = window.maquette ? electronHost(window.maquette) : browserHost();
