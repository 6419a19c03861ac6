/**
 * How fast exploring a generator is, in the browser host: `node dist/bench-latent.js`. Nothing else should run meanwhile.
 * The generator is Characters, which is brought along (64 px). One JSON object on stdout.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { startRuntime } from '../main/engine/cpu/ort.ts';
import { Generator, seedAt, wishFor } from '../main/engine/inference/generator.ts';
import { usualThreads } from '../main/cores.ts';
import { ROOT } from '../main/root.ts';
import { closeBrowser, openStudio } from '../e2e/studio.ts';

const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Pictures of the gallery that are waited for. */
const GALLERY = 64;
/** Times that each thing is done. */
const TIMES = 12;
/** How long an animation is watched, in milliseconds. */
const WATCHED_MS = 4000;

/** What the model alone takes for a picture, in this process. */
async function modelMs(): Promise<number> {
  startRuntime(usualThreads());
  const file = join(ROOT, 'assets', 'models', 'characters', 'model.onnx');
  const generator = new Generator(readFileSync(file), 'Characters');
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const began = performance.now();
    await generator.make(wishFor({ kind: 'seed', seed: seedAt(1, i) }));
    times.push(performance.now() - began);
  }
  generator.release();
  return at(times, 0.5);
}

/** From moving a slider to the new picture, painted. */
async function slider(page: Page, chosen: Locator): Promise<number[]> {
  await chosen.getByText('Found in the model').click();
  const one = chosen.getByRole('slider', { name: 'Change 1' });
  await one.waitFor();
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const to = String((i + 1) * (i % 2 === 0 ? 0.5 : -0.5) * 0.5);
    times.push(
      await one.evaluate(async (input: HTMLInputElement, value) => {
        const image = input.closest('section')!.querySelector<HTMLImageElement>('.large img')!;
        const loaded = new Promise((resolve) => image.addEventListener('load', resolve, { once: true }));
        const began = performance.now();
        input.value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        await loaded;
        await image.decode();
        await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }, to),
    );
    // What is like it is looked for meanwhile, and would be measured with the next.
    await page.waitForTimeout(1200);
  }
  return times;
}

/** From asking for other pictures until so many are there. */
async function gallery(page: Page): Promise<number[]> {
  await page.getByRole('slider', { name: 'Picture size' }).fill('72');
  await page.waitForTimeout(3000);
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    times.push(
      await page.getByRole('button', { name: 'Other pictures' }).evaluate(async (button: HTMLElement, wanted) => {
        const cells = (): HTMLImageElement[] => [...document.querySelectorAll<HTMLImageElement>('[role=option] img')];
        const before = new Set(cells().map(({ src }) => src));
        const there = (): number =>
          cells().filter(({ src, complete, naturalWidth }) => !before.has(src) && complete && naturalWidth > 0).length;
        const began = performance.now();
        button.click();
        while (there() < wanted) await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }, GALLERY),
    );
    await page.waitForTimeout(3000);
  }
  return times;
}

/** Plays a loop through two pictures: how long until it moves, and how evenly it is drawn. */
async function playback(page: Page): Promise<object> {
  const cells = page.getByRole('listbox').getByRole('option');
  for (const i of [1, 2]) {
    await cells.nth(i).click();
    await page.keyboard.press('a');
  }
  const path = page.getByRole('region', { name: 'Animation' });
  await path.getByRole('img').or(path.locator('canvas')).first().waitFor();
  await page.waitForTimeout(1000);
  return path.getByRole('button', { name: 'Play' }).evaluate(async (button: HTMLElement, watchedMs) => {
    const drawn: number[] = [];
    const shown = new Set<CanvasImageSource>();
    let changes = 0;
    let last: CanvasImageSource | null = null;
    const canvas = CanvasRenderingContext2D.prototype;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on what it is called on
    const real = canvas.drawImage as (this: CanvasRenderingContext2D, ...rest: unknown[]) => void;
    canvas.drawImage = function (this: CanvasRenderingContext2D, ...rest: unknown[]) {
      const [image] = rest as [CanvasImageSource];
      if (image !== last) {
        changes++;
        drawn.push(performance.now());
        shown.add((last = image));
      }
      real.apply(this, rest);
    };
    const began = performance.now();
    button.click();
    while (drawn.length < 2) await new Promise(requestAnimationFrame);
    const first = drawn[0]!;
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    const gaps = drawn.slice(1).map((time, i) => time - drawn[i]!);
    return {
      prepareMs: Math.round(first - began),
      picturesPerSecond: Number(((1000 * (changes - 1)) / (drawn.at(-1)! - first)).toFixed(1)),
      longestGapMs: Math.round(Math.max(...gaps)),
      different: shown.size,
    };
  }, WATCHED_MS);
}

const alone = await modelMs();
const studio = await openStudio('browser', { size: { width: 1920, height: 1080 } });
try {
  const { page } = studio;
  await page.getByRole('button', { name: 'Explore Characters' }).click();
  const chosen = page.getByRole('region', { name: 'The chosen picture' });
  await chosen.getByRole('img', { name: 'The chosen picture' }).waitFor();
  await page.waitForTimeout(3000);
  const moved = await slider(page, chosen);
  const filled = await gallery(page);
  const figures = {
    modelMs: round(alone),
    slider: {
      wholeMs: round(at(moved, 0.5)),
      worstMs: round(Math.max(...moved)),
      beyondModelMs: round(at(moved, 0.5) - alone),
    },
    gallery: { pictures: GALLERY, wholeMs: round(at(filled, 0.5)), worstMs: round(Math.max(...filled)) },
    playback: await playback(page),
  };
  console.log(JSON.stringify(figures, null, 2));
} finally {
  await studio.close();
  await closeBrowser();
}
