/**
 * How fast the studio is, in the browser host: `node dist/bench-studio.js`. Nothing else should run meanwhile.
 * Medians of several tries; one JSON object on stdout.
 */
import { spawn } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { writePairs } from '../main/testing/datasets.ts';
import { PROGRAM } from '../e2e/maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { closeBrowser, launchBrowser, listening, newProject, openStudio, reopen } from '../e2e/studio.ts';
import { built } from '../main/root.ts';

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** Milliseconds from starting the program to its address. */
async function startUp(): Promise<number> {
  const folder = temporary();
  const began = performance.now();
  const env = { ...process.env, MAQUETTE_HOME: folder.path('home') };
  const host = spawn(process.execPath, [PROGRAM, 'serve', '--no-open', '--json', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await listening(host);
  const ms = performance.now() - began;
  await new Promise((resolve) => {
    host.once('exit', resolve);
    host.kill('SIGTERM');
  });
  folder.remove();
  return ms;
}

/** Milliseconds from navigation to the first contentful paint, with an empty cache. */
async function firstPaint(): Promise<number> {
  const studio = await openStudio('browser');
  try {
    await studio.page.getByRole('button', { name: 'New project' }).first().waitFor();
    return await studio.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            const paint = list.getEntriesByName('first-contentful-paint')[0];
            if (paint) resolve(paint.startTime);
          }).observe({ type: 'paint', buffered: true });
        }),
    );
  } finally {
    await studio.close();
  }
}

/** A project with one dataset of `count` pictures (links to a few), opened. */
async function largeDataset(count: number): Promise<{ page: Page; close: () => Promise<void> }> {
  const studio = await openStudio('browser');
  const { page } = studio;
  await newProject(page, 'Large');
  const folder = studio.home('projects', 'Large', 'datasets', 'large');
  mkdirSync(folder, { recursive: true });
  const few = 100;
  await writePairs(folder, few, 256);
  for (const side of ['A', 'B'])
    for (let i = few; i < count; i++) {
      const name = (n: number): string => join(folder, side, `disc-${String(n).padStart(3, '0')}.png`);
      // Linux lets a file have 65,000 links; each link is a picture of its own to the studio.
      linkSync(name(i % few), name(i));
    }
  writeFileSync(
    join(folder, 'dataset.json'),
    JSON.stringify({ format: 1, title: 'Large', kind: 'pairs', created: new Date().toISOString() }),
  );
  return { page, close: studio.close };
}

/** Longest frames (ms) while ten thousand pairs are scrolled through, and the most nodes in the page meanwhile. */
async function scrolling(): Promise<{ flying: number; looking: number; nodes: number; open: number }> {
  const { page, close } = await largeDataset(10_000);
  try {
    // The dataset was put there beside the studio: opening the project again finds it.
    const began = performance.now();
    await reopen(page, 'Large');
    await page.getByRole('main').getByRole('heading', { name: 'Large' }).waitFor();
    const open = performance.now() - began;
    await page.waitForTimeout(3000);
    const scroll = (by: number): Promise<{ longest: number; nodes: number }> =>
      page.evaluate(async (step) => {
        const scrollers = [...document.querySelectorAll<HTMLElement>('main *')].filter(
          (element) => element.scrollHeight > 50_000 && getComputedStyle(element).overflowY !== 'visible',
        );
        const scroller = scrollers[0];
        if (!scroller) throw new Error('the gallery was not found');
        let [longest, nodes, last] = [0, 0, performance.now()];
        const end = last + 6000;
        while (last < end) {
          scroller.scrollTop += step;
          await new Promise((resolve) => requestAnimationFrame(resolve));
          const now = performance.now();
          longest = Math.max(longest, now - last);
          nodes = Math.max(nodes, document.querySelectorAll('*').length);
          last = now;
        }
        return { longest, nodes };
      }, by);
    const [flying, looking] = [await scroll(180), await scroll(40)]; // pixels a frame
    return {
      flying: round(flying.longest, 1),
      looking: round(looking.longest, 1),
      nodes: Math.max(flying.nodes, looking.nodes),
      open: round(open),
    };
  } finally {
    await close();
  }
}

