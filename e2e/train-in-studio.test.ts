/** The first hour with the studio: pictures in, a training that is watched, a model out. And an engine that is killed. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright';
import { afterEach, describe, expect, it } from 'vitest';
import { readOnnx } from '../models/onnx/read.ts';
import { temporary } from '../main/testing/folder.ts';
import {
  dropFiles,
  dropPaths,
  HOSTS,
  newProject,
  numberIn,
  openStudio,
  writeSideBySide,
  type OpenStudio,
} from './studio.ts';

const LONG = 240_000;
/** What is said of an engine that died. */
const TOLD = 'The engine stopped unexpectedly';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  const folder = temporary();
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  /** From an empty home to a training under way. */
  async function train(page: Page, minutes: string): Promise<void> {
    const files = await writeSideBySide(folder.path('discs'), 40);
    await newProject(page, 'Discs');
    await dropFiles(
      page,
      files.map((file) => ({ name: basename(file), bytes: readFileSync(file) })),
    );
    const dialog = page.getByRole('dialog', { name: 'Import pictures' });
    await dialog.getByText('40 pairs', { exact: true }).waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Discs and colours');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { name: 'Discs and colours' }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
    const form = page
      .getByRole('dialog', { name: 'New training' })
      .or(page.getByRole('region', { name: 'New training' }));
    await form.getByRole('spinbutton', { name: 'Minutes' }).fill(minutes);
    await form.getByRole('radio', { name: /quick/i }).waitFor();
    await form.getByRole('combobox', { name: 'Size' }).selectOption('64');
    await form.getByRole('button', { name: 'Start training' }).click();
    await page.getByTestId('run-step').waitFor();
  }

  const stepOf = (page: Page): Promise<number> => numberIn(page.getByTestId('run-step'));

  /** Waits until the step has reached a number. */
  const reached = (page: Page, step: number): Promise<void> =>
    expect.poll(() => stepOf(page), { timeout: 60_000 }).toBeGreaterThanOrEqual(step);

  it.skipIf(missing)(
    'pictures are dragged in, a training is watched, paused, resumed and stopped, and its model exported',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      // Longer than will be waited for: the budget becomes steps, which a loaded machine must not run out of.
      await train(page, '5');

      const previews = page.getByRole('group', { name: 'Pictures it has never seen' });
      // The time left is a clock that runs down, however fast the steps are, and the bar follows it.
      const bar = page.getByRole('main').getByRole('progressbar').first();
      const standing = async (): Promise<number[]> => {
        const [minutes, seconds] = (await page.getByTestId('time-left').innerText()).split(':').map(Number);
        return [-(60 * minutes! + seconds!), Number(await bar.getAttribute('aria-valuenow'))];
      };
      await reached(page, 16);
      for (let last = await standing(), step = 20; step <= 60; step += 10) {
        await reached(page, step);
        const now = await standing();
        for (const [i, value] of now.entries()) expect(value, `at step ${step}`).toBeGreaterThanOrEqual(last[i]!);
        last = now;
      }
      expect((await standing())[0]).toBeGreaterThan(-300);
      await expect.poll(() => previews.getByRole('img').count()).toBeGreaterThanOrEqual(12); // 4 held out x 3
      // The pictures have the room; curves are a click away.
      const wide = (await previews.boundingBox())!.width;
      expect(await page.getByRole('figure').count()).toBe(0);
      await page.getByRole('button', { name: 'Details' }).click();
      expect((await previews.boundingBox())!.width).toBeLessThan(wide - 250);
      for (const name of ['Losses', 'The judge', 'Off by']) await page.getByRole('figure', { name }).waitFor();
      const first = await previews.screenshot();
      const real = await page.getByTestId('p-real').innerText();
      expect(real).toMatch(/^\d+(\.\d+)? ?%$/);
      const left = await page.getByTestId('time-left').innerText();
      expect(left).toMatch(/\d/);
      await reached(page, 130); // past the preview of step 120
      // Whole percents: two steps may well show the same, all of the coming ones cannot.
      await expect.poll(() => page.getByTestId('p-real').innerText(), { timeout: 30_000 }).not.toBe(real);
      await expect
        .poll(async () => Buffer.compare(first, await previews.screenshot()), { timeout: 30_000 })
        .not.toBe(0);

      await page.getByRole('button', { name: 'Pause' }).first().click();
      await page.getByRole('button', { name: 'Resume' }).first().waitFor();
      await expect
        .poll(async () => {
          const before = await stepOf(page);
          await page.waitForTimeout(700);
          return (await stepOf(page)) - before;
        })
        .toBe(0);
      const paused = await stepOf(page);
      await page.getByRole('button', { name: 'Resume' }).first().click();
      await reached(page, paused + 30);

      // Pictures that are made larger meanwhile do not wait for its end: it stands still, says for what, and goes on.
      const workspaces = page.getByRole('navigation', { name: 'Workspaces' });
      await workspaces.getByText('Upscale').click();
      await page.getByRole('heading', { name: 'Make pictures larger' }).waitFor();
      await dropPaths(page, [folder.path('discs')]);
      await page.getByTestId('easel').waitFor();
      await workspaces.getByText('Train').click();
      await page.getByText('Waits for “Enlarging discs”').waitFor();
      await page.getByRole('main').getByText('Training', { exact: true }).waitFor({ timeout: 60_000 });
      await reached(page, (await stepOf(page)) + 5);

      await page.getByRole('button', { name: 'Stop' }).first().click();
      await page
        .getByRole('link', { name: /export/i })
        .or(page.getByRole('button', { name: /export/i }))
        .first()
        .waitFor();
      await page.getByRole('navigation', { name: 'Workspaces' }).getByText('Library').click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page
          .getByRole('link', { name: /export/i })
          .first()
          .click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/\.onnx$/);
      const { metadata } = readOnnx(readFileSync(await download.path()));
      expect(metadata).toMatchObject({ 'maquette.family': 'pix2pix', 'maquette.size': '64' });
      expect(problems).toEqual([]);
    },
  );

  it.skipIf(missing)(
    'an engine that is killed is started again, and the person is told once',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      await train(page, '1');
      await reached(page, 30);
      await page.evaluate((text) => {
        let times = 0;
        const count = (records: MutationRecord[]): void => {
          for (const { addedNodes } of records)
            for (const node of addedNodes)
              if (node.textContent?.includes(text)) document.body.dataset['told'] = String(++times);
        };
        new MutationObserver(count).observe(document.body, { childList: true, subtree: true });
      }, TOLD);
      const [trainer] = studio.processes('trainer');
      process.kill(trainer!, 'SIGKILL');
      await page.getByText(TOLD).first().waitFor();
      await expect.poll(() => studio!.processes('trainer').filter((pid) => pid !== trainer)).toHaveLength(1);
      const from = await stepOf(page);
      await reached(page, Math.max(60, from + 20));
      expect(await page.evaluate(() => document.body.dataset['told'])).toBe('1');
    },
  );
});
