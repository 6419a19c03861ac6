/** The first visit: from the home screen to a picture, without a picture of one's own. */
import { afterEach, describe, expect, it } from 'vitest';
import { colourful } from './colourful.ts';
import { HOSTS, numberIn, openStudio, type OpenStudio } from './studio.ts';

const LONG = 240_000;

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)(
    'sample pictures train with their alpha, and a drawing begins with their colours and an example',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      await page.getByRole('button', { name: 'Start with sample pictures' }).click();
      await page.getByRole('heading', { name: 'Sample: renders' }).waitFor({ timeout: 120_000 });
      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByText('More settings').click();
      expect(await page.getByRole('combobox', { name: 'Transparency' }).inputValue()).toBe('4');
      await page.getByRole('spinbutton', { name: 'Width' }).fill('4');
      await page.getByRole('button', { name: 'Start training' }).click();
      await expect.poll(() => numberIn(page.getByTestId('run-step')), { timeout: 60_000 }).toBeGreaterThanOrEqual(1);
      await page.getByRole('button', { name: 'Stop' }).first().click();
      await page
        .getByRole('link', { name: /export/i })
        .first()
        .waitFor();

      await page.getByRole('navigation', { name: 'Workspaces' }).getByText('Sketch').click();
      await page.getByTestId('new-drawing').first().click();
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByRole('switch', { name: /example/i }).isChecked()).toBe(true);
      await dialog.getByRole('button', { name: 'Create' }).click();
      const layers = page.getByRole('list', { name: /^Layers/ });
      await layers.getByText('Example').waitFor();
      // The example is seen: the pane has many colours that nobody drew.
      const canvas = page.getByTestId('drawing-pane').getByTestId('canvas');
      await expect.poll(async () => colourful(await canvas.screenshot()), { timeout: 20_000 }).toBeGreaterThan(0.05);
      const colours = page.getByRole('group', { name: 'What the model knows' }).getByRole('button');
      expect(await colours.count()).toBeGreaterThanOrEqual(12);
    },
  );
});
