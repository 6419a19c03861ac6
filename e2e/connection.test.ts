/** The host goes and comes back while a person draws: the window says what to do, and no stroke is lost. */
import type { Page } from 'playwright';
import { afterEach, expect, it } from 'vitest';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { Pen } from './pen.ts';
import { goTo, newProject, openStudio, type OpenStudio } from './studio.ts';

let studio: OpenStudio | undefined;
afterEach(async () => {
  await studio?.close();
  studio = undefined;
});

const state = (page: Page) => page.getByTestId('save-state');
const stroke = async (page: Page, y: number): Promise<void> =>
  (await Pen.over(page)).stroke(page.getByTestId('drawing-pane'), [
    [0.3, y, 1],
    [0.7, y, 1],
  ]);
/** How many strokes are seen: dark runs down the middle. */
async function strokes(page: Page): Promise<number> {
  await page.mouse.move(5, 5);
  const png = await page.getByTestId('drawing-pane').getByTestId('canvas').screenshot();
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const dark = (y: number): boolean => data[(y * info.width + Math.round(info.width * 0.5)) * 3]! < 60;
  let found = 0;
  for (let y = 1; y < info.height; y++) if (dark(y) && !dark(y - 1)) found++;
  return found;
}
async function reopened(page: Page): Promise<void> {
  await page.reload();
  await goTo(page, 'Sketch');
  await page.getByTestId('sketch-start').getByRole('button', { name: 'Open Untitled' }).click();
  await page.getByTestId('drawing-pane').waitFor();
}

it(
  'what is drawn while the host is gone is kept, and saved once the window is let in',
  { timeout: 180_000 },
  async () => {
    studio = await openStudio('browser');
    const { page } = studio;
    await page.getByRole('button', { name: /^Draw/ }).click();
    const dialog = page.getByRole('dialog', { name: 'New drawing' });
    await dialog.getByRole('switch', { name: /example/i }).click();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await stroke(page, 0.3);
    await state(page).getByText('Saved', { exact: true }).waitFor();

    await studio.kill();
    await page.getByRole('status').getByText('The connection to the studio is lost').waitFor();
    await stroke(page, 0.5);
    await state(page).getByText('kept in this window').waitFor();
    // What is said covers nothing of the drawing's own head.
    const head = page.getByRole('button', { name: 'All drawings' });
    await head.click({ trial: true });
    const link = await studio.again();
    const field = page.getByRole('textbox', { name: 'The link that Maquette printed' });
    const said = page.getByRole('status').getByText('Open the link that it printed');
    await said.waitFor();
    // It has its room also where the window has little.
    const size = page.viewportSize()!;
    for (const width of [1100, 900]) {
      await page.setViewportSize({ width, height: 700 });
      const height = async (): Promise<number> => (await said.boundingBox())!.height;
      await expect.poll(height, { message: `at ${width}` }).toBeLessThan(36);
    }
    await page.setViewportSize(size);
    await head.click({ trial: true });
    await field.fill('http://127.0.0.1/');
    await field.press('Enter');
    await page.getByRole('alert').getByText('That is no link to Maquette').waitFor();
    await field.fill(link);
    await field.press('Enter');
    await state(page).getByText('Saved', { exact: true }).waitFor();
    expect(await field.count()).toBe(0);
    await expect.poll(() => strokes(page)).toBe(2);
    await reopened(page);
    await expect.poll(() => strokes(page)).toBe(2);

    // Meanwhile another window opened another project: what is not saved waits for its own.
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const offline = (now: boolean) =>
      network.send('Network.emulateNetworkConditions', {
        ...{ offline: now, latency: 0, downloadThroughput: -1, uploadThroughput: -1 },
      });
    await offline(true);
    await studio.kill();
    await page.getByRole('status').getByText('The connection to the studio is lost').waitFor();
    await stroke(page, 0.7);
    const second = await page.context().newPage();
    await second.goto(await studio.again());
    await newProject(second, 'Other');
    await offline(false);
    await page.getByRole('button', { name: 'Open that project' }).click();
    await goTo(page, 'Sketch');
    await state(page).getByText('Saved', { exact: true }).waitFor();
    await reopened(page);
    await expect.poll(() => strokes(page)).toBe(3);
  },
);
