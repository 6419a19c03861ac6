/** The one fake of the module `electron`, for tests where its binary is not. It records what is asked of it. */
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MenuItemConstructorOptions } from 'electron';

type Listener = (...args: never[]) => unknown;

/** Everything that tests look at or decide. */
export const fake = {
  windows: [] as FakeWindow[],
  trays: [] as FakeTray[],
  menu: [] as MenuItemConstructorOptions[],
  handlers: new Map<string, Listener>(),
  schemes: [] as { scheme: string; privileges: object }[],
  protocols: new Map<string, (request: Request) => Promise<Response>>(),
  permissions: {} as { request?: Listener; check?: Listener; device?: Listener },
  messageBoxAnswer: 0,
  openDialogAnswer: { canceled: false, filePaths: [] as string[] },
  openDialogs: [] as object[],
  quits: 0,
  exits: [] as number[],
  paths: {} as Record<string, string>,
  sandboxed: false,
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

class FakeWebContents extends EventEmitter {
  readonly posted: { channel: string; ports: unknown[] }[] = [];
  openHandler: Listener = () => undefined;

  setWindowOpenHandler(handler: Listener): void {
    this.openHandler = handler;
  }

  postMessage(channel: string, _: unknown, ports: unknown[]): void {
    this.posted.push({ channel, ports });
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeWebContents();
  visible = false;
  maximised = false;
  url = '';
  bounds = { x: 10, y: 20, width: 1000, height: 700 };
  readonly options: Record<string, unknown>;

  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    fake.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static getFocusedWindow(): null {
    return null;
  }

  loadURL(url: string): Promise<void> {
    this.url = url;
    return Promise.resolve();
  }

  /** What the person does: closes the window. Gives whether it closed. */
  tryClose(): boolean {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    this.emit('close', event);
    if (!event.prevented) this.emit('closed');
    return !event.prevented;
  }

  show = (): void => void (this.visible = true);
  hide = (): void => void (this.visible = false);
  focus = (): void => undefined;
  restore = (): void => undefined;
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => this.maximised;
  maximize = (): void => void (this.maximised = true);
  getNormalBounds = (): FakeWindow['bounds'] => this.bounds;
}

class FakeTray extends EventEmitter {
  destroyed = false;
  constructor() {
    super();
    fake.trays.push(this);
  }
  setToolTip = (): void => undefined;
  setContextMenu = (): void => undefined;
  destroy = (): void => void (this.destroyed = true);
}

class FakeApp extends EventEmitter {
  isPackaged = false;
  setName = (): void => undefined;
  getPath = (): string => process.env['MAQUETTE_HOME']!;
  getVersion = (): string => '0';
  enableSandbox = (): void => void (fake.sandboxed = true);
  requestSingleInstanceLock = (): boolean => true;
  whenReady = (): Promise<void> => Promise.resolve();
  setAboutPanelOptions = (): void => undefined;
  addRecentDocument = (): void => undefined;
  setPath = (name: string, path: string): void => void (fake.paths[name] = path);
  exit = (code: number): void => void fake.exits.push(code);
  quit = (): void => {
    fake.quits++;
  };
}

export const app = new FakeApp();
export const shell = { openPath: (): Promise<string> => Promise.resolve('') };
export const BrowserWindow = FakeWindow;
export const Tray = FakeTray;
export const nativeImage = { createFromPath: (path: string): string => path };
/** A machine without notifications. */
export const Notification = { isSupported: (): boolean => false };
export const nativeTheme = { shouldUseDarkColors: false };
export const screen = { getAllDisplays: (): typeof fake.displays => fake.displays };
export const dialog = {
  showMessageBox: (): Promise<{ response: number }> => Promise.resolve({ response: fake.messageBoxAnswer }),
  showOpenDialog: (options: object): Promise<typeof fake.openDialogAnswer> => {
    fake.openDialogs.push(options);
    return Promise.resolve(fake.openDialogAnswer);
  },
};
export const Menu = {
  buildFromTemplate: (template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] => template,
  setApplicationMenu: (template: MenuItemConstructorOptions[]): void => void (fake.menu = template),
};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Listener): void => void (fake.permissions.request = handler),
    setPermissionCheckHandler: (handler: Listener): void => void (fake.permissions.check = handler),
    setDevicePermissionHandler: (handler: Listener): void => void (fake.permissions.device = handler),
  },
};
export const protocol = {
  registerSchemesAsPrivileged: (schemes: typeof fake.schemes): void => void fake.schemes.push(...schemes),
  handle: (scheme: string, handler: (request: Request) => Promise<Response>): void =>
    void fake.protocols.set(scheme, handler),
};
export const ipcMain = {
  on: (channel: string, handler: Listener): void => void fake.handlers.set(channel, handler),
  handle: (channel: string, handler: Listener): void => void fake.handlers.set(channel, handler),
};

/** Electron's ports hand messages over in events; those below come from worker_threads, which do not. */
export class MessageChannelMain {
  readonly port1;
  readonly port2;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = Object.assign(new EventEmitter(), {
      postMessage: (message: unknown) => port1.postMessage(message),
      start: () => port1.on('message', (data) => this.port1.emit('message', { data: data as unknown })),
      close: () => port1.close(),
    });
    port1.on('close', () => this.port1.emit('close'));
    this.port2 = port2;
  }
}
