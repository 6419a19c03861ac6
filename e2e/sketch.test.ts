/** The Sketch workspace as an artist uses it: a pen with pressure, a really trained model, real files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import webtoon from '@webtoon/psd';
import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BLENDS, mixWords } from '../preload/contract/layers/blend.ts';
import { values } from '../main/engine/testing/testing.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { seamScore, TILED } from '../main/engine/metrics/seams.ts';
import { tileStarts } from '../main/engine/inference/tiles.ts';
import { run } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { writePairs } from '../main/testing/datasets.ts';
import { Pen } from './pen.ts';
import { goTo, HOSTS, newProject, openStudio, putModel, type OpenStudio } from './studio.ts';

const LONG = 240_000;
const trained = temporary();
afterAll(() => trained.remove());

/** Discs become coloured discs: a few seconds of training are enough to see it. */
beforeAll(async () => {
  await writePairs(trained.path('discs'), 60, 64);
  const { status, stderr } = await run(
    ...['train', 'pix2pix', trained.path('discs'), '--out', trained.path('run'), '--size', '64', '--width', '8'],
    ...['--upsampling', 'resize', '--steps', '400', '--seed', '1'],
  );
  expect(status, stderr).toBe(0);
}, LONG);

/** A filled blob about a point of the pane. */
const blob = (x: number, y: number, r: number): (readonly [number, number, number])[] =>
  Array.from({ length: 20 }, (_, i) => {
    const angle = i * 0.9;
    return [x + (r * i * Math.cos(angle)) / 20, y + (r * i * Math.sin(angle)) / 20, 0.4 + i / 40] as const;
  });

interface Pixels {
  width: number;
  height: number;
  data: Buffer;
}
async function pixelsOf(png: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
/** The canvas of a pane, without what is said about it. */
async function shotOf(pane: Locator): Promise<Pixels> {
  const box = (await pane.getByTestId('canvas').boundingBox())!;
  const clip = { x: box.x, y: box.y + LABEL, width: box.width, height: box.height - 2 * LABEL };
  return pixelsOf(await pane.page().screenshot({ clip }));
}
const NOTHING_DRAWN = 'The result shows here as soon as you draw.';
/** What is said about a pane lies along its upper edge. */
const LABEL = 44;

/** The mean colour around a point (shares of the picture). */
function colourAt({ width, height, data }: Pixels, x: number, y: number): number[] {
  const sum = [0, 0, 0];
  for (let dy = -2; dy <= 2; dy++)
    for (let dx = -2; dx <= 2; dx++) {
      const at = ((Math.round(y * height) + dy) * width + Math.round(x * width) + dx) * 3;
      for (let c = 0; c < 3; c++) sum[c]! += data[at + c]! / 25;
    }
  return sum;
}
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** Waits for the result of all that is drawn. */
async function until(result: Locator, more: number): Promise<void> {
  await expect.poll(() => versionOf(result)).toBeGreaterThan(more);
  await expect.poll(() => result.getAttribute('aria-busy')).toBe('false');
}
const versionOf = async (pane: Locator): Promise<number> => Number(await pane.getAttribute('data-result-version'));
const saved = (page: Page) =>
  expect.poll(() => page.getByTestId('save-state').innerText(), { timeout: 20_000 }).toMatch(/^Saved/);

/** A project with the trained model, and a new drawing that is open. */
async function begin(studio: OpenStudio, title: string, options: Kind = {}): Promise<Page> {
  const { page } = studio;
  await newProject(page, title);
  await putModel(studio, title, trained.path('run', 'model.onnx'), 'Discs');
  await newDrawing(page, options);
  return page;
}

/** Of the size that is offered first, or of as many times the model's own. */
interface Kind {
  scale?: number | 'usual';
  wrap?: boolean;
}

/** Waits until a pane shows what it showed before, to the last byte. */
const shows = (pane: Locator, before: { data: Buffer }): Promise<void> =>
  expect.poll(async () => (await shotOf(pane)).data.equals(before.data)).toBe(true);

async function newDrawing(page: Page, { scale = 1, wrap = false }: Kind): Promise<void> {
  await goTo(page, 'Sketch');
  await page.getByTestId('new-drawing').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  if (scale !== 'usual') {
    await dialog.getByRole('radio', { name: 'Free' }).check({ force: true });
    await dialog.getByRole('spinbutton', { name: 'Width' }).fill(String(64 * scale));
    await dialog.getByRole('spinbutton', { name: 'Height' }).fill(String(64 * scale));
  }
  if (wrap) await dialog.getByRole('switch').click();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByTestId('drawing-pane').waitFor();
  await page.getByTestId('result-pane').getByText(NOTHING_DRAWN).waitFor();
  if (scale !== 'usual' && scale > 1) await page.getByRole('button', { name: 'In tiles' }).click();
  for (let i = 0; i < 4; i++) await page.keyboard.press(']');
}

/** Exports with the dialog as it stands after choosing what and how; gives the file's bytes. */
async function exported(page: Page, what: RegExp, format: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByTestId('export').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: what }).check({ force: true });
  await dialog.getByLabel('Format').selectOption(format);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export', exact: true }).click(),
  ]);
  const bytes = readFileSync(await download.path());
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  return { name: download.suggestedFilename(), bytes };
}

