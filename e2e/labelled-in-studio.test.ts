/** Labelled pictures in the window: imported, trained on, and a model that is kept but offered by no translator. */
import { afterEach, describe, expect, it } from 'vitest';
import { temporary } from '../main/testing/folder.ts';
import { writeLabelled } from '../main/testing/datasets.ts';
import { dropPaths, HOSTS, newProject, numberIn, openStudio, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  const folder = temporary();
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)(
    'folders of labels become a generator that the Library keeps and neither Sketch nor Style offers',
    { timeout: 180_000 },
    async () => {
      await writeLabelled(folder.path('characters'), 12, 32);
      studio = await openStudio(host);
      const { page } = studio;
      const go = (name: string) => page.getByRole('navigation', { name: 'Workspaces' }).getByText(name).click();
      await newProject(page, 'Characters');
      await dropPaths(page, [folder.path('characters')]);
      const dialog = page.getByRole('dialog', { name: 'Import pictures' });
      await dialog.getByText('With labels').click();
      await dialog.getByText('24 pictures with 2 labels: blue, red').waitFor();
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('24 pictures · labels: blue, red').waitFor();

      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByRole('button', { name: 'Start training' }).click();
      // Every label is shown by its name, and nothing as an input or a truth.
      const previews = page.getByRole('group', { name: 'New pictures' });
      await previews
        .getByRole('img', { name: /^Result of red at step/ })
        .first()
        .waitFor({ timeout: 90_000 });
      await previews
        .getByRole('img', { name: /^Result of blue at step/ })
        .first()
        .waitFor();
      expect(await previews.getByRole('img', { name: /^(Input|Wanted)/ }).count()).toBe(0);
      await expect.poll(() => numberIn(page.getByTestId('run-step')), { timeout: 90_000 }).toBeGreaterThan(50);
      await page.getByRole('button', { name: 'Stop' }).first().click();
      await page.getByRole('main').getByRole('button', { name: 'Library', exact: true }).click();

      const panel = page.getByRole('region', { name: /characters/ });
      await panel.getByRole('img', { name: 'Pictures that characters made' }).waitFor();
      await panel.getByText('Conditional GAN').waitFor();
      expect(await panel.getByRole('slider').count()).toBe(0); // nothing to compare
      await go('Sketch');
      await page.getByRole('heading', { name: 'Draw, and a model paints beside it' }).waitFor();
      await go('Style');
      await page.getByRole('heading', { name: 'Style needs a model' }).waitFor();
    },
  );
});
