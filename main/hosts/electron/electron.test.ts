/** Electron's part, against the one fake of its module: what windows may do, who is heard, what is asked on closing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { MenuItemConstructorOptions } from 'electron';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../../../preload/contract/client.ts';
import type { ToStudio, ToWindow } from '../../../preload/contract/messages.ts';
import { channelPair } from '../../../preload/contract/pair.ts';
import { COMMANDS } from '../../../renderer/commands/registry.ts';
import type { JobKind, JobKinds } from '../../studio/jobs.ts';
import type { Store } from '../../studio/settings.ts';
import { ProjectFolder } from '../../studio/project.ts';
import { Studio } from '../../studio/studio.ts';
import { app, fake, type FakeWindow } from './fake.ts';

vi.mock('electron', () => import('./fake.ts'));

const { setupSecurity } = await import('./security.ts');
const { setupPorts } = await import('./ports.ts');
const { registerScheme, setupProtocol } = await import('./protocol.ts');
const { menuTemplate } = await import('./menu.ts');
const { hearFiles, setupInstance } = await import('./instance.ts');
const { pickFiles } = await import('./dialogs.ts');
const { Windows } = await import('./windows.ts');

const home = mkdtempSync(join(tmpdir(), 'maquette-electron-'));
process.env['MAQUETTE_HOME'] = home;
afterAll(() => rmSync(home, { recursive: true, force: true }));

function memory(values: Record<string, unknown> = {}): Store & { values: Record<string, unknown> } {
  return { values, get: (key) => values[key], set: (key, value) => void (values[key] = value) };
}

const log: string[] = [];
const makeStudio = (store = memory()): Studio =>
  new Studio({ host: 'electron', store, log: (line) => log.push(line), pick: pickFiles });

const last = (): FakeWindow => fake.windows.at(-1)!;
const ours = { senderFrame: { url: 'app://studio/', parent: null } };

beforeEach(() => {
  app.removeAllListeners();
  log.length = 0;
  fake.quits = 0;
});

/** Work that ends when it is told to. */
const longWork: JobKind = {
  lane: 'files',
  first: false,
  entered: () => undefined,
  work: (_given, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(null))),
  left: () => undefined,
};
const kindsOf = (kind: JobKind): JobKinds => ({ train: kind, translate: kind, files: kind });

