/** The studio as a person has it: the real host in a process of its own, the real window, real files. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, chromium, type Browser, type Locator, type Page } from 'playwright';
import { findBrowser } from '../main/hosts/chromium.ts';
import { electronBinary } from '../main/hosts/electron-binary.ts';
import { encodePng, type Picture } from '../main/engine/pictures/pictures.ts';
import { NODE_VARIABLE } from '../main/node.ts';
import { built } from '../main/root.ts';
import { readOnnx } from '../models/onnx/read.ts';
import { PROGRAM } from './maquette.ts';
import { commandOf, descendantsOf } from './processes.ts';
import { seen } from './seen.ts';
import { discPair } from '../main/testing/datasets.ts';
import { temporary } from '../main/testing/folder.ts';

export interface OpenStudio {
  page: Page;
  /** The studio's own process. */
  pid: number;
  /** Everything of this studio on disk: settings, projects, log. */
  home: (...parts: string[]) => string;
  /** The person's own folder, in which picking files begins. */
  person: (...parts: string[]) => string;
  /** The processes of a role that this studio has started and that live now. */
  processes: (role: string) => number[];
  /** Kills the host and all its processes at once, as a crash would; `close` still has to be called. */
  kill: () => Promise<void>;
  /** Starts a host that was killed again at the same address, as `maquette serve --port` does; gives its fresh link. */
  again: () => Promise<string>;
  close: () => Promise<void>;
}

export type HostName = 'browser' | 'electron';

/** The hosts to test in, with the reason why one cannot be tested here. */
export const HOSTS: { host: HostName; name: string; missing: boolean }[] = [
  { host: 'browser', name: 'in the browser host', missing: false },
  {
    host: 'electron',
    name: electronBinary() === null ? "in Electron (Electron's binary is not on this machine)" : 'in Electron',
    missing: electronBinary() === null,
  },
];

export interface StudioOptions {
  size?: { width: number; height: number };
  /** Goes on in the home of a studio that was killed. */
  home?: ReturnType<typeof temporary>;
}

/** Opens a studio with nothing in it. */
export async function openStudio(host: HostName, options: StudioOptions = {}): Promise<OpenStudio> {
  const folder = options.home ?? temporary();
  await mkdir(folder.path('home'), { recursive: true });
  await mkdir(folder.path('person'), { recursive: true });
  const env = { ...process.env, MAQUETTE_HOME: folder.path('home'), HOME: folder.path('person') };
  const opened = host === 'browser' ? await inBrowser(env, options) : await inElectron(env, options);
  const { page, pid } = opened;
  page.setDefaultTimeout(45_000); // a loaded machine is slow, not wrong
  return {
    page,
    pid,
    home: (...parts) => folder.path('home', ...parts),
    person: (...parts) => folder.path('person', ...parts),
    processes: (role) => descendantsOf(pid).filter((child) => commandOf(child).includes(`${role}.js`)),
    kill: opened.kill,
    again: opened.again,
    close: async () => {
      if (!page.isClosed()) seen.push(await page.locator('body').innerText());
      await opened.close();
      if (!options.home) folder.remove();
    },
  };
}

interface Opened {
  page: Page;
  pid: number;
  kill: () => Promise<void>;
  again: () => Promise<string>;
  close: () => Promise<void>;
}

async function inBrowser(env: NodeJS.ProcessEnv, { size }: StudioOptions): Promise<Opened> {
  const begin = (port: string): ChildProcess =>
    spawn(process.execPath, [PROGRAM, 'serve', '--no-open', '--json', '--port', port], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
  let host = begin('0');
  const url = await listening(host);
  const context = await (
    await sharedBrowser()
  ).newContext({
    viewport: size ?? { width: 1440, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (host.exitCode !== null || host.signalCode !== null) return;
    const gone = new Promise((resolve) => host.once('exit', resolve));
    process.kill(signal === 'SIGKILL' ? -host.pid! : host.pid!, signal);
    await gone;
  };
  return {
    page,
    pid: host.pid!,
    kill: () => end('SIGKILL'),
    again: () => listening((host = begin(new URL(url).port))),
    close: async () => {
      await context.close();
      await end('SIGTERM');
    },
  };
}

let shared: Promise<Browser> | undefined;
/** One browser for all windows of a process, each with a context of its own; it ends with a test's process. */
const sharedBrowser = (): Promise<Browser> => (shared ??= launchBrowser());
/** Ends the browser of all windows, as a script must that would else wait for it. */
export async function closeBrowser(): Promise<void> {
  await (await shared)?.close();
}

/** Chromium for the tests. @throws Error that says how to get one */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null)
    throw new Error(
      'The end-to-end tests need Chromium: apt-get install chromium, or set MAQUETTE_BROWSER to its path',
    );
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

async function inElectron(env: NodeJS.ProcessEnv, { size }: StudioOptions): Promise<Opened> {
  const application = await _electron.launch({
    executablePath: electronBinary()!,
    args: [built('electron.js')],
    env: { ...(env as Record<string, string>), [NODE_VARIABLE]: process.execPath },
  });
  const page = await application.firstWindow();
  if (size) await page.setViewportSize(size);
  const child = application.process();
  return {
    page,
    pid: child.pid!,
    kill: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    again: () => Promise.reject(new Error('the window of Electron ends with its host')),
    close: () => application.close(),
  };
}

/** The address that a host prints. */
export function listening(host: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: host.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as { event: string; url: string };
      if (event.event === 'listening') resolve(event.url);
    });
    host.once('exit', (status) => reject(new Error(`the host ended with status ${status}`)));
  });
}

