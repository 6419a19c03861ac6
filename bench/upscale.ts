/**
 * What enlarging costs beside the bare model, and beside TensorFlow.js's WASM backend with the same weights where it is
 * there: `node --expose-gc dist/bench-upscale.js`. What is compared is done in turn, and a ratio is the median of its rounds,
 * so that other work on the machine hits both; times themselves hold for a quiet one. One JSON object on stdout.
 *
 * ROUNDS: how often (5). THREADS: how many. PARTS: some of those at the end. MEMORY: the side of the picture whose memory is
 * looked at (4096), by MODEL (art-2x). UPSCALERJS: a folder in which the packages lie that reference/upscalerjs.ts names.
 */
import { mkdirSync } from 'node:fs';
import { startRuntime } from '../main/engine/cpu/ort.ts';
import { readyUpscaler } from '../main/engine/inference/ready-upscalers.ts';
import { encodeResult, type OpenPicture } from '../main/engine/inference/translate-picture.ts';
import type { Translator } from '../main/engine/inference/translator.ts';
import { openUpscaler, upscaleFiles, type UpscaleFiles } from '../main/engine/inference/upscale-files.ts';
import { upscalePicture } from '../main/engine/inference/upscale-picture.ts';
import { usualThreads } from '../main/cores.ts';
import { writeAtomic } from '../main/files.ts';
import { temporary } from '../main/testing/folder.ts';
import { openUpscalerJs } from './reference/upscalerjs.ts';

const { env } = process;
const ROUNDS = Number(env['ROUNDS'] ?? 5);
const THREADS = Number(env['THREADS'] ?? usualThreads());
const MEMORY = Number(env['MEMORY'] ?? 4096);
const SPRITES = 1000;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const round = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** Waves and discs: nothing that a picture's file would pack into nothing. */
function scene(width: number, height: number, seed = 0): OpenPicture<Uint8Array> {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const wave = 60 * Math.sin((x + seed) / 17) + 50 * Math.cos(y / 23) + ((x * 7 + y * 13 + seed) % 11);
      const disc = Math.hypot((x % 90) - 45, (y % 70) - 35) < 20 ? 60 : 0;
      data.set([120 + wave + disc, 110 + wave / 2, 130 - disc, 255], at);
    }
  return { width, height, data, hasAlpha: false };
}

const ms = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const folder = temporary();
mkdirSync(folder.path('in'), { recursive: true });

async function fileOf(name: string, picture: OpenPicture): Promise<{ name: string; file: string }> {
  const file = folder.path('in', `${name}.png`);
  writeAtomic(file, [await encodeResult(picture)]);
  return { name, file };
}

const filesOf = (upscaler: Translator, pictures: UpscaleFiles['pictures'], keepColours = false): Promise<number> =>
  upscaleFiles(upscaler, {
    ...{ pictures, out: folder.path('out'), onlyMissing: false, onPicture: () => undefined },
    ...{ target: { factor: upscaler.scale }, wrap: false, keepColours },
  });

/** From file to file: the share of time outside the model. */
async function outside() {
  const upscaler = openUpscaler(readyUpscaler('art-2x'));
  const picture = await fileOf('one', scene(1024, 1024));
  const shares: Record<'plain' | 'keepColours', number[]> = { plain: [], keepColours: [] };
  for (let i = 0; i < ROUNDS; i++)
    for (const way of ['plain', 'keepColours'] as const) {
      const before = upscaler.ortMs;
      const whole = await ms(() => filesOf(upscaler, [picture], way === 'keepColours'));
      shares[way].push(1 - (upscaler.ortMs - before) / whole);
    }
  upscaler.release();
  return { plain: round(median(shares.plain)), keepColours: round(median(shares.keepColours)) };
}

/** A picture in tiles, beside one call of the model for the whole of it. */
async function besideBare() {
  const upscaler = openUpscaler(readyUpscaler('art-2x'));
  const picture = scene(1024, 1024);
  const planes = new Float32Array(3 * 1024 * 1024).map((_, i) => (picture.data[(i % 1048576) * 4] ?? 0) / 127.5 - 1);
  const ratios: number[] = [];
  let quickest = Infinity;
  for (let i = 0; i < ROUNDS; i++) {
    const bare = await ms(() => upscaler.run(planes, { width: 1024, height: 1024 }));
    const ours = await ms(() => upscalePicture(upscaler, picture));
    quickest = Math.min(quickest, ours);
    ratios.push(ours / bare);
  }
  upscaler.release();
  return { ratio: round(median(ratios)), quickestMs: round(quickest, 0) };
}

/** Small sprites from file to file, beside the model alone on each of them. */
async function sprites() {
  const upscaler = openUpscaler(readyUpscaler('art-2x'));
  const [width, height] = [32, 32];
  const pictures: { name: string; file: string }[] = [];
  for (let i = 0; i < SPRITES; i++) pictures.push(await fileOf(`sprite-${i}`, scene(width, height, i)));
  const planes = new Float32Array(3 * width * height);
  const rates: number[] = [];
  for (let i = 0; i < Math.max(1, Math.ceil(ROUNDS / 2)); i++) {
    const bare = await ms(async () => {
      for (let k = 0; k < SPRITES; k++) await upscaler.run(planes, { width, height });
    });
    const ours = await ms(() => filesOf(upscaler, pictures));
    rates.push(bare / ours);
  }
  upscaler.release();
  return { rate: round(median(rates)) };
}

/** The most memory that a large picture takes, from file to file, over what the process has with the model open. */
async function memory() {
  const upscaler = openUpscaler(readyUpscaler(env['MODEL'] ?? 'art-2x'));
  const picture = await fileOf('large', scene(MEMORY, MEMORY));
  await filesOf(upscaler, [await fileOf('small', scene(64, 64))]);
  globalThis.gc?.();
  const idle = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
  await filesOf(upscaler, [picture]);
  clearInterval(watch);
  upscaler.release();
  return { side: MEMORY, overIdleGb: round((most - idle) / 2 ** 30) };
}

/** esrgan-slim x4 on 256 x 256, beside UpscalerJS with the same weights. */
async function besideUpscalerJs() {
  const place = env['UPSCALERJS'];
  if (place === undefined) return 'not there: see UPSCALERJS';
  const theirs = await openUpscalerJs(place);
  const upscaler = openUpscaler(readyUpscaler('photo-4x'));
  const picture = scene(256, 256);
  const ratios: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const other = await ms(() => theirs.upscale(picture));
    ratios.push(other / (await ms(() => upscalePicture(upscaler, picture))));
  }
  upscaler.release();
  return { timesAsFast: round(median(ratios), 2), theirThreads: theirs.threads };
}

startRuntime(THREADS);
const PARTS = { outside, besideBare, sprites, besideUpscalerJs, memory };
const wanted = (env['PARTS'] ?? Object.keys(PARTS).join(' ')).split(' ');
const found: Record<string, unknown> = { threads: THREADS, rounds: ROUNDS };
for (const [name, part] of Object.entries(PARTS)) if (wanted.includes(name)) found[name] = await part();
process.stdout.write(`${JSON.stringify(found)}\n`);
folder.remove();
