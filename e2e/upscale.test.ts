/** The Upscale workspace: a folder of mixed pictures, enlarged, compared, done again otherwise, saved. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePsdUint8Array } from 'ag-psd';
import { afterEach, describe, expect, it } from 'vitest';
import { joinAnimation } from '../main/engine/pictures/animation.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { temporary } from '../main/testing/folder.ts';
import { goTo, dropPaths, HOSTS, newProject, openStudio, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  const home = temporary();
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
    home.remove();
  });

  it.skipIf(missing)('a folder becomes larger, and is saved as it was laid out', { timeout: 240_000 }, async () => {
    studio = await openStudio(host, { home });
    let { page } = studio;
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
    const steps = await Promise.all(
      [0, 1, 2, 3].map((i) =>
        disc([60 * i, 160, 90])
          .png()
          .toBuffer(),
      ),
    );
    const frames = Array.from({ length: 24 }, (_, i) => steps[i % 4]!);
    const timing = { delays: frames.map(() => 80), plays: 0 };
    writeFileSync(studio.person('art', 'walk.gif'), await joinAnimation(frames, 'gif', timing));
    await newProject(page, 'Larger');
    await goTo(page, 'Upscale');
    await page.getByRole('spinbutton', { name: 'Times as large' }).fill('3');
    await dropPaths(page, [art]);
    const facts = () => page.getByTestId('batch-facts').innerText();
    await expect.poll(facts, { timeout: 60_000 }).toBe('3 pictures · Drawn art, 2x · 3×');
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
    await expect.poll(facts).toMatch(/^3 pictures/);
    await page.getByRole('button', { name: 'Width', exact: true }).click();
    await page.getByRole('spinbutton', { name: 'Width in pixels' }).fill('100');
    await page.getByRole('switch', { name: 'Keep colours' }).click();
    await page.getByRole('button', { name: 'Enlarge…' }).last().click();
    await page.getByRole('menuitem', { name: /These again/ }).click();
    await expect.poll(facts, { timeout: 60_000 }).toBe('3 pictures · Drawn art, 2x · 100 × … · colours kept');

    // What is painted stays as it was, and can be taken back.
    const shown = () => page.getByTestId('easel').locator('img.after').getAttribute('src');
    await page.getByRole('button', { name: 'Next picture' }).click();
    await expect.poll(shown).toMatch(/result/);
    const model = await shown();
    await page.getByTestId('tool-keep').click();
    const area = page.getByTestId('keep-area');
    const { x, y, width, height } = (await area.boundingBox())!;
    await page.mouse.move(x + width * 0.4, y + height * 0.3);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height * 0.5, { steps: 4 });
    await page.mouse.up();
    await expect.poll(shown, { timeout: 20_000 }).not.toBe(model);
    await page.getByRole('button', { name: 'Undo the last stroke' }).click();
    await expect.poll(shown, { timeout: 20_000 }).toBe(model);
    await area.focus();
    await page.keyboard.press('Space');
    await expect.poll(shown, { timeout: 20_000 }).not.toBe(model);
    await page.getByTestId('tool-line').click();

    // Once more, and all of it is killed in the midst of that: what was made stays, the rest is made afterwards.
    await page.getByRole('switch', { name: 'Keep colours' }).click();
    const batches = studio.home('projects', 'Larger', 'pictures');
    const before = readdirSync(batches);
    await page.getByRole('button', { name: 'Enlarge…' }).last().click();
    await page.getByRole('menuitem', { name: /These again/ }).click();
    const made = (...names: string[]): boolean =>
      readdirSync(batches).some((id) => !before.includes(id) && existsSync(join(batches, id, ...names)));
    await expect.poll(() => made('clear.png'), { timeout: 60_000, interval: 20 }).toBe(true);
    await studio.kill();
    expect(made('walk.png')).toBe(false);
    await studio.close();
    studio = await openStudio(host, { home });
    ({ page } = studio);
    await page.getByText('Larger', { exact: true }).first().click();
    await goTo(page, 'Upscale');
    await page.getByText('Maquette was ended meanwhile').first().waitFor();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect.poll(facts, { timeout: 60_000 }).toBe('3 pictures · Drawn art, 2x · 100 × …');
    expect(made('walk.png')).toBe(true);
    // What was painted to stay as it was does so in these too.
    expect(made('.keep', 'clear.png')).toBe(true);
    // What moves says how many pictures it has.
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Next picture' }).click();
    await page.getByText('4 of 4 · 24 pictures').waitFor();

    await page.getByRole('button', { name: 'Save all…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save results' });
    await dialog.getByText('Animations stay GIF, WebP or PNG as they came.').waitFor();
    // The first answer comes late, as on a busy machine: what was typed meanwhile stays.
    await page.evaluate(() => {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on its socket below
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (this: WebSocket, data: never) {
        const late = String(data).includes('files.browse');
        if (late) WebSocket.prototype.send = send;
        setTimeout(() => send.call(this, data), late ? 1_000 : 0);
      };
    });
    await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
    // A path that was typed counts, though nobody pressed Enter; one that leads nowhere is not passed over.
    const picker = page.getByRole('dialog', { name: 'Choose a folder to save into' });
    const path = picker.getByRole('textbox', { name: 'Path of the folder' });
    const nothing = picker.getByText('This folder is empty.');
    await path.fill(studio.person('art', 'deep'));
    await picker.getByRole('option', { name: 'art', exact: true }).waitFor();
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
    await expect.poll(() => existsSync(studio!.person('art', 'deep', 'walk.gif'))).toBe(true);
    expect(await saved('art', 'deep', 'clear.png')).toMatchObject({ width: 100, height: 75, hasAlpha: true });
  });

  it.skipIf(missing)('a PSD is enlarged layer by layer, and what became of it is said', async () => {
    studio = await openStudio(host, { home });
    const { page, person } = studio;
    const imageData = { width: 24, height: 20, data: new Uint8ClampedArray(24 * 20 * 4).fill(255) };
    const children = [{ name: 'Title', text: { text: 'Hero' }, imageData }];
    writeFileSync(person('hero.psd'), writePsdUint8Array({ width: 24, height: 20, imageData, children }));
    await newProject(page, 'Layers');
    await goTo(page, 'Upscale');
    await page.getByRole('switch', { name: 'PSDs layer by layer' }).click();
    await dropPaths(page, [person('hero.psd')]);
    const facts = () => page.getByTestId('batch-facts').innerText();
    await expect.poll(facts, { timeout: 60_000 }).toBe('1 picture · Drawn art, 2x · layer by layer');
    await page.getByRole('button', { name: '1 PSD changed' }).click();
    await page.getByText('text became pixels ("Title")').waitFor();
  });
});
