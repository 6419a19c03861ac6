/** Help: the guide for what is shown, and from it the others, by mouse and by keyboard. */
import { afterEach, describe, expect, it } from 'vitest';
import { goTo, HOSTS, newProject, openStudio, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)('shows the guide of the room, its pictures, and by links the others', async () => {
    studio = await openStudio(host);
    const { page } = studio;
    const guide = (name: string) => page.getByRole('dialog', { name, exact: true });
    await page.getByRole('button', { name: 'New project' }).first().waitFor();
    await page.keyboard.press('F1');
    await guide('Guides').waitFor();
    // By keyboard alone: the page has the focus, and its first link is the next stop.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const picture = guide('Train').getByRole('img');
    await picture.waitFor();
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(500);
    await page.keyboard.press('Escape');
    await guide('Train').waitFor({ state: 'hidden' });

    await newProject(page, 'Helped');
    await goTo(page, 'Style');
    await page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: 'Help' }).click();
    await guide('Style').getByRole('button', { name: 'All guides' }).click();
    await guide('Guides').getByRole('link', { name: 'Models to begin with' }).click();
    await guide('Models to begin with').getByRole('heading', { name: 'Materials' }).waitFor();
    // What leads out of the guides is text alone.
    expect(await guide('Models to begin with').locator('a:not([href^="#"])').count()).toBe(0);
    await page.keyboard.press('Escape');
    await guide('Models to begin with').waitFor({ state: 'hidden' });
  });
});