/** Milliseconds from the click on a workspace to two frames after it, the slowest of each workspace's second visit. */
async function switching(): Promise<{ first: number; again: number }> {
  const studio = await openStudio('browser');
  const { page } = studio;
  try {
    await newProject(page, 'Switch');
    await page.waitForTimeout(1000);
    const round = (): Promise<number> =>
      page.evaluate(async () => {
        let slowest = 0;
        const rail = document.querySelector('nav[aria-label="Workspaces"]')!;
        for (const item of rail.querySelectorAll<HTMLElement>('a, button')) {
          if (!/Train|Sketch|Style|Upscale|Latent|Library/.test(item.innerText)) continue;
          const began = performance.now();
          item.click();
          const name = item.innerText.trim();
          while (!document.querySelector(`main`)?.innerText || document.querySelector('main h1, main h2') === null)
            await new Promise((resolve) => requestAnimationFrame(resolve));
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          slowest = Math.max(slowest, performance.now() - began);
          if (!name) break;
        }
        return slowest;
      });
    return { first: await round(), again: await round() };
  } finally {
    await studio.close();
  }
}

/** Milliseconds a step from the command line and in the studio without a window, in turn. */
async function overhead(): Promise<{ cli: number; studio: number; ratio: number }> {
  const folder = temporary();
  await writePairs(folder.path('pairs'), 40, 64);
  const [cli, inStudio]: [number[], number[]] = [[], []];
  for (let i = 0; i < 3; i++) {
    cli.push(await trainAlone(folder.path('pairs'), folder.path(`cli-${i}`)));
    inStudio.push(await trainInStudio(folder.path('pairs')));
  }
  folder.remove();
  return {
    cli: round(median(cli), 2),
    studio: round(median(inStudio), 2),
    ratio: round(median(inStudio.map((ms, i) => ms / cli[i]!)), 3),
  };
}

const STEPS = 400;

/** The mean of all steps after the first fifty, from a run's log. */
function stepMs(metrics: string): number {
  const lines = readFileSync(metrics, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; stepMs?: number });
  return median(lines.filter(({ step, stepMs: ms }) => step > 50 && ms !== undefined).map(({ stepMs: ms }) => ms!));
}

async function trainAlone(dataset: string, out: string): Promise<number> {
  const args = [
    'train',
    'pix2pix',
    dataset,
    '--out',
    out,
    '--size',
    '64',
    '--width',
    '32',
    '--upsampling',
    'resize', // as the quick preset has it
    '--steps',
    String(STEPS),
    '--json',
  ];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return stepMs(join(out, 'metrics.jsonl'));
}

async function trainInStudio(dataset: string): Promise<number> {
  const studio = await openStudio('browser');
  const { page } = studio;
  await newProject(page, 'Bench');
  cpSync(dataset, studio.home('projects', 'Bench', 'datasets', 'pairs'), { recursive: true });
  await reopen(page, 'Bench');
  await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('radio', { name: /quick/i }).check({ force: true });
  await page.getByRole('spinbutton', { name: 'Minutes' }).fill('0.4');
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByTestId('run-step').waitFor();
  await page.close(); // the window is closed; training goes on
  const runs = studio.home('projects', 'Bench', 'runs');
  const run = readdirSync(runs)[0]!;
  const state = (): string =>
    (JSON.parse(readFileSync(join(runs, run, 'about.json'), 'utf8')) as { state: string }).state;
  while (!['done', 'failed', 'stopped'].includes(state())) await new Promise((resolve) => setTimeout(resolve, 500));
  const ms = stepMs(join(runs, run, 'metrics.jsonl')); // before its home is removed
  await studio.close();
  return ms;
}

/** What a browser loads before anything is shown, and in all, gzipped. */
function bundle(): { firstKb: number; allKb: number } {
  const folder = built('renderer');
  const size = (file: string): number => gzipSync(readFileSync(join(folder, file))).length / 1000;
  const assets = readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`);
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const first = assets.filter((name) => html.includes(name));
  const total = (files: readonly string[]): number => files.reduce((sum, file) => sum + size(file), 0);
  return { firstKb: round(total(['index.html', ...first])), allKb: round(total(['index.html', ...assets])) };
}

const browser = await launchBrowser(); // warms the disk's cache
await browser.close();
const five = async (measure: () => Promise<number>): Promise<number> => {
  const values: number[] = [];
  for (let i = 0; i < 5; i++) values.push(await measure());
  return round(median(values));
};
const part = process.argv[2];
const figures: Record<string, unknown> = {};
for (const [name, measure] of Object.entries({
  bundle: () => Promise.resolve(bundle()),
  listeningMs: () => five(startUp),
  firstPaintMs: () => five(firstPaint),
  switching,
  scrolling,
  overhead,
}))
  if (part === undefined || part === name) figures[name] = await measure();
await closeBrowser();
console.log(JSON.stringify(figures, null, 2));