describe('the window', () => {
  it('is sandboxed, isolated, without Node, and shows our page alone', () => {
    new Windows(makeStudio(), memory()).show();
    expect(last().options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    expect(last().options['webPreferences']).toHaveProperty('preload', expect.stringMatching(/preload\.cjs$/));
    expect(last().url).toBe('app://studio/');
  });

  it('remembers its place, and forgets one that is on no screen any more', () => {
    const store = memory();
    const windows = new Windows(makeStudio(), store);
    windows.show();
    last().bounds = { x: 300, y: 200, width: 1200, height: 800 };
    last().tryClose();
    windows.show();
    expect(last().options).toMatchObject({ x: 300, y: 200, width: 1200, height: 800 });
    last().bounds = { x: 4000, y: 200, width: 1200, height: 800 };
    last().tryClose();
    windows.show();
    expect(last().options).toMatchObject({ width: 1200, height: 800 });
    expect(last().options).not.toHaveProperty('x');
  });

  it('a damaged place does not keep it from opening', () => {
    new Windows(makeStudio(), memory({ window: { width: 'wide' } })).show();
    expect(last().options).toMatchObject({ width: 1440, height: 900 });
  });

  it.each([
    ['goes on in the tray', 0, { visible: false, trays: 1, quits: 0 }],
    ['stops and quits', 1, { visible: true, trays: 0, quits: 1 }],
    ['stays when cancelled', 2, { visible: true, trays: 0, quits: 0 }],
  ])('asks before it closes on work, and %s', async (_, answer, expected) => {
    const studio = makeStudio();
    const windows = new Windows(studio, memory());
    windows.show();
    const window = last();
    const before = fake.trays.length;
    studio.queue.serve(kindsOf(longWork), { read: () => [], write: () => undefined });
    studio.queue.add({ kind: 'files', title: 'long work', arguments: {} });
    fake.messageBoxAnswer = answer;
    expect(window.tryClose()).toBe(false);
    await vi.waitFor(() => {
      expect({ visible: window.visible, trays: fake.trays.length - before, quits: fake.quits }).toEqual(expected);
    }, 10_000);
    if (expected.trays === 1) {
      windows.show();
      expect(window.visible).toBe(true);
      expect(fake.trays.at(-1)!.destroyed).toBe(true);
    }
    await studio.close();
  });

  it('closes without a question when nothing is under way', () => {
    new Windows(makeStudio(), memory()).show();
    expect(last().tryClose()).toBe(true);
  });
});

describe('security', () => {
  it('lets no window leave the page, open another or embed one', () => {
    setupSecurity();
    new Windows(makeStudio(), memory()).show();
    const { webContents } = last();
    const goes = (event: string, url: string): boolean => {
      let prevented = false;
      webContents.emit(event, { url, preventDefault: () => (prevented = true) });
      return !prevented;
    };
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(goes(event, 'https://example.com/')).toBe(false);
      expect(goes(event, 'app://studio.example.com/')).toBe(false);
      expect(goes(event, 'file:///etc/passwd')).toBe(false);
      expect(goes(event, 'app://studio/index.html')).toBe(true);
    }
    expect(goes('will-attach-webview', 'app://studio/')).toBe(false);
    expect(webContents.openHandler()).toEqual({ action: 'deny' });
  });

  it('denies every permission', () => {
    setupSecurity();
    const answers: boolean[] = [];
    const ask = fake.permissions.request as unknown as (a: object, b: string, c: (yes: boolean) => void) => void;
    ask({}, 'media', (yes) => answers.push(yes));
    expect(answers).toEqual([false]);
    expect(fake.permissions.check!()).toBe(false);
    expect(fake.permissions.device!()).toBe(false);
  });
});

describe('messages', () => {
  it.each([
    ['another page', { url: 'https://example.com/', parent: null }],
    ['a page with our name inside its own', { url: 'https://studio/app://studio/', parent: null }],
    ['a frame inside our page', { url: 'app://studio/', parent: {} }],
    ['an empty frame', { url: 'about:blank', parent: null }],
    ['a frame that is gone', null],
  ])('from %s are refused', (_, senderFrame) => {
    setupPorts(makeStudio());
    for (const channel of ['maquette:connect', 'maquette:token'])
      expect(() => (fake.handlers.get(channel) as (...args: unknown[]) => void)({ senderFrame }, '/etc')).toThrow(
        'refused',
      );
  });

  it('from our page get a port that carries the contract, and tokens for dropped files', async () => {
    const studio = makeStudio();
    setupPorts(studio);
    new Windows(studio, memory()).show();
    const { webContents } = last();
    const connect = fake.handlers.get('maquette:connect') as (event: object) => void;
    connect({ ...ours, sender: webContents });
    const port = webContents.posted[0]!.ports[0] as MessagePort;
    const answer = new Promise<ToWindow>((resolve) => port.once('message', resolve));
    port.postMessage({ type: 'call', id: 1, name: 'app.info', args: {} });
    expect(await answer).toMatchObject({ type: 'result', id: 1, value: { host: 'electron', nativeDialogs: true } });
    const tokenOf = fake.handlers.get('maquette:token') as (event: object, path: unknown) => { token: string };
    const picked = tokenOf(ours, home);
    expect(picked).toMatchObject({ folder: true });
    expect(JSON.stringify(picked)).not.toContain(tmpdir());
    expect(studio.tokens.path(picked.token)).toBe(home);
    expect(() => tokenOf(ours, { path: home })).toThrow();
    port.close();
  });
});