/** Chromium mixes colours by the same specification: its canvas is the referee of our modes. */
async function modesAreChromiums(page: Page): Promise<void> {
  const names = { 'soft-light': 'soft-light', colour: 'color', normal: 'source-over' } as Readonly<
    Record<string, string>
  >;
  const pixels = values(7, 'modes', [240, 8], [0, 256]).map(Math.floor);
  for (const blend of BLENDS.filter((each) => each !== 'add')) {
    const theirs = await page.evaluate(
      ([pixels, mode]) => {
        const out: number[] = [];
        const [below, above] = [new OffscreenCanvas(1, 1), new OffscreenCanvas(1, 1)].map((canvas) =>
          canvas.getContext('2d', { willReadFrequently: true })!,
        ) as [OffscreenCanvasRenderingContext2D, OffscreenCanvasRenderingContext2D];
        for (let i = 0; i < pixels.length; i += 8) {
          below.putImageData(new ImageData(Uint8ClampedArray.from(pixels.slice(i, i + 4)), 1, 1), 0, 0);
          above.putImageData(new ImageData(Uint8ClampedArray.from(pixels.slice(i + 4, i + 8)), 1, 1), 0, 0);
          below.globalCompositeOperation = mode as GlobalCompositeOperation;
          below.drawImage(above.canvas, 0, 0);
          out.push(...below.getImageData(0, 0, 1, 1).data);
        }
        return out;
      },
      [[...pixels], names[blend] ?? blend] as const,
    );
    const word = ([r, g, b, a]: readonly number[]): number => ((a! << 24) | (b! << 16) | (g! << 8) | r!) >>> 0;
    for (let i = 0; i < pixels.length; i += 8) {
      const [below, above] = [[...pixels.slice(i, i + 4)], [...pixels.slice(i + 4, i + 8)]];
      const ours = mixWords(blend, word(below), word(above) & 0xffffff, { alpha: above[3]!, atop: false });
      const wanted = theirs.slice(i / 2, i / 2 + 4);
      // A canvas keeps premultiplied bytes: what has little alpha has few levels of colour.
      for (let c = 0; c < 3; c++)
        expect(
          (Math.abs(((ours >> (8 * c)) & 255) - wanted[c]!) * Math.min(below[3]!, above[3]!, wanted[3]!)) / 255,
          `${blend} ${below.join()} ${above.join()}`,
        ).toBeLessThanOrEqual(4);
    }
  }
}

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)(
    'a drawing is known by a picture of what was drawn last, and of its result',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const page = await begin(studio, 'Known');
      await modesAreChromiums(page);
      const [drawing, result] = [page.getByTestId('drawing-pane'), page.getByTestId('result-pane')];
      const pen = await Pen.over(page);
      let version = await versionOf(result);
      await pen.stroke(drawing, blob(0.3, 0.3, 0.12));
      await until(result, version);
      await saved(page);
      // At once, when the picture is as new as it can be by itself.
      version = await versionOf(result);
      await pen.stroke(drawing, blob(0.7, 0.7, 0.12));
      await until(result, version);
      await page.getByRole('button', { name: 'All drawings' }).click();
      const card = page
        .getByTestId('sketch-start')
        .getByRole('img')
        .or(page.getByTestId('sketch-start').locator('img'));
      const thumbnail = async (): Promise<Pixels> => {
        const address = await card.first().getAttribute('src');
        const bytes = await page.evaluate(
          async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())],
          address!,
        );
        return pixelsOf(Buffer.from(bytes));
      };
      await card.first().waitFor();
      // The drawing is its left half. The picture follows the last stroke as soon as that is saved.
      const paper = async (): Promise<number> => {
        const picture = await thumbnail();
        return Math.max(...[0.3, 0.7].map((at) => distance(colourAt(picture, at / 2, at), [0, 0, 0])));
      };
      await expect.poll(paper).toBeLessThan(60);
      const seen = await thumbnail();
      const painted = colourAt(seen, 0.5 + 0.7 / 2, 0.7);
      expect(distance(painted, colourAt(seen, 0.5 + 0.95 / 2, 0.05))).toBeGreaterThan(40);
    },
  );

  it.skipIf(missing)(
    'a stroke appears, its result beside it; undone, redone, saved, opened again',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const page = await begin(studio, 'Strokes', { scale: 'usual' });
      const [drawing, result] = [page.getByTestId('drawing-pane'), page.getByTestId('result-pane')];
      const pen = await Pen.over(page);
      await page.waitForTimeout(800);
      const [blank, nothing] = [await shotOf(drawing), await shotOf(result)];
      expect(distance(colourAt(blank, 0.4, 0.4), [255, 255, 255])).toBeLessThan(3);

      let version = await versionOf(result);
      await pen.stroke(drawing, blob(0.4, 0.4, 0.1));
      await until(result, version);
      await page.mouse.move(5, 5);
      await page.waitForTimeout(500);
      const [drawn, painted] = [await shotOf(drawing), await shotOf(result)];
      expect(distance(colourAt(drawn, 0.4, 0.4), [0, 0, 0])).toBeLessThan(40);
      // The model answers where the stroke is, and not far from it.
      expect(distance(colourAt(painted, 0.4, 0.4), colourAt(nothing, 0.4, 0.4))).toBeGreaterThan(60);
      expect(distance(colourAt(painted, 0.4, 0.4), colourAt(drawn, 0.4, 0.4))).toBeGreaterThan(30);

      version = await versionOf(result);
      await page.getByTestId('undo').click();
      await until(result, version);
      await page.mouse.move(5, 5);
      await page.waitForTimeout(500);
      await shows(drawing, blank);
      await shows(result, nothing);
      version = await versionOf(result);
      await page.keyboard.press('Control+Shift+z');
      await until(result, version);
      await page.waitForTimeout(500);
      await shows(drawing, drawn);
      await shows(result, painted);

      await page.keyboard.press('Control+s');
      await saved(page);
      await page.reload();
      await goTo(page, 'Sketch');
      // Its name leads to it as its picture does.
      await page.getByTestId('sketch-start').getByText('Untitled', { exact: true }).click();
      await until(result, 0);
      await page.mouse.move(5, 5);
      await page.waitForTimeout(800);
      await shows(drawing, drawn);
      await shows(result, painted);

      const { name, bytes } = await exported(page, /^Both/, 'psd');
      expect(name).toMatch(/\.psd$/);
      const psd = (
        webtoon as unknown as { parse(bytes: ArrayBuffer): { width: number; children: { name: string }[] } }
      ).parse(Uint8Array.from(bytes).buffer);
      expect(psd.width).toBe(512);
      expect(psd.children.map((child) => child.name)).toEqual(['Result', 'Drawing']);
      const png = await exported(page, /^Result/, 'png16');
      expect(await sharp(png.bytes).metadata()).toMatchObject({ width: 512, height: 512, depth: 'ushort' });
    },
  );

  it.skipIf(missing)('pressure makes a line wide', { timeout: LONG }, async () => {
    studio = await openStudio(host);
    const page = await begin(studio, 'Pressure');
    const drawing = page.getByTestId('drawing-pane');
    const pen = await Pen.over(page);
    await pen.stroke(drawing, [
      [0.3, 0.35, 0.1],
      [0.7, 0.35, 0.1],
    ]);
    await pen.stroke(drawing, [
      [0.3, 0.65, 1],
      [0.7, 0.65, 1],
    ]);
    await page.mouse.move(5, 5);
    await page.waitForTimeout(500);
    const shot = await shotOf(drawing);
    const dark = (from: number, to: number): number => {
      let count = 0;
      for (let y = Math.round(from * shot.height); y < to * shot.height; y++)
        if (shot.data[(y * shot.width + Math.round(shot.width / 2)) * 3]! < 128) count++;
      return count;
    };
    const [light, heavy] = [dark(0.25, 0.45), dark(0.55, 0.75)];
    expect(heavy).toBeGreaterThan(2 * light);
    expect(heavy).toBeGreaterThan(5);

    // Black that is screened adds no light: it shows only once it covers.
    await page.getByTestId('add-layer').click();
    await page.getByTestId('blend').selectOption('screen');
    await pen.stroke(drawing, blob(0.5, 0.5, 0.08));
    await page.mouse.move(5, 5);
    const middle = async (): Promise<number[]> => colourAt(await shotOf(drawing), 0.5, 0.5);
    await page.waitForTimeout(500);
    expect(distance(await middle(), [255, 255, 255])).toBeLessThan(3);
    // Nor while it is moved.
    await page.keyboard.press('v');
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(300);
    expect(distance(await middle(), [255, 255, 255])).toBeLessThan(3);
    await page.keyboard.press('Escape');
    await page.getByTestId('blend').selectOption('normal');
    await expect.poll(middle).toEqual([0, 0, 0]);
  });

  it.skipIf(missing)(
    'a drawing that wraps gives a texture without a seam; a large one no tile borders',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const page = await begin(studio, 'Seams', { wrap: true });
      const pen = await Pen.over(page);
      const result = page.getByTestId('result-pane');
      let version = await versionOf(result);
      // Across the edges: the drawing lies in the middle of its own copies.
      await pen.stroke(page.getByTestId('drawing-pane'), blob(0.5, 0.5, 0.3));
      await until(result, version);
      const wrapped = await pixelsOf((await exported(page, /^Result/, 'png')).bytes);
      // What is shown counts what nobody can see as no seam.
      const counted = seamScore({ ...wrapped, channels: 3 }, TILED, 3);
      const shown = async (): Promise<number> =>
        Number(/\d+\.\d\d/.exec(await page.getByTestId('seam-score').innerText())?.[0]);
      await expect.poll(async () => Math.abs((await shown()) - counted)).toBeLessThan(0.02);
      const score = seamScore({ ...wrapped, channels: 3 }, TILED);
      expect(score).toBeLessThan(1.15);

      await page.getByRole('button', { name: 'All drawings' }).click();
      await newDrawing(page, { scale: 4 });
      version = await versionOf(result);
      for (const [x, y] of [
        [0.42, 0.4],
        [0.6, 0.45],
        [0.5, 0.62],
      ] as const)
        await pen.stroke(page.getByTestId('drawing-pane'), blob(x, y, 0.1));
      await until(result, version + 2);
      const large = await pixelsOf((await exported(page, /^Result/, 'png')).bytes);
      expect(large.width).toBe(256);
      const borders = tileStarts(256, 64, 16)
        .flatMap((start) => [start, start + 64])
        .filter((at) => at > 0 && at < 256);
      expect(seamScore({ ...large, channels: 3 }, { columns: borders, rows: borders })).toBeLessThan(1.15);
    },
  );

  it.skipIf(missing)(
    'everything is killed while the pen is down: what was drawn before is there again',
    { timeout: LONG },
    async () => {
      const home = temporary();
      const first = await openStudio(host, { home });
      const page = await begin(first, 'Killed');
      const pen = await Pen.over(page);
      const drawing = page.getByTestId('drawing-pane');
      await pen.stroke(drawing, blob(0.45, 0.45, 0.1));
      await saved(page);
      await page.mouse.move(5, 5);
      await page.waitForTimeout(500);
      const before = await shotOf(drawing);
      await pen.stroke(drawing, blob(0.55, 0.6, 0.05), false);
      await first.kill();
      // The window has it still, and says that it is not saved.
      await expect.poll(() => page.getByTestId('save-state').innerText(), { timeout: 20_000 }).not.toMatch(/^Saved/);
      await first.close();

      studio = await openStudio(host, { home });
      await studio.page.getByText('Killed').first().click();
      await goTo(studio.page, 'Sketch');
      await studio.page.getByTestId('sketch-start').getByRole('button', { name: 'Open Untitled' }).click();
      await until(studio.page.getByTestId('result-pane'), 0);
      await studio.page.mouse.move(5, 5);
      await studio.page.waitForTimeout(800);
      expect((await shotOf(studio.page.getByTestId('drawing-pane'))).data.equals(before.data)).toBe(true);
      await studio.close();
      studio = undefined;
      home.remove();
    },
  );

  it.skipIf(missing)(
    'the engine dies during a stroke: the drawing stays, and the next stroke has its result',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const page = await begin(studio, 'Engine');
      const [drawing, result] = [page.getByTestId('drawing-pane'), page.getByTestId('result-pane')];
      const pen = await Pen.over(page);
      await pen.stroke(drawing, blob(0.4, 0.4, 0.08), false);
      for (const pid of studio.processes('painter')) process.kill(pid, 'SIGKILL');
      await pen.stroke(drawing, blob(0.6, 0.6, 0.08));
      await pen.stroke(drawing, blob(0.6, 0.4, 0.05));
      const version = await versionOf(result);
      await pen.stroke(drawing, blob(0.4, 0.6, 0.05));
      await until(result, version);
      await saved(page);
      expect(studio.processes('painter')).toHaveLength(1);
    },
  );

  it.skipIf(missing)('a correction is remembered, learned, and shown before and after', { timeout: LONG }, async () => {
    studio = await openStudio(host);
    const page = await begin(studio, 'Lesson');
    const [drawing, result] = [page.getByTestId('drawing-pane'), page.getByTestId('result-pane')];
    const pen = await Pen.over(page);
    await pen.stroke(drawing, blob(0.5, 0.5, 0.12));
    const correct = page.getByTestId('correct');
    await correct.click();
    await page.keyboard.press('Escape');
    await expect.poll(() => correct.getAttribute('aria-pressed')).toBe('false');
    await correct.click();
    await pen.stroke(result, blob(0.5, 0.5, 0.12));
    await page.getByTestId('remember').click();
    const where = page.getByRole('dialog');
    await where.waitFor({ timeout: 3000 }).then(
      () => where.getByRole('button', { name: /remember/i }).click(),
      () => undefined, // there is one dataset at most, and nothing to choose
    );
    const datasets = studio.home('projects', 'Lesson', 'datasets');
    await expect
      .poll(() => readdirSync(datasets).flatMap((one) => readdirSync(join(datasets, one, 'A'))).length, {
        timeout: 20_000,
      })
      .toBe(1);
    await page.getByRole('combobox', { name: 'How long it learns' }).selectOption('15 seconds');
    await page.getByTestId('learn').click();
    await page.getByTestId('lesson-report').waitFor({ timeout: 150_000 });
    await expect.poll(() => page.getByTestId('lesson-report').innerText(), { timeout: 60_000 }).toMatch(/down \d+/);
    await page.getByTestId('before-after').first().waitFor();
    // Of one correction none is held back: the page of its training waits for no pictures.
    await goTo(page, 'Train');
    await page
      .getByRole('link', { name: /taught/ })
      .or(page.getByRole('button', { name: /taught/ }))
      .first()
      .click();
    await page.getByText('it learned from every picture').waitFor();
  });
});
