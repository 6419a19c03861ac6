/** A stranger's first minute: a model that Maquette brings along, a drawing to paint over, and a picture of it. */
import { afterEach, describe, expect, it } from 'vitest';
import { colourful } from './colourful.ts';
import { HOSTS, newProject, openStudio, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)('one click leads to a drawing that is painted', { timeout: 120_000 }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    await page.getByRole('button', { name: 'Draw with Render' }).click();
    const dialog = page.getByRole('dialog', { name: 'New drawing' });
    await dialog.getByRole('radio', { name: /^Render/, checked: true }).waitFor();
    await dialog.getByRole('switch', { name: /example/i }).waitFor();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page
      .getByRole('list', { name: /^Layers/ })
      .getByText('Example')
      .waitFor();
    const result = page.getByTestId('result-pane').getByTestId('canvas');
    await expect.poll(async () => colourful(await result.screenshot()), { timeout: 60_000 }).toBeGreaterThan(0.05);
    const colours = page.getByRole('group', { name: 'What the model knows' }).getByRole('button');
    expect(await colours.count()).toBeGreaterThanOrEqual(8);
  });

  it.skipIf(missing)(
    'an empty project offers it in Sketch and in Style, and has it once',
    { timeout: 120_000 },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const go = (name: string) => page.getByRole('navigation', { name: 'Workspaces' }).getByText(name).click();
      await newProject(page, 'Empty');
      await go('Sketch');
      await page.getByRole('button', { name: 'Draw with Render' }).waitFor();
      await go('Style');
      await page.getByRole('button', { name: 'Use Render' }).click();
      await page.getByRole('heading', { name: 'Style needs a model' }).waitFor({ state: 'hidden' });
      await go('Library');
      await page.getByRole('option', { name: 'Render' }).waitFor();
      expect(await page.getByRole('listbox').getByRole('option').count()).toBe(1);
      await expect.poll(() => page.getByRole('textbox', { name: 'Notes' }).inputValue()).toContain('1,318 pairs');
      await go('Sketch');
      await page.getByTestId('new-drawing').waitFor();
    },
  );
});
