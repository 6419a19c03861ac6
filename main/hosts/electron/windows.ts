/** The window: it remembers its place, asks before it closes on work, and leaves training to the tray if wished. */
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, nativeImage, nativeTheme, screen, Tray } from 'electron';
import { z } from 'zod';
import { built, ROOT } from '../../root.ts';
import type { Store } from '../../studio/settings.ts';
import type { Studio } from '../../studio/studio.ts';
import { ORIGIN } from './origin.ts';

const placeSchema = z.object({
  /** Absent until it has been moved: then the system chooses. */
  at: z.object({ x: z.int(), y: z.int() }).nullable(),
  width: z.int().min(800).max(20_000),
  height: z.int().min(600).max(20_000),
  maximised: z.boolean(),
});
type WindowPlace = z.infer<typeof placeSchema>;

const FIRST: WindowPlace = { at: null, width: 1440, height: 900, maximised: false };

export class Windows {
  readonly #studio: Studio;
  readonly #store: Store;
  #window: BrowserWindow | undefined;
  #tray: Tray | undefined;
  #leaving = false;

  constructor(studio: Studio, store: Store) {
    this.#studio = studio;
    this.#store = store;
    app.on('window-all-closed', () => {
      if (!this.#tray) this.#quit();
    });
    app.on('before-quit', (event) => {
      if (this.#leaving) return;
      event.preventDefault(); // the engine's processes end first, with a checkpoint
      this.#quit();
    });
  }

  /** Brings the window to the front, and makes it if need be. */
  show(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
    if (!this.#window) this.#window = this.#open();
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  #open(): BrowserWindow {
    const { maximised, at, width, height } = this.#place();
    const window = new BrowserWindow({
      ...(at ?? {}),
      ...{ width, height },
      ...{ minWidth: 900, minHeight: 640, show: false, title: 'Maquette', icon: join(ROOT, 'assets', 'icon.png') },
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#1b1c1e' : '#f4f4f2',
      webPreferences: {
        preload: built('preload.cjs'),
        ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false },
        // Curves and previews go on while another window is in front.
        backgroundThrottling: false,
      },
    });
    if (maximised) window.maximize();
    window.once('ready-to-show', () => window.show());
    window.on('close', (event) => {
      this.#remember(window);
      if (this.#leaving || !this.#studio.queue.busy) return;
      event.preventDefault();
      void this.#ask(window);
    });
    window.on('closed', () => (this.#window = undefined));
    void window.loadURL(`${ORIGIN}/`);
    return window;
  }

  /** Work is under way: what should become of it? */
  async #ask(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'Maquette is still working',
      detail: 'Training can go on in the background. Stopped, it keeps a checkpoint and can be resumed.',
      buttons: ['Go on in the background', 'Stop and quit', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
    });
    if (response === 0) this.#toTray(window);
    else if (response === 1) this.#quit();
  }

  #toTray(window: BrowserWindow): void {
    this.#tray = new Tray(nativeImage.createFromPath(join(ROOT, 'assets', 'tray.png')));
    this.#tray.setToolTip('Maquette');
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Open Maquette', click: () => this.show() },
        { label: 'Stop and quit', click: () => this.#quit() },
      ]),
    );
    this.#tray.on('click', () => this.show());
    window.hide();
  }

  #quit(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    void this.#studio.close().finally(() => app.quit());
  }

  /** Where the window was, if that is still on a screen. */
  #place(): WindowPlace {
    const { data: place } = placeSchema.safeParse(this.#store.get('window'));
    if (!place) return FIRST;
    const { at, width } = place;
    const seen = screen.getAllDisplays().some(({ workArea }) => {
      const [right, bottom] = [workArea.x + workArea.width, workArea.y + workArea.height];
      return at && at.x + width > workArea.x + 80 && at.x < right - 80 && at.y >= workArea.y - 8 && at.y < bottom - 80;
    });
    return seen ? place : { ...place, at: null };
  }

  #remember(window: BrowserWindow): void {
    const { x, y, width, height } = window.getNormalBounds();
    const place: WindowPlace = { at: { x, y }, width, height, maximised: window.isMaximized() };
    this.#store.set('window', place);
  }
}
