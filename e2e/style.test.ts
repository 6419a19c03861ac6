/** The Style workspace as an artist uses it: folders of real pictures, real models, results that survive a crash. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { afterEach, describe, expect, it } from 'vitest';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { encodePng, decodePicture, type Picture } from '../main/engine/pictures/pictures.ts';
import { randomModel } from '../main/engine/testing/testing-model.ts';
import { hostileModels, invertingModel } from '../main/engine/testing/testing-onnx.ts';
import { boxes } from '../main/studio/datasets/testing.ts';
import { temporary } from '../main/testing/folder.ts';
import { goTo, dropPaths, HOSTS, newProject, numberIn, openStudio, putModel, type OpenStudio } from './studio.ts';

const LONG = 180_000;

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  let place: ReturnType<typeof temporary> | undefined;
  afterEach(async () => {
    await studio?.close();
    place?.remove();
    studio = place = undefined;
  });

  const facts = (page: Page): Locator => page.getByTestId('batch-facts');
  const gallery = (page: Page): Locator => page.getByRole('listbox', { name: /^Pictures of/ });

  /** A project with a model in it, and the Style workspace in view. */
  async function withModel(opened: OpenStudio, bytes: Uint8Array): Promise<void> {
    const { page } = opened;
    await newProject(page, 'Styled');
    mkdirSync(opened.person(), { recursive: true });
    writeFileSync(opened.person('look.onnx'), bytes);
    await putModel(opened, 'Styled', opened.person('look.onnx'), 'Noise');
    await goTo(page, 'Style');
    await page.getByRole('heading', { name: 'Give pictures another look' }).waitFor();
  }

  /** The pixels of a picture without alpha, RGB. */
  const pixelsOf = (file: string): Promise<Buffer> => sharp(readFileSync(file)).removeAlpha().raw().toBuffer();

  /** The files below a folder with their sizes, by their paths. */
  const below = (folder: string): string[] =>
    (readdirSync(folder, { recursive: true }) as string[]).filter((file) => extname(file) !== '').sort();

  it.skipIf(missing)(
    'a folder is translated, looked at through line, lens and strength, and saved as it was laid out',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page, person } = studio;
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await withModel(studio, randomModel({ size: 32 }));
      const pictures: Record<string, Picture> = {
        'cup.png': boxes(1, 64, 48),
        'jugs/cup.png': boxes(2, 64, 64),
        'jugs/old/glass.png': boxes(3, 48, 64, 4),
        'zebra.png': boxes(4, 32, 32),
      };
      for (const [name, picture] of Object.entries(pictures))
        await encodePng(picture, person('art', ...name.split('/')));
      await dropPaths(page, [person('art')]);
      await expect.poll(() => facts(page).innerText(), { timeout: 30_000 }).toMatch(/^4 pictures/);
      await expect.poll(() => gallery(page).getByRole('option').count()).toBe(4);
      await expect.poll(() => gallery(page).locator('img').count()).toBe(4);

      // Arrows lead through the pictures; the easel keeps its place.
      await page.getByRole('heading', { name: 'cup', exact: true }).first().waitFor();
      await page.keyboard.press('End');
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { name: 'zebra' }).waitFor();
      const easel = page.getByTestId('easel');
      // The easel keeps the picture before until the next one is loaded; the zebra is the square one of the two.
      const frame = async () => (await easel.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await expect
        .poll(async () => ((now) => now.width > 300 && now.width / now.height)(await frame()))
        .toBeCloseTo(1, 1);
      const box = await frame();

      // The strength is seen at once: half of it lies in the middle between original and result.
      const strength = page.getByRole('slider', { name: 'Strength' });
      const line = page.getByRole('slider', { name: /original at the left/ });
      await line.focus();
      await page.keyboard.press('Home');
      const seenAt = async (value: string): Promise<number[]> => {
        await strength.fill(value);
        await page.mouse.move(2, 2);
        await page.waitForTimeout(250);
        const shot = await page.screenshot({
          clip: { ...box, x: box.x + 40, width: box.width - 80, height: box.height - 60 },
        });
        const { data } = await sharp(shot)
          .removeAlpha()
          .resize(32, 32, { kernel: 'nearest' })
          .raw()
          .toBuffer({ resolveWithObject: true });
        return [...data];
      };
      const [none, half, full] = [await seenAt('0'), await seenAt('0.5'), await seenAt('1')];
      const apart = full.reduce((sum, value, i) => sum + Math.abs(value - none[i]!), 0) / full.length;
      expect(apart).toBeGreaterThan(20);
      half.forEach((value, i) => expect(Math.abs(value - (none[i]! + full[i]!) / 2)).toBeLessThan(3));

      // The lens shows one place twice, in the middle of each of its halves.
      await page.getByTestId('tool-lens').click();
      const at = { x: box.x + box.width * 0.4, y: box.y + box.height * 0.55 };
      await page.mouse.move(at.x, at.y);
      await page.mouse.down();
      const lens = page.getByTestId('lens');
      await lens.waitFor();
      await lens.getByText('3×').waitFor();
      const spots = await lens.locator('.half').evaluateAll((halves) =>
        halves.map((glass) => {
          const [outer, inner] = [glass, glass.querySelector('.enlarged')!].map((one) => one.getBoundingClientRect());
          return {
            x: (outer!.x + outer!.width / 2 - inner!.x) / inner!.width,
            y: (outer!.y + outer!.height / 2 - inner!.y) / inner!.height,
            source: [...glass.querySelectorAll('img')].find((img) => img.style.opacity === '1')!.src,
          };
        }),
      );
      for (const { x, y } of spots) {
        expect(x).toBeCloseTo(0.4, 1.5);
        expect(y).toBeCloseTo(0.55, 1.5);
      }
      expect(spots.map(({ source }) => new URL(source).pathname.split('/')[2])).toEqual(['original', 'result']);
      await page.mouse.wheel(0, -400);
      await lens.getByText('3×').waitFor({ state: 'hidden' });
      await page.mouse.up();
      await lens.waitFor({ state: 'hidden' });
      // The key L switches it, and lends it while it is held.
      await page.keyboard.press('l');
      await page.getByTestId('lens-area').waitFor({ state: 'hidden' });
      await page.keyboard.down('l');
      await page.mouse.move(at.x + 5, at.y);
      await lens.waitFor();
      await page.waitForTimeout(400);
      await page.keyboard.up('l');
      await lens.waitFor({ state: 'hidden' });

      // All of it, at half the strength, with the folders and names that it had.
      await strength.fill('0.5');
      // The pictures beside it are as strong as the large one.
      const cell = gallery(page).getByRole('option').first();
      const weights = () => cell.locator('img').evaluateAll((all) => all.map((img) => img.style.opacity));
      await expect.poll(weights).toEqual(['0.5', '0.5']);
      await page.getByRole('button', { name: 'Save all…' }).click();
      const save = page.getByRole('dialog', { name: 'Save results' });
      await save.getByText('At the strength that is seen: 50 %').waitFor();
      await save.getByRole('button', { name: 'Choose a folder…' }).click();
      const places = page.getByRole('dialog', { name: 'Choose a folder' });
      const path = places.getByRole('textbox', { name: 'Path of the folder' });
      await expect.poll(() => path.inputValue()).toBe('~');
      await path.fill('nowhere');
      await path.press('Enter');
      await places.getByRole('alert').getByText('Write the whole path').waitFor();
      await path.fill('~');
      await path.press('Enter');
      await places.getByRole('alert').waitFor({ state: 'hidden' });
      await places.getByRole('button', { name: 'New folder' }).click();
      await places.getByRole('textbox', { name: 'Name of the new folder' }).fill('results');
      await page.keyboard.press('Enter');
      await expect.poll(() => path.inputValue()).toBe('~/results');
      await places.getByRole('button', { name: 'Choose this folder' }).click();
      await places.waitFor({ state: 'hidden' });
      await save.getByRole('button', { name: 'Save', exact: true }).click();
      await save.waitFor({ state: 'hidden' });
      // Each file lies beside its place until it is whole.
      const written = (): string[] => below(person('results')).filter((file) => file.endsWith('.png'));
      await expect.poll(() => written().length, { timeout: 30_000 }).toBe(4);
      const saved = written();
      expect(saved.map((file) => file.split('/').slice(-3).join('/')).join()).toContain('jugs/old/glass.png');
      const file = (end: string): string =>
        person(
          'results',
          below(person('results')).find((name) => name.endsWith(end))!,
        );
      // What is to be kept is marked, and saved apart: as something else, under other names.
      await page.getByRole('button', { name: 'Keep this one' }).click();
      await expect.poll(() => facts(page).innerText()).toMatch(/1 to keep/);
      await gallery(page).getByText('★').waitFor();
      await page.getByRole('button', { name: 'Save all…' }).click();
      await save.getByRole('radio', { name: /Those to keep/, checked: true }).waitFor();
      await save.getByRole('combobox', { name: 'Format' }).selectOption('webp');
      await save.getByRole('textbox', { name: 'Added to each name' }).fill('-noise');
      await save.getByText('cup-noise.webp').waitFor();
      await save.getByRole('button', { name: 'Save', exact: true }).click();
      const webps = (): string[] => below(person('results')).filter((name) => name.endsWith('.webp'));
      await expect.poll(webps).toEqual([expect.stringMatching(/zebra-noise\.webp$/)]);
      expect(await sharp(readFileSync(file('zebra-noise.webp'))).metadata()).toMatchObject({
        format: 'webp',
        width: 32,
      });
      // Whoever picks pictures sees them, where they were last.
      await page.getByRole('button', { name: 'Translate…' }).click();
      await page.getByRole('menuitem', { name: 'Choose pictures…' }).click();
      const picker = page.getByRole('dialog', { name: 'Choose pictures to translate' });
      await expect
        .poll(() => picker.getByRole('textbox', { name: 'Path of the folder' }).inputValue())
        .toBe('~/results');
      const small = picker.getByRole('option', { name: 'zebra.png' }).locator('img');
      await expect.poll(() => small.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
      await picker.getByRole('button', { name: 'Cancel' }).click();
      // The single one that is saved is the same, bit by bit.
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Save zebra' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('zebra.png');
      const [single, all] = await Promise.all([pixelsOf(await download.path()), pixelsOf(file('zebra.png'))]);
      expect(single.equals(all)).toBe(true);
      const { data } = await decodePicture(file('glass.png'), { channels: 4 });
      expect(Math.min(...data.filter((__, i) => i % 4 === 3))).toBe(0);
      expect(problems).toEqual([]);
    },
  );

  it.skipIf(missing)(
    'a batch is paused, survives that everything is killed, and goes on with what is missing',
    { timeout: LONG },
    async () => {
      place = temporary();
      studio = await openStudio(host, { home: place });
      await withModel(studio, randomModel({ size: 64, width: 16 }));
      const COUNT = 16;
      for (let i = 0; i < COUNT; i++) await encodePng(boxes(i, 240, 180), studio.person('art', `p${10 + i}.png`));
      await studio.page.getByRole('button', { name: 'Their own' }).click();
      await dropPaths(studio.page, [studio.person('art')]);
      const made = (): string[] => {
        const folder = studio!.home('projects', 'Styled', 'pictures');
        return below(folder)
          .filter((file) => file.endsWith('.png'))
          .map((file) => join(folder, file));
      };
      await expect.poll(() => made().length, { timeout: 60_000, interval: 20 }).toBeGreaterThan(1);
      await studio.page.getByRole('button', { name: 'Pause', exact: true }).click();
      await expect.poll(() => facts(studio!.page).innerText()).toMatch(/^Paused/);
      await studio.page.waitForTimeout(700);
      const paused = made().length;
      expect(paused).toBeLessThan(COUNT);
      await studio.page.waitForTimeout(700);
      expect(made().length).toBe(paused);
      const before = new Map(made().map((file) => [file, statSync(file).mtimeMs]));
      await studio.kill();
      await studio.close();

      studio = await openStudio(host, { home: place });
      const { page } = studio;
      await page.getByRole('main').getByText('Styled').first().click();
      await goTo(page, 'Style');
      await expect.poll(() => facts(page).innerText()).toMatch(new RegExp(`^Stopped · ${paused} of ${COUNT}`));
      await page.getByRole('button', { name: 'Resume', exact: true }).click();
      await expect.poll(() => facts(page).innerText(), { timeout: 60_000 }).toMatch(new RegExp(`^${COUNT} pictures`));
      expect(
        made()
          .map((file) => basename(file))
          .sort(),
      ).toEqual(Array.from({ length: COUNT }, (__, i) => `p${10 + i}.png`));
      for (const [file, time] of before) expect(statSync(file).mtimeMs).toBe(time);
      await expect.poll(() => gallery(page).locator('img').count()).toBeGreaterThan(3);

      // Into the bin, and back.
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('heading', { name: 'Give pictures another look' }).waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => facts(page).innerText()).toMatch(new RegExp(`^${COUNT} pictures`));
    },
  );

  it.skipIf(missing)(
    'a model of another tool is asked about, tried and used; a hostile one is refused in a line',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page, person } = studio;
      await newProject(page, 'Foreign');
      await goTo(page, 'Style');
      await page.getByRole('heading', { name: 'Style needs a model' }).waitFor();
      mkdirSync(person(), { recursive: true });
      for (const name of ['a truncated file', 'an endless loop', 'two inputs']) {
        const { bytes, says } = hostileModels[name]!;
        writeFileSync(person('bad.onnx'), bytes());
        await dropPaths(page, [person('bad.onnx')]);
        const alert = page.getByTestId('style').getByRole('alert');
        await alert.waitFor();
        expect(await alert.innerText()).toMatch(says);
        expect(await alert.innerText()).not.toMatch(/\n/);
        await page.reload();
        await goTo(page, 'Style');
        await page.getByRole('heading', { name: 'Style needs a model' }).waitFor();
      }

      writeFileSync(person('invert.onnx'), invertingModel());
      await dropPaths(page, [person('invert.onnx')]);
      const panel = page.getByRole('region', { name: 'What does this model take?' });
      await panel.waitFor();
      await encodePng(boxes(7, 40, 30), person('art', 'cup.png'));
      await dropPaths(page, [person('art', 'cup.png')]);
      await panel.getByRole('img', { name: 'Result' }).waitFor();
      await panel.getByRole('radio', { name: '0 to 255' }).first().check({ force: true });
      await panel.getByRole('radio', { name: '0 to 1' }).first().check({ force: true });
      await panel.getByRole('button', { name: 'Use it' }).click();
      await panel.waitFor({ state: 'hidden' });
      await page.getByRole('heading', { name: 'Give pictures another look' }).waitFor();
      await dropPaths(page, [person('art', 'cup.png')]);
      await expect.poll(() => facts(page).innerText(), { timeout: 30_000 }).toMatch(/^1 picture/);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Save cup' }).click(),
      ]);
      const data = await pixelsOf(await download.path());
      boxes(7, 40, 30).data.forEach((value, i) => expect(Math.abs(255 - value - data[i]!)).toBeLessThan(2));
    },
  );

  it.skipIf(missing)(
    'two sets without pairs are imported and trained on, and both directions are used',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page, person } = studio;
      await newProject(page, 'Two sets');
      for (let i = 0; i < 12; i++) {
        await encodePng(boxes(i, 32, 32), person('sets', 'ink', `ink-${i}.png`));
        await encodePng(boxes(100 + i, 32, 32), person('sets', 'colour', `colour-${i}.png`));
      }
      await dropPaths(page, [person('sets')]);
      const dialog = page.getByRole('dialog', { name: 'Import pictures' });
      await dialog.getByText('24 pictures', { exact: true }).first().waitFor();
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByRole('heading', { name: 'sets', exact: true }).waitFor();
      await page.getByRole('button', { name: 'colour · 12' }).click();
      await expect.poll(() => page.getByRole('option', { name: /^B\/colour/ }).count()).toBe(12);
      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByRole('radio', { name: /^CycleGAN/ }).waitFor();
      await page.getByText('More settings').click();
      for (const [name, value] of [
        ['Width', '4'],
        ['Blocks', '1'],
        ['Minutes', '0.1'],
      ] as const)
        await page.getByRole('spinbutton', { name }).fill(value);
      await page.getByRole('combobox', { name: 'Size' }).selectOption('32');
      await page.getByRole('button', { name: 'Start training' }).click();
      await page.getByTestId('run-step').waitFor();
      await page
        .getByRole('link', { name: /export/i })
        .first()
        .waitFor({ timeout: 90_000 });
      expect(await numberIn(page.getByTestId('run-step'))).toBeGreaterThan(10);
      for (const name of ['ink to colour', 'colour to ink'])
        await page.getByRole('heading', { name, exact: true }).waitFor();
      await page
        .getByRole('img', { name: /^Example of / })
        .first()
        .waitFor();
      await page.getByRole('button', { name: 'Details' }).click();
      await page.getByRole('figure', { name: 'Distance to the style' }).waitFor();

      await goTo(page, 'Style');
      await dropPaths(page, [person('sets', 'ink', 'ink-3.png')]);
      await expect.poll(() => facts(page).innerText(), { timeout: 30_000 }).toMatch(/^1 picture.*ink to colour/);
      await page.getByRole('button', { name: 'colour to ink' }).click();
      await page.getByRole('button', { name: 'Translate…' }).click();
      await page.getByRole('menuitem', { name: /^These again/ }).click();
      await expect.poll(() => facts(page).innerText(), { timeout: 30_000 }).toMatch(/^1 picture.*colour to ink/);
      // The one before can stand at the left, in the place of the original.
      const beside = page.getByRole('combobox', { name: 'What stands at the left' });
      await beside.selectOption({ index: 1 });
      await page
        .getByTestId('easel')
        .getByText(/· ink-3/)
        .waitFor();
      const folder = studio.home('projects', 'Two sets', 'pictures');
      const results = below(folder).filter((file) => file.endsWith('.png'));
      expect(results).toHaveLength(2);
      const [there, back] = await Promise.all(results.map((file) => pixelsOf(join(folder, file))));
      expect(there!.equals(back!)).toBe(false);
    },
  );
});
