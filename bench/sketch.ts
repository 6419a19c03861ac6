/**
 * How fast drawing is, in the browser host: `node dist/bench-sketch.js`. Nothing else should run meanwhile. The models
 * have random weights: how long they take does not depend on what they have learned. One JSON object on stdout.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { plainLayer } from '../preload/contract/layers/stack.ts';
import { startRuntime } from '../main/engine/cpu/ort.ts';
import { randomModel } from '../main/engine/testing/testing-model.ts';
import { temporary } from '../main/testing/folder.ts';
import { writePairs } from '../main/testing/datasets.ts';
import { Pen } from '../e2e/pen.ts';
import { closeBrowser, newProject, openStudio, putModel, reopen, type OpenStudio } from '../e2e/studio.ts';

const PROJECT = 'Bench';
const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** A studio with a model and one drawing of this size, open. */
async function drawingOf(
  model: { size: number; width: number },
  side: number,
  { layers, top = {} }: { layers: number; top?: object },
): Promise<OpenStudio> {
  const studio = await openStudio('browser');
  const { page } = studio;
  await newProject(page, PROJECT);
  const file = temporary();
  mkdirSync(file.path(), { recursive: true });
  writeFileSync(file.path('model.onnx'), randomModel(model));
  const folder = studio.home('projects', PROJECT, 'drawings', 'bench');
  mkdirSync(folder, { recursive: true });
  const now = new Date().toISOString();
  const state = {
    ...{
      width: side,
      height: side,
      wrap: false,
      paper: '#ffffff',
      model: 'model',
      scaling: 'tiles',
      seed: 0,
      active: 'l0',
    },
    layers: Array.from({ length: layers }, (_, i) => ({
      ...plainLayer({ id: `l${i}`, title: `Layer ${i}` }),
      ...{ opacity: 0.9, ...(i === layers - 1 && top) },
    })),
  };
  writeFileSync(
    join(folder, 'drawing.json'),
    JSON.stringify({ format: 2, title: 'Bench', created: now, changed: now, state, pixels: {} }),
  );
  await putModel(studio, PROJECT, file.path('model.onnx'), 'Noise');
  file.remove();
  await open(page);
  return studio;
}

async function open(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Workspaces' }).getByText('Sketch').click();
  const start = page.getByTestId('sketch-start').getByRole('button', { name: 'Open Bench' });
  // A drawing that was open stays so.
  await start.or(page.getByTestId('result-pane')).first().waitFor();
  if (await start.isVisible()) await start.click();
  await page.getByTestId('result-pane').waitFor();
  // Nothing is asked of a model before something is drawn.
  const dot = [0.5, 0.5, 0.5] as const;
  await (await Pen.over(page)).stroke(page.getByTestId('drawing-pane'), [dot, dot]);
  await page.waitForFunction(
    () => Number(document.querySelector('[data-result-version]')?.getAttribute('data-result-version')) > 0,
  );
}

interface Marks {
  results: { time: number; ms: number }[];
  ups: number[];
}

/** Notes when results are shown, how long the model took, and when the pen was lifted. */
async function watch(page: Page): Promise<() => Promise<Marks>> {
  await page.evaluate(() => {
    const marks: Marks = { results: [], ups: [] };
    Object.assign(window, { __bench: marks });
    const pane = document.querySelector('[data-result-version]')!;
    new MutationObserver(() => {
      marks.results.push({ time: performance.now(), ms: Number(pane.getAttribute('data-result-ms')) });
    }).observe(pane, { attributes: true, attributeFilter: ['data-result-version'] });
    window.addEventListener('pointerup', (event) => marks.ups.push(event.timeStamp), true);
  });
  return () => page.evaluate(() => (window as unknown as { __bench: Marks }).__bench);
}

const paceOf = (page: Page): Promise<{ handler: number[]; screen: number[] }> =>
  page.evaluate(
    () => (window as unknown as { __maquettePace: { handler: number[]; screen: number[] } }).__maquettePace,
  );

/** Circles, as fast as a hand draws them. */
function scribble(turns: number): (readonly [number, number, number])[] {
  return Array.from({ length: turns * 16 }, (_, i) => {
    const angle = (i / 16) * 2 * Math.PI;
    return [
      0.5 + 0.25 * Math.cos(angle) * (1 - i / (turns * 40)),
      0.5 + 0.25 * Math.sin(angle),
      0.3 + 0.4 * ((i % 9) / 9),
    ] as const;
  });
}