describe('app://', () => {
  registerScheme();
  setupProtocol(makeStudio());
  const get = (url: string, method = 'GET'): Promise<Response> =>
    fake.protocols.get('app')!(new Request(url, { method }));

  it('is a standard, secure scheme', () => {
    expect(fake.schemes).toContainEqual(
      expect.objectContaining({
        scheme: 'app',
        privileges: expect.objectContaining({ standard: true, secure: true }) as object,
      }),
    );
  });

  it('serves the window with a strict policy', async () => {
    const response = await get('app://studio/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toContain('<title>Maquette</title>');
  });

  it.each([
    ['app://studio/../../package.json', 404],
    ['app://studio/%2e%2e/%2e%2e/package.json', 404],
    ['app://studio/..%2f..%2fpackage.json', 404],
    ['app://other/index.html', 403],
    ['app://studio/media/thumb/x/1/256/..%2f..%2fproject.json', 404],
    ['app://studio/media/nothing', 404],
  ])('%s is answered with %i', async (url, status) => {
    expect((await get(url)).status).toBe(status);
  });

  it('answers GET alone', async () => {
    expect((await get('app://studio/', 'POST')).status).toBe(403);
  });
});

describe('the menu', () => {
  const idsOf = (items: readonly MenuItemConstructorOptions[]): string[] =>
    items.flatMap(({ id, submenu }) => [...(id ? [id] : []), ...(Array.isArray(submenu) ? idsOf(submenu) : [])]);

  it.each(['linux', 'darwin', 'win32'] as const)('on %s runs commands that the window has, each once', (platform) => {
    const ids = idsOf(menuTemplate(platform, () => undefined));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('go-library');
    const known = new Set(COMMANDS.map(({ id }) => id));
    expect(ids.filter((id) => !known.has(id))).toEqual([]);
  });

  it('says which command was chosen', () => {
    const chosen: string[] = [];
    const file = menuTemplate('linux', (id) => chosen.push(id)).find(({ label }) => label === '&File')!;
    const items = file.submenu as MenuItemConstructorOptions[];
    (items.find(({ id }) => id === 'open-project')!.click as () => void)();
    expect(chosen).toEqual(['open-project']);
  });
});

describe('what the system opens with Maquette', () => {
  const opened = async (studio: Studio): Promise<unknown> => {
    const [ours, theirs] = channelPair<ToStudio, ToWindow>();
    studio.server.add(theirs);
    return new Client(ours).call('files.opened', {});
  };

  it('waits for the window, whenever it came, and is given once', async () => {
    const [psd, onnx] = [join(home, 'hero.psd'), join(home, 'hero.onnx')];
    for (const file of [psd, onnx]) writeFileSync(file, 'x');
    const files = hearFiles();
    let prevented = 0;
    const event = { preventDefault: () => prevented++ };
    app.emit('open-file', event, psd); // before there is a studio, as macOS does
    const studio = makeStudio();
    setupInstance(studio, new Windows(studio, memory()), files);
    app.emit('second-instance', {}, ['electron', 'dist', '--flag', 'hero.onnx', 'gone.psd', '--another'], home);
    expect(prevented).toBe(1);
    expect(await opened(studio)).toMatchObject([
      { name: 'hero.psd', folder: false },
      { name: 'hero.onnx', folder: false },
    ]);
    expect(await opened(studio)).toEqual([]);
    app.emit('open-file', event, psd);
    expect(await opened(studio)).toMatchObject([{ name: 'hero.psd' }]);
    await studio.close();
  });

  it('is opened as a project where it is one', async () => {
    const studio = makeStudio();
    setupInstance(studio, new Windows(studio, memory()), hearFiles());
    const folder = join(home, 'handed-over');
    ProjectFolder.create(folder, 'Handed over');
    app.emit('second-instance', {}, ['electron', 'dist', folder], home);
    expect(studio.project?.folder.path).toBe(folder);
    expect(await opened(studio)).toEqual([]);
    await studio.close();
  });
});

describe('dialogs', () => {
  it('give the chosen paths, and none when cancelled', async () => {
    fake.openDialogAnswer = { canceled: false, filePaths: ['/a', '/b'] };
    expect(await pickFiles({ folders: false, several: true, title: 'Import' })).toEqual(['/a', '/b']);
    expect(fake.openDialogs.at(-1)).toMatchObject({ properties: ['openFile', 'multiSelections'] });
    fake.openDialogAnswer = { canceled: true, filePaths: ['/a'] };
    expect(await pickFiles({ folders: true, several: false, title: 'Open' })).toEqual([]);
  });
});
