/**
 * `npm run screenshots`: every screen of the studio in four sizes, light and dark, and larger, into out/screenshots/.
 * `npm run screenshots -- guides`: the pictures of the guides, into docs/images/.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePsdUint8Array } from 'ag-psd';
import type { Page } from 'playwright';
import { FREE, ints, invertingModel, model, node, valueInfo } from '../main/engine/testing/testing-onnx.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import { boxes } from '../main/studio/datasets/testing.ts';
import { ROOT } from '../main/root.ts';
import { writeSample } from '../main/studio/samples.ts';
import { goTo, closeBrowser, dropPaths, openStudio, type OpenStudio } from './studio.ts';

/* eslint-disable no-console -- a script of the developer's own */

const OUT = join(ROOT, 'out', 'screenshots');
const SIZES = [
  { width: 900, height: 700 },
  { width: 1100, height: 700 },
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
];
/** Everything shown larger, in a window of the usual size. */
const LARGER = 1.5;
/** The width of the guides' pictures. */
const GUIDE_WIDTH = 1100;
/** At which the screens are walked through. */
const USUAL = SIZES[2]!;
/** What a screen fetches when it comes up is there by then. */
const ARRIVED_MS = 1000;
/** Everything is in its place so soon after a change of size or theme: nothing moves where less motion is wanted. */
const SETTLED_MS = 150;
const THEMES = ['light', 'dark'] as const;
const WORKSPACES = ['Sketch', 'Style', 'Upscale', 'Latent', 'Library'] as const;

/** Takes the screen that is shown now in every size and theme. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(ARRIVED_MS);
  for (const size of SIZES)
    for (const theme of THEMES) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForTimeout(SETTLED_MS);
      await page.screenshot({ path: join(OUT, `${name}-${size.width}-${theme}.png`) });
    }
  await page.setViewportSize(USUAL);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.evaluate((scale) => document.documentElement.style.setProperty('--scale', `${scale}`), LARGER);
  await page.waitForTimeout(4 * SETTLED_MS);
  await page.screenshot({ path: join(OUT, `${name}-${USUAL.width}-at-150.png`) });
  await page.evaluate(() => document.documentElement.style.setProperty('--scale', '1'));
  console.log(name);
}

const main = (page: Page) => page.getByRole('main');

/** Home, and the first project. */
async function begin(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New project' }).first().waitFor();
  await take(page, '01-home-empty');
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  await take(page, '02-new-project');
  await page.getByRole('textbox', { name: 'Name' }).fill('Dungeon props');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByRole('navigation', { name: 'Workspaces' }).waitFor();
  await take(page, '03-train-empty');
}

/** Datasets and the form. */
async function datasets(page: Page): Promise<void> {
  await main(page)
    .getByRole('button', { name: /sample/i })
    .first()
    .click();
  await main(page).getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 120_000 });
  await page.waitForTimeout(3000);
  await take(page, '04-dataset');
  await page.getByRole('button', { name: /check/i }).first().click();
  await page.waitForTimeout(6000);
  await take(page, '05-doctor');
  await main(page).getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: 'Start training' }).waitFor();
  await take(page, '06-new-training');
}

/** A training under way, paused and ended. */
async function training(page: Page, minutes: string): Promise<void> {
  await page.getByRole('spinbutton', { name: 'Minutes' }).fill(minutes);
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByTestId('run-step').waitFor();
  await page.waitForTimeout(25_000);
  await take(page, '07-training');
  await page.getByRole('group', { name: 'Pictures it has never seen' }).getByRole('button').first().click();
  await page.waitForTimeout(800);
  await take(page, '08-viewer');
  await page.keyboard.press('Escape');
  const exported = page.getByRole('link', { name: /export/i }).first();
  await exported.waitFor({ timeout: Number(minutes) * 90_000 + 60_000 });
  await take(page, '09-trained');
}

/** Pictures in another style: by the model that was trained, and before one of another tool is used. */
async function style({ page, person }: OpenStudio): Promise<void> {
  await goTo(page, 'Style');
  await take(page, '30-style-begin');
  await writeSample('props', person('props'), { count: 24 });
  await dropPaths(page, [person('props', 'A')]);
  await page.getByTestId('easel').waitFor();
  await take(page, '31-style-translating');
  await page
    .getByText(/^24 pictures/)
    .first()
    .waitFor({ timeout: 60_000 });
  await page.keyboard.press('ArrowRight');
  await take(page, '32-style-translated');
  await page.getByTestId('tool-lens').click();
  await page.getByTestId('lens-area').focus();
  await page.keyboard.press('ArrowLeft');
  await take(page, '33-style-lens');
  await page.getByTestId('tool-line').click();
  await writeFile(person('invert.onnx'), invertingModel());
  await dropPaths(page, [person('invert.onnx')]);
  await page.getByRole('heading', { name: 'What does this model take?' }).waitFor();
  await dropPaths(page, [person('props', 'B', readdirSync(person('props', 'B'))[0]!)]);
  await page.getByRole('img', { name: 'Result' }).waitFor();
  await take(page, '34-style-model-of-another-tool');
}