/** Ten layers of 2048 px while a model of 128 px translates what changes; the topmost as it is given, seen from as near. */
async function large(top: object, zoom: number): Promise<object> {
  const studio = await drawingOf({ size: 128, width: 32 }, 2048, { layers: 10, top });
  try {
    const pen = await Pen.over(studio.page);
    for (let i = 0; i < zoom; i++) await studio.page.keyboard.press('Equal');
    await pen.stroke(studio.page.getByTestId('drawing-pane'), scribble(4));
    const { handler, screen } = await paceOf(studio.page);
    return {
      ...{
        moves: handler.length,
        handlerP95Ms: round(at(handler, 0.95), 2),
        handlerMaxMs: round(Math.max(...handler), 2),
      },
      ...{ screenMedianMs: round(at(screen, 0.5)), screenP95Ms: round(at(screen, 0.95)) },
    };
  } finally {
    await studio.close();
  }
}

/** How many pictures a second follow the pen, at 128 px with width 32. */
async function following(): Promise<object> {
  const studio = await drawingOf({ size: 128, width: 32 }, 128, { layers: 1 });
  try {
    const marks = await watch(studio.page);
    const pen = await Pen.over(studio.page);
    const began = performance.now();
    await pen.stroke(studio.page.getByTestId('drawing-pane'), scribble(6));
    const seconds = (performance.now() - began) / 1000;
    const { results } = await marks();
    return {
      picturesPerSecond: round(results.length / seconds),
      modelMs: round(
        at(
          results.map(({ ms }) => ms),
          0.5,
        ),
      ),
    };
  } finally {
    await studio.close();
  }
}

/** From lifting the pen to the new picture at 256 px, beyond what the model itself takes. */
async function afterStroke(training: boolean): Promise<object> {
  const studio = await drawingOf({ size: 256, width: 32 }, 256, { layers: 1 });
  const { page } = studio;
  try {
    if (training) await train(studio);
    const marks = await watch(page);
    const pen = await Pen.over(page);
    const over: number[] = [];
    const whole: number[] = [];
    for (let i = 0; i < 12; i++) {
      const before = await marks();
      const y = 0.3 + 0.03 * i;
      await pen.stroke(page.getByTestId('drawing-pane'), [
        [0.3, y, 0.5],
        [0.6, y + 0.1, 0.8],
      ]);
      await page.waitForTimeout(2500);
      const after = await marks();
      const up = after.ups.at(-1)!;
      const last = after.results.slice(before.results.length).at(-1);
      if (!last) continue;
      whole.push(last.time - up);
      over.push(last.time - up - last.ms);
    }
    return {
      wholeMs: round(at(whole, 0.5)),
      beyondModelMs: round(at(over, 0.5)),
      beyondModelWorstMs: round(Math.max(...over)),
    };
  } finally {
    await studio.close();
  }
}

/** Starts a long training in the studio's window, and comes back to the drawing. */
async function train(studio: OpenStudio): Promise<void> {
  const { page } = studio;
  const folder = studio.home('projects', PROJECT, 'datasets', 'discs');
  mkdirSync(folder, { recursive: true });
  await writePairs(folder, 40, 128);
  writeFileSync(
    join(folder, 'dataset.json'),
    JSON.stringify({ format: 1, title: 'Discs', kind: 'pairs', created: new Date().toISOString() }),
  );
  await reopen(page, PROJECT);
  await page.getByRole('main').getByText('Discs').first().click();
  await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('spinbutton', { name: 'Minutes' }).fill('30');
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByTestId('run-step').waitFor();
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=run-step]')?.textContent.replace(/\D/g, '')) > 5,
  );
  await open(page);
}

const PARTS: Record<string, () => Promise<object>> = {
  large: () => large({}, 0),
  largeMixed: () => large({ blend: 'multiply' }, 0),
  largeNear: () => large({}, 12),
  following,
  afterStroke: () => afterStroke(false),
  afterStrokeTraining: () => afterStroke(true),
};

startRuntime(1); // random models are built here
const wanted = process.argv.slice(2);
const figures: Record<string, object> = {};
for (const [name, measure] of Object.entries(PARTS))
  if (wanted.length === 0 || wanted.includes(name)) figures[name] = await measure();
await closeBrowser();
console.log(JSON.stringify(figures, null, 2));
