/** What goes wrong, in the window: everything is killed, a project is damaged, what is dropped is no picture. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterEach, describe, expect, it } from 'vitest';
import { temporary } from '../main/testing/folder.ts';
import {
  dropFiles,
  HOSTS,
  importFiles,
  newProject,
  numberIn,
  openStudio,
  writeSideBySide,
  type OpenStudio,
} from './studio.ts';

const LONG = 180_000;

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  const home = temporary();
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)('a training is gone on with after everything was killed', { timeout: LONG }, async () => {
    const first = await openStudio(host, { home });
    await newProject(first.page, 'Killed');
    await importFiles(first.page, await writeSideBySide(home.path('discs'), 40), 'Discs');
    await first.page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
    await first.page.getByRole('spinbutton', { name: 'Minutes' }).fill('2');
    await first.page.getByRole('combobox', { name: 'Size' }).selectOption('64');
    await first.page.getByRole('button', { name: 'Start training' }).click();
    const runs = first.home('projects', 'Killed', 'runs');
    const checkpoints = (): string[] =>
      (readdirSync(runs, { recursive: true }) as string[]).filter((name) => name.endsWith('.safetensors'));
    // A pause saves, which is sooner than the first checkpoint of its own accord.
    const stepAt = (at: Page): Promise<number> => numberIn(at.getByTestId('run-step'));
    await expect.poll(() => stepAt(first.page), { timeout: 60_000 }).toBeGreaterThan(0);
    await first.page.getByRole('button', { name: 'Pause' }).first().click();
    await first.page.getByRole('button', { name: 'Resume' }).first().click();
    await expect.poll(checkpoints, { timeout: 60_000 }).not.toEqual([]);
    const from = Math.max(...checkpoints().map((name) => Number(/step-(\d+)/.exec(name)![1])));
    await expect.poll(() => stepAt(first.page), { timeout: 60_000 }).toBeGreaterThan(from + 3);
    await first.kill();
    await first.close();

    studio = await openStudio(host, { home });
    const { page } = studio;
    await page.getByText('Killed').first().click();
    await page.getByRole('main').getByText('Discs').first().waitFor();
    // The run is chosen from the list, where it says what happened.
    await page
      .getByRole('main')
      .getByText(/Stopped/)
      .first()
      .click();
    await page.getByText(/Maquette was ended while it trained/).waitFor();
    await page.getByRole('button', { name: 'Resume' }).first().click();
    await expect.poll(() => stepAt(page), { timeout: 60_000 }).toBeGreaterThan(from);
    await page.getByRole('button', { name: 'Stop' }).first().click();
    await page
      .getByRole('link', { name: /export/i })
      .first()
      .waitFor({ timeout: 30_000 });
  });

  it.skipIf(missing)('a damaged project opens read-only, and says why', { timeout: LONG }, async () => {
    const place = temporary();
    const first = await openStudio(host, { home: place });
    await newProject(first.page, 'Damaged');
    await importFiles(first.page, await writeSideBySide(place.path('discs'), 6), 'Discs');
    const manifest = first.home('projects', 'Damaged', 'project.json');
    await first.close();
    writeFileSync(manifest, readFileSync(manifest, 'utf8').slice(0, 20));
    studio = await openStudio(host, { home: place });
    const { page } = studio;
    await page.getByText('Damaged').first().click();
    await page
      .getByText(/is damaged/)
      .first()
      .waitFor();
    await page.getByRole('main').getByText('Discs').first().waitFor();
    await page.getByRole('main').getByText('Discs').first().click();
    expect(await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
  });

  it.skipIf(missing)(
    'what is dropped and is no picture is said so, and nothing is imported',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page, home: at } = studio;
      await newProject(page, 'Dropped');
      await dropFiles(page, [{ name: 'notes.txt', bytes: Buffer.from('no picture') }]);
      await page
        .getByRole('dialog')
        .getByText(/^notes\.txt is not a picture/)
        .waitFor();
      await page.keyboard.press('Escape');
      await dropFiles(page, [{ name: 'broken.png', bytes: Buffer.from('\x89PNG\r\n\x1a\nbroken', 'latin1') }]);
      await page
        .getByRole('dialog')
        .getByText(/^broken\.png cannot be read/)
        .waitFor();
      await page.keyboard.press('Escape');
      // One broken file among good ones is left out by name.
      const [good] = await writeSideBySide(home.path('one'), 3);
      await dropFiles(page, [
        { name: 'good.png', bytes: readFileSync(good!) },
        { name: 'better.png', bytes: readFileSync(good!) },
        { name: 'cut.png', bytes: readFileSync(good!).subarray(0, 40) },
      ]);
      const dialog = page.getByRole('dialog', { name: 'Import pictures' });
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();
      await dialog
        .getByText(/cut\.png/)
        .first()
        .waitFor();
      expect(readdirSync(at('projects', 'Dropped', 'datasets'))).toHaveLength(1);
    },
  );

  it.skipIf(missing || process.platform !== 'linux')(
    'the process of the studio loads no decoder of pictures',
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      await newProject(page, 'Clean');
      await importFiles(page, await writeSideBySide(home.path('few'), 4), 'Few');
      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).waitFor();
      const maps = readFileSync(`/proc/${studio.pid}/maps`, 'utf8');
      expect(maps).not.toMatch(/libvips|libonnxruntime/);
      const [worker] = studio.processes('worker');
      expect(readFileSync(`/proc/${worker}/maps`, 'utf8')).toMatch(/libvips/);
    },
  );
});