/** The same pictures, larger. */
async function upscale({ page, person }: OpenStudio): Promise<void> {
  await goTo(page, 'Upscale');
  await dropPaths(page, [person('props', 'B')]);
  await page.getByTestId('easel').waitFor();
  await take(page, '35-upscale-working');
  await page
    .getByText(/^24 pictures/)
    .first()
    .waitFor({ timeout: 180_000 });
  await take(page, '36-upscaled');
}

/** Two sets that need no partners. */
async function sets({ page, person }: OpenStudio): Promise<void> {
  await goTo(page, 'Train');
  await writeSample('portraits', person('portraits'), { count: 60 });
  await dropPaths(page, [person('portraits')]);
  const dialog = page.getByRole('dialog', { name: 'Import pictures' });
  await dialog.getByRole('textbox', { name: 'Name' }).waitFor();
  await take(page, '35-import-sets');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await main(page).getByRole('button', { name: 'Train', exact: true }).waitFor();
  await page.waitForTimeout(2000);
  await take(page, '36-sets');
  await main(page).getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('radio', { name: /^CycleGAN/ }).waitFor();
  await page.getByText('More settings').click();
  for (const [name, value] of [
    ['Width', '8'],
    ['Blocks', '2'],
    ['Minutes', '1'],
  ] as const)
    await page.getByRole('spinbutton', { name }).fill(value);
  await page.getByText('More settings').click();
  await take(page, '37-train-sets');
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByTestId('run-step').waitFor();
  await page.waitForTimeout(30_000);
  await take(page, '38-training-sets');
  await page.getByRole('button', { name: 'Stop' }).first().click();
}