/** Side-by-side pairs that can be learned: a dark disc on white, and the same disc in the colour of its place. */
export async function writeSideBySide(folder: string, count: number, size = 64): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    const { name, input, target } = discPair(i, size);
    const picture: Picture = { width: 2 * size, height: size, channels: 3, data: new Uint8Array(size * size * 6) };
    for (let y = 0; y < size; y++)
      for (const [side, { data }] of [input, target].entries())
        picture.data.set(data.subarray(y * size * 3, (y + 1) * size * 3), (y * 2 + side) * size * 3);
    const file = join(folder, name);
    await encodePng(picture, file);
    files.push(file);
  }
  return files;
}

/** Drops files onto the window, as dragging them in from a folder does. */
export async function dropFiles(page: Page, files: readonly { name: string; bytes: Buffer }[]): Promise<void> {
  const sent = files.map(({ name, bytes }) => ({ name, data: bytes.toString('base64') }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, data: base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, sent);
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer: transfer });
}

/** Drops files and folders that lie on this machine onto something, or the middle of the window (Chromium alone). */
export async function dropPaths(page: Page, paths: readonly string[], onto?: Locator): Promise<void> {
  const { width, height } = page.viewportSize()!;
  const box = (await onto?.boundingBox()) ?? { x: 0.05 * width, y: 0, width, height };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      type,
      x: Math.round(box.x + box.width / 2),
      y: Math.round(box.y + box.height / 2),
      data,
    });
  await session.detach();
}

/** Goes to a workspace, and waits until it is there: what is dropped before that is not its own. */
export async function goTo(page: Page, workspace: string): Promise<void> {
  const rail = page.getByRole('navigation', { name: 'Workspaces' });
  await rail.getByText(workspace).click();
  await rail.locator('[aria-current=page]', { hasText: workspace }).waitFor();
  await page.getByTestId('opening').waitFor({ state: 'detached' });
}

/** Makes a project from the home screen. */
export async function newProject(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(title);
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Bring your pictures' }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** Closes the project and opens it again: what was put into its folder beside the studio is found. */
export async function reopen(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('close project');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Recent projects' }).waitFor();
  await page.getByRole('main').getByText(title).first().click();
  await page.getByRole('heading', { name: 'Recent projects' }).waitFor({ state: 'hidden' });
}

/** Puts a model into the library of a project that is open. */
export async function putModel(studio: OpenStudio, project: string, file: string, title: string): Promise<void> {
  const { metadata } = readOnnx(readFileSync(file));
  const models = studio.home('projects', project, 'models');
  await copyFile(file, join(models, 'model.onnx'));
  const about = {
    ...{ format: 1, title, created: new Date().toISOString(), family: metadata['maquette.family'] },
    ...{
      size: Number(metadata['maquette.size']),
      channels: Number(metadata['maquette.channels']),
      steps: null,
      run: null,
    },
    ...{ licence: '', notes: '' },
  };
  await writeFile(join(models, 'model.json'), JSON.stringify(about));
  await reopen(studio.page, project);
}

/** Drops pictures into a project and imports them. */
export async function importFiles(page: Page, files: readonly string[], title: string): Promise<void> {
  await dropFiles(
    page,
    files.map((file) => ({ name: basename(file), bytes: readFileSync(file) })),
  );
  const dialog = page.getByRole('dialog', { name: 'Import pictures' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(title);
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('heading', { name: title }).waitFor();
}

/** The number that an element shows. */
export const numberIn = async (locator: Locator): Promise<number> =>
  Number((await locator.innerText()).replace(/[^\d.-]/g, ''));
