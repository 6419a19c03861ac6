/** A training that begins with a model which Maquette brings along. */
import { afterEach, describe, expect, it } from 'vitest';
import { temporary } from '../main/testing/folder.ts';
import { HOSTS, importFiles, newProject, numberIn, openStudio, writeSideBySide, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  const folder = temporary();
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)('takes over what the model learned as, at its size or another', { timeout: 180_000 }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    await newProject(page, 'Own');
    await importFiles(page, await writeSideBySide(folder.path('discs'), 6), 'Discs');
    await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
    const begin = page.getByRole('combobox', { name: 'Begin with' });
    await page.getByRole('radio', { name: /Quick look/ }).waitFor();
    await begin.selectOption({ label: 'Render, which Maquette brings along' });
    await page.getByText('It learned at 256 px').waitFor();
    await page.getByRole('radio', { name: /Quick look/ }).waitFor({ state: 'hidden' });
    // It is in the library now, under its own name; and nothing is as good a choice as before.
    await begin.selectOption({ label: 'Nothing: begin anew' });
    await page.getByRole('radio', { name: /Quick look/ }).waitFor();
    await begin.selectOption({ label: 'Render' });
    await page.getByText('It learned at 256 px').waitFor();
    await page.getByRole('combobox', { name: 'Size' }).selectOption('64');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByText(/learned at 256 px: \d\d % of this training/).waitFor();
    await expect.poll(() => numberIn(page.getByTestId('run-step')), { timeout: 90_000 }).toBeGreaterThanOrEqual(1);
    await page
      .getByText(/pix2pix.* · 64 px/)
      .first()
      .waitFor();
  });
});
