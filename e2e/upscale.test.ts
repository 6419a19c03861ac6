/** The Upscale workspace: a folder of mixed pictures, enlarged, compared, done again otherwise, saved. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { goTo, dropPaths, HOSTS, newProject, openStudio, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)('a folder becomes larger, and is saved as it was laid out', { timeout: 240_000 }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    const art = studio.person('art');
    mkdirSync(studio.person('art', 'deep'), { recursive: true });
    const disc = (colour: readonly number[]) => {
      const [width, height] = [40, 30];
      const data = Buffer.alloc(width * height * 4);
      for (let i = 0; i < width * height; i++)
        if (Math.hypot((i % width) - 20, Math.floor(i / width) - 15) < 12) data.set([...colour, 255], i * 4);
      return sharp(data, { raw: { width, height, channels: 4 } });
    };
    await disc([200, 50, 50]).png().toFile(studio.person('art', 'clear.png'));
    const flat = disc([50, 90, 200]).flatten({ background: '#fff' });
    await flat.jpeg().toFile(studio.person('art', 'deep', 'opaque.jpg'));
    writeFileSync(studio.person('art', 'broken.png'), 'no picture');
    await newProject(page, 'Larger');
    await goTo(page, 'Upscale');
    await page.getByRole('spinbutton', { name: 'Times as large' }).fill('3');
    await dropPaths(page, [art]);
    const facts = page.getByTestId('batch-facts');
    await expect.poll(() => facts.innerText(), { timeout: 60_000 }).toBe('2 pictures · Drawn art, 2x · 3×');
    await page.getByText('1 picture failed').waitFor();
    // The first is the broken one.
    await page.getByRole('button', { name: 'Next picture' }).click();
    await page.getByTestId('easel').waitFor();

    // What cannot be is said beside the number, and is not begun.
    await page.getByRole('spinbutton', { name: 'Times as large' }).fill('100');
    await page.getByText('A number from 0.1 to 16.').waitFor();
    await page.getByRole('button', { name: 'Enlarge…' }).last().click();
    expect(await page.getByRole('menuitem', { name: 'Choose pictures…' }).getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');

    // The same pictures again, in another way; also in a window that knows nothing of how they came.
    await page.reload();
    await goTo(page, 'Upscale');
    await expect.poll(() => facts.innerText()).toMatch(/^2 pictures/);
    await page.getByRole('button', { name: 'Width', exact: true }).click();
    await page.getByRole('spinbutton', { name: 'Width in pixels' }).fill('100');
    await page.getByRole('switch', { name: 'Keep colours' }).click();
    await page.getByRole('button', { name: 'Enlarge…' }).last().click();
    await page.getByRole('menuitem', { name: /These again/ }).click();
    await expect
      .poll(() => facts.innerText(), { timeout: 60_000 })
      .toBe('2 pictures · Drawn art, 2x · 100 × … · colours kept');
    await page.getByRole('button', { name: 'Save all…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save results' });
    await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
    // A path that was typed counts, though nobody pressed Enter; one that leads nowhere is not passed over.
    const picker = page.getByRole('dialog', { name: 'Choose a folder to save into' });
    const path = picker.getByRole('textbox', { name: 'Path of the folder' });
    const nothing = picker.getByText('This folder is empty.');
    await path.fill(studio.person('art', 'deep'));
    await path.press('Enter');
    await nothing.waitFor();
    await path.fill(studio.person('nowhere'));
    await picker.getByRole('button', { name: /^Choose/ }).click();
    await picker.getByRole('alert').waitFor();
    expect(await nothing.count()).toBe(0);
    await path.fill(studio.person('art', 'deep'));
    await picker.getByRole('button', { name: /^Choose/ }).click();
    await picker.waitFor({ state: 'hidden' });
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    const saved = async (...parts: string[]) => sharp(readFileSync(studio!.person(...parts))).metadata();
    await expect
      .poll(async () => saved('art', 'deep', 'deep', 'opaque.png').catch(() => null), { timeout: 30_000 })
      .toMatchObject({ width: 100, height: 75, hasAlpha: false });
    expect(await saved('art', 'deep', 'clear.png')).toMatchObject({ width: 100, height: 75, hasAlpha: true });
  });
});