/** What is said of files that are not as they should be: an import, a model's questions, a PSD, a batch. */
async function files(studio: OpenStudio): Promise<void> {
  const { page, person } = studio;
  await writeSample('props', person('mixed'), { count: 12 });
  for (const name of ['A/hero_a', 'A/hero_ink', 'B/hero', 'A/lone'])
    await encodePng(boxes(name.length, 64, 64), person('mixed', ...`${name}.png`.split('/')));
  await writeFile(person('mixed', 'B', 'notes.txt'), 'no picture');
  await writeFile(person('mixed', 'A', 'damaged.png'), 'no picture');
  await dropPaths(page, [person('mixed')]);
  const dialog = page.getByRole('dialog', { name: 'Import pictures' });
  await dialog.getByText('1 file is left out').click();
  await take(page, '41-import-questions');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await dialog.getByRole('button', { name: 'Done' }).waitFor();
  await take(page, '42-imported');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await goTo(page, 'Style');
  await writeFile(person('mask-first.onnx'), maskAndNumber());
  await dropPaths(page, [person('mask-first.onnx')]);
  await page.getByText('Which of its results is the picture').waitFor();
  await take(page, '40-model-of-several-results');
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('button', { name: 'Use it' }).waitFor({ state: 'detached' });
  await writeFile(person('mixed', 'A', 'hero.jpg'), await readFile(person('mixed', 'A', 'lone.png')));
  await writeFile(person('mixed', 'A', 'hero.png'), await readFile(person('mixed', 'A', 'lone.png')));
  await dropPaths(page, [person('mixed')]);
  await page.getByRole('button', { name: /left out/ }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  await take(page, '43-batch-notes');
  await page.keyboard.press('Escape');
  await goTo(page, 'Sketch');
  await writeFile(person('layers.psd'), layeredPsd());
  await dropPaths(page, [person('layers.psd')]);
  await page.getByRole('note').waitFor();
  await take(page, '44-psd-notes');
}

/** A PSD with ink on Difference, which layers of ours have not, and the picture that it shows. */
function layeredPsd(): Uint8Array {
  const { width, height, data } = boxes(5, 128, 128, 4);
  const imageData = { width, height, data: new Uint8ClampedArray(data) };
  const children = [
    { name: 'colours', imageData },
    { name: 'ink', blendMode: 'difference' as const, imageData },
  ];
  return writePsdUint8Array({ width, height, imageData, children });
}

/** A model with a mask as its first result, and a number beside the picture. */
function maskAndNumber(): Uint8Array {
  return model({
    nodes: [node('ReduceMean', ['x'], 'mask', [ints('axes', [1])]), node('Mul', ['x', 'strength'], 'picture')],
    inputs: [valueInfo('x', FREE), valueInfo('strength', [1])],
    outputs: [valueInfo('mask', [1, 1, 'height', 'width']), valueInfo('picture', FREE)],
  });
}

async function rest(page: Page): Promise<void> {
  const rail = page.getByRole('navigation', { name: 'Workspaces' });
  for (const [i, name] of WORKSPACES.entries()) {
    await rail.getByText(name).click();
    await page.waitForTimeout(700);
    await take(page, `1${i}-${name.toLowerCase()}`);
  }
  await page.keyboard.press('Control+k');
  await take(page, '20-palette');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings' }).click();
  await take(page, '21-settings');
  await page.getByRole('tab', { name: 'Engines' }).click();
  await page.getByText('Automatic').waitFor();
  await take(page, '22-engines');
  await page.keyboard.press('Escape');
}

/** What a generator makes: new ones, ones like another, and a way through some. */
async function latent(page: Page): Promise<void> {
  await goTo(page, 'Latent');
  await page.getByRole('button', { name: /^Explore/ }).click();
  await page.getByRole('region', { name: 'The chosen picture' }).waitFor();
  await page.waitForTimeout(3000);
  await take(page, '45-latent');
  const cells = page.getByRole('listbox').getByRole('option');
  for (const i of [2, 6, 9]) {
    await cells.nth(i).click();
    await page.keyboard.press('a');
  }
  await page.getByRole('button', { name: 'More like this' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForTimeout(5000);
  await take(page, '46-latent-near');
}

/** The pictures of the guides in docs/: one for each workspace, small enough to be read with. */
async function guides({ page, person }: OpenStudio): Promise<void> {
  const picture = async (name: string): Promise<void> => {
    await page.waitForTimeout(ARRIVED_MS);
    const png = await page.screenshot();
    await sharp(png)
      .resize(GUIDE_WIDTH)
      .webp({ quality: 82 })
      .toFile(join(ROOT, 'docs', 'images', `${name}.webp`));
    console.log(name);
  };
  const starter = join(ROOT, 'assets', 'models', 'render', 'examples');
  await page.setViewportSize(SIZES[1]!);
  await page.getByRole('button', { name: /^Draw/ }).click();
  await page.getByRole('dialog', { name: 'New drawing' }).getByRole('button', { name: 'Create' }).click();
  await page.locator('[data-testid="result-pane"]:not([data-result-version="0"])').waitFor();
  await page.getByTestId('result-pane').getByText('Painting…').waitFor({ state: 'hidden' });
  await picture('sketch');
  await goTo(page, 'Style');
  await dropPaths(page, [join(starter, 'A')]);
  await page
    .getByText(/^14 pictures/)
    .first()
    .waitFor({ timeout: 120_000 });
  await picture('style');
  await goTo(page, 'Upscale');
  await dropPaths(
    page,
    ['fox', 'drum', 'crab'].map((name) => join(starter, 'B', `${name}.webp`)),
  );
  await page
    .getByText(/^3 pictures/)
    .first()
    .waitFor({ timeout: 180_000 });
  await picture('upscale');
  await goTo(page, 'Train');
  await writeSample('renders', person('renders'), { count: 120 });
  await dropPaths(page, [person('renders')]);
  const dialog = page.getByRole('dialog', { name: 'Import pictures' });
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await main(page).getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('spinbutton', { name: 'Minutes' }).fill('1.5');
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByTestId('run-step').waitFor();
  await page
    .getByRole('link', { name: /export/i })
    .first()
    .waitFor({ timeout: 240_000 });
  await picture('train');
  await goTo(page, 'Latent');
  await page.getByRole('button', { name: /^Explore/ }).click();
  await page.getByRole('region', { name: 'The chosen picture' }).waitFor();
  await page.waitForTimeout(3000);
  await picture('latent');
  await goTo(page, 'Library');
  await picture('library');
}

mkdirSync(OUT, { recursive: true });
let studio: OpenStudio | undefined;
try {
  studio = await openStudio('browser');
  // `npm run screenshots -- files` takes that part alone, and `-- guides` the pictures of docs/.
  const part = process.argv[2];
  if (part === 'guides') await guides(studio);
  else {
    await begin(studio.page);
    if (part !== 'files') {
      await datasets(studio.page);
      await training(studio.page, '1');
      await rest(studio.page);
      await latent(studio.page);
      await style(studio);
      await upscale(studio);
      await sets(studio);
    }
    await files(studio);
  }
} finally {
  await studio?.close();
  await closeBrowser();
}
