/** The first visit: from the home screen to a picture, without a picture of one's own. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { colourful } from './colourful.ts';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import { temporary } from '../main/testing/folder.ts';
import { boxes } from '../main/studio/datasets/testing.ts';
import { goTo, dropFiles, HOSTS, importFiles, newProject, numberIn, openStudio, type OpenStudio } from './studio.ts';

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
      // Who has never trained is shown how: the training begins, and a guide beside it tells what there is to see.
      await page.getByRole('button', { name: 'Show me how' }).click();
      const guide = page.getByRole('group', { name: 'How it learns' });
      await guide.getByRole('heading', { name: 'A forger begins' }).waitFor({ timeout: 120_000 });
      await guide.getByRole('heading', { name: 'An expert looks closely' }).waitFor({ timeout: 60_000 });
      await guide.getByRole('figure', { name: 'What the expert thinks is real' }).waitFor();
      expect(await guide.getByRole('heading', { name: 'Now it is yours' }).count()).toBe(0);
      await expect.poll(() => numberIn(page.getByTestId('run-step')), { timeout: 60_000 }).toBeGreaterThanOrEqual(1);
      // What it knows by now can be tried while it goes on: a pause writes it down.
      const trial = page.getByRole('dialog', { name: 'New drawing' });
      const draw = page.getByRole('main').getByRole('button', { name: 'Draw with it' });
      expect(await draw.isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Pause' }).first().click();
      await expect.poll(() => draw.isEnabled(), { timeout: 30_000 }).toBe(true);
      await page.getByRole('button', { name: 'Resume' }).first().click();
      await draw.click();
      await trial.getByRole('radio', { name: /Sample: renders/, checked: true }).waitFor();
      await trial.getByRole('button', { name: 'Cancel' }).click();
      await goTo(page, 'Train');
      await page.getByRole('button', { name: 'Stop' }).first().click();
      await page
        .getByRole('link', { name: /export/i })
        .first()
        .waitFor();
      await guide.getByRole('heading', { name: 'Now it is yours' }).waitFor();
      await guide.getByRole('button', { name: 'Close the guide' }).click();
      await guide.waitFor({ state: 'hidden' });
      // It was trained as the form would have it for such pictures.
      const rows = page.getByRole('listitem').getByRole('button');
      await rows.filter({ hasText: '300 pairs' }).click();
      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByText('More settings').click();
      expect(await page.getByRole('combobox', { name: 'Transparency' }).inputValue()).toBe('4');
      await rows.filter({ hasText: 'Stopped' }).click();

      // Its pictures are compared as in Style: a line with a handle, and what is at either side of it.
      await page
        .getByRole('button', { name: /^Look closely at/ })
        .first()
        .click();
      const line = page.getByRole('slider', { name: 'Where the two meet' });
      await line.getByText('Input').waitFor();
      await line.getByText('Result').waitFor();
      const frame = (await line.boundingBox())!;
      await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
      await page.mouse.down();
      await page.mouse.move(frame.x + frame.width / 4, frame.y + frame.height / 2, { steps: 4 });
      await page.mouse.up();
      expect(Number(await line.getAttribute('aria-valuenow'))).toBeCloseTo(25, -1);
      expect((await line.boundingBox())!.x).toBeCloseTo(frame.x, 0);
      await page.keyboard.press('Escape');

      // What one does with a model comes first.
      await page.getByRole('main').getByRole('button', { name: 'Draw with it' }).click();
      const dialog = page.getByRole('dialog', { name: 'New drawing' });
      await dialog.waitFor();
      await dialog.getByRole('radio', { name: /Sample: renders/, checked: true }).waitFor();
      expect(await dialog.getByRole('switch', { name: /example/i }).isChecked()).toBe(true);
      await dialog.getByRole('button', { name: 'Create' }).click();
      const layers = page.getByRole('list', { name: /^Layers/ });
      await layers.getByText('Example').waitFor();
      // The example is seen: the pane has many colours that nobody drew.
      const canvas = page.getByTestId('drawing-pane').getByTestId('canvas');
      await expect.poll(async () => colourful(await canvas.screenshot()), { timeout: 20_000 }).toBeGreaterThan(0.05);
      // It learned from drawings on nothing, to which white paper would be a part of the thing.
      const drawings = studio.home('projects', 'First steps', 'drawings');
      const record = readFileSync(join(drawings, readdirSync(drawings)[0]!, 'drawing.json'), 'utf8');
      expect(JSON.parse(record)).toMatchObject({ state: { paper: 'transparent' } });
      const colours = page.getByRole('group', { name: 'What the model knows' }).getByRole('button');
      expect(await colours.count()).toBeGreaterThanOrEqual(12);
    },
  );

  it.skipIf(missing)(
    'finished art is checked as what it is, and its broken picture is named',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const files: string[] = [];
      for (let i = 0; i < 6; i++) {
        files.push(studio.person(`prop-${i}.png`));
        await encodePng(boxes(i), files[i]!);
      }
      const whole = readFileSync(files[4]!);
      writeFileSync(files[4]!, whole.subarray(0, whole.length / 2));
      await newProject(page, 'Props');
      // Who speaks to the window says what they see of a button.
      await page.getByRole('button', { name: /Nothing is running/ }).waitFor();
      await importFiles(page, files, 'mugs');
      const datasets = studio.home('projects', 'Props', 'datasets');
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      const panel = page.getByRole('region', { name: 'Check' });
      await panel.getByRole('heading', { name: 'Cannot be read' }).waitFor();
      expect(await panel.getByRole('alert').count()).toBe(0);
      expect(await panel.getByRole('heading', { level: 3 }).count()).toBe(1);
      await panel.getByText('pictures/prop-4.png', { exact: true }).waitFor();
      // Its place in the gallery says so too, and goes with it: the one that moves up is shown.
      const dark = page.locator('[data-badge="Cannot be shown"]');
      await expect.poll(() => dark.getAttribute('aria-label')).toMatch(/prop-4/);
      await panel.getByRole('button', { name: 'Leave out' }).click();
      await page.getByText('5 pictures · 1 left out').waitFor();
      expect(await dark.count()).toBe(0);
      // What was told covers nothing: neither the panel's button nor anything else of the workspace.
      const told = (await page.getByTestId('toast').filter({ visible: true }).boundingBox())!;
      expect(told.y + told.height).toBeLessThanOrEqual((await page.getByRole('main').boundingBox())!.y);
      await panel.getByRole('button', { name: 'Check again' }).click();
      await panel.getByText('Nothing is wrong with these pictures.').waitFor();
      // Coloured art is drawn with its colours, unless one says otherwise; what is made opens.
      await page.getByRole('main').getByRole('button', { name: 'Make sketches', exact: true }).click();
      const sketches = page.getByRole('dialog', { name: 'Make sketches from finished pictures' });
      await sketches.getByRole('checkbox', { name: 'Flats', checked: true }).waitFor();
      expect(await sketches.getByRole('checkbox', { name: 'Ink', checked: true }).count()).toBe(0);
      await sketches.getByRole('img', { name: 'Hints, Medium' }).waitFor();
      await sketches.getByRole('button', { name: 'Make sketches' }).click();
      await page.getByRole('main').getByRole('heading', { name: 'mugs sketches', level: 1 }).waitFor();
      expect(
        readdirSync(
          join(
            datasets,
            readdirSync(datasets).find((id) => id.includes('sketches'))!,
            'A',
          ),
        ),
      ).toHaveLength(5);
    },
  );

  it.skipIf(missing)(
    'what failed is told until something else is dropped, or one goes elsewhere',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const error = page.getByRole('alert').getByTestId('toast');
      const drop = (name: string, bytes: Buffer): Promise<void> => dropFiles(page, [{ name, bytes }]);
      await page.getByRole('button', { name: 'New project' }).first().waitFor();
      await drop('text.txt', Buffer.from('no picture'));
      await error.waitFor();
      // Another drop is another matter: only what became of it is told.
      await drop('model.onnx', Buffer.from('no model'));
      await expect.poll(() => error.allInnerTexts()).toEqual([expect.stringContaining('model.onnx')]);
      const picture = studio.person('prop.png');
      await encodePng(boxes(1), picture);
      await drop('prop.png', readFileSync(picture));
      await page.getByRole('dialog', { name: 'Import pictures' }).waitFor();
      expect(await error.count()).toBe(0);
    },
  );

  it.skipIf(missing)(
    'Escape closes a dialog at the first press, and no hint opens by itself',
    { timeout: LONG },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const hint = page.locator('.tooltip');
      const focused = (): Promise<string | null> =>
        page.evaluate(() => document.activeElement!.getAttribute('aria-label') ?? document.activeElement!.textContent);
      await newProject(page, 'Dialogs');
      await encodePng(boxes(1), studio.person('prop.png'));
      await importFiles(page, [studio.person('prop.png')], 'Mugs');
      const add = page.getByRole('button', { name: 'Add pictures' });
      await add.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      expect(await hint.count()).toBe(0);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await expect.poll(focused).toBe('Add pictures');
      expect(await hint.count()).toBe(0);
      // By Tab a hint is there at once, and Escape takes it away.
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      await hint.getByText('Add pictures').waitFor();
      // A hint that is open keeps no dialog open.
      await page.keyboard.press('Control+,');
      await dialog.waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden', timeout: 5000 });
    },
  );

  it.skipIf(missing)(
    'an import is shown and said, and the home screen knows the project also after a crash',
    { timeout: LONG },
    async () => {
      const folder = temporary();
      try {
        studio = await openStudio(host, { home: folder });
        const { page } = studio;
        await newProject(page, 'Kept');
        for (const [i, title] of ['Mugs', 'Chairs'].entries()) {
          await encodePng(boxes(i), studio.person(`${title}.png`));
          await importFiles(page, [studio.person(`${title}.png`)], title);
          await page.getByRole('main').getByRole('heading', { name: title, level: 1 }).waitFor();
          await page.getByRole('status').getByText(`“${title}”: 1 picture imported`).waitFor({ state: 'attached' });
        }
        // Whoever knows a name gets there.
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog').getByRole('combobox').fill('mugs');
        await page.getByRole('option', { name: /Mugs.*Dataset/ }).click();
        await page.getByRole('main').getByRole('heading', { name: 'Mugs', level: 1 }).waitFor();
        await page.keyboard.press('Control+k');
        for (const [word, found] of [
          ['enlarge', 'Go to Upscale'],
          ['translate', 'Go to Style'],
          ['gif', 'Go to Latent'],
        ] as const) {
          await page.getByRole('dialog').getByRole('combobox').fill(word);
          await page.getByRole('option', { name: found, selected: true }).waitFor();
        }
        // What others made is named, and what they allow.
        await page.getByRole('dialog').getByRole('combobox').fill('open source');
        await page.getByRole('option', { name: 'Licences' }).click();
        await page.getByRole('tab', { name: 'Licences', selected: true }).waitFor();
        await page.locator('summary').filter({ hasText: 'ag-psd' }).click();
        await page.getByText('Permission is hereby granted').filter({ visible: true }).first().waitFor();
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+k');
        // A model that is brought along is found in a project of one's own, and what was removed in the bin.
        const typed = page.getByRole('dialog').getByRole('combobox');
        await typed.fill('render');
        await page.getByRole('option', { name: /Bring Render in/, selected: true }).waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
        await page.getByRole('menuitem', { name: 'Remove…' }).click();
        await page.getByRole('dialog').getByText('at the foot of the Library').waitFor();
        await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
        await page.getByRole('main').getByRole('heading', { name: 'Mugs', level: 1 }).waitFor({ state: 'hidden' });
        await page.keyboard.press('Control+k');
        for (const word of ['bin', 'undo']) {
          await typed.fill(word);
          await page.getByRole('option', { name: /Restore Mugs/ }).waitFor();
        }
        await typed.fill('restore');
        await page.getByRole('option', { name: /Restore Mugs/ }).click();
        await page.getByRole('button', { name: /^Mugs/ }).first().waitFor();
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog').getByRole('combobox').fill('sprite sheet');
        await page.getByRole('option', { name: 'Cut a sprite sheet' }).click();
        await page
          .getByRole('dialog', { name: /sprite sheet/i })
          .first()
          .waitFor();
        await studio.kill();
        await studio.close();
        studio = await openStudio(host, { home: folder });
        const card = studio.page.getByRole('listitem').filter({ hasText: 'Kept' });
        await expect
          .poll(() => card.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth))
          .toBeGreaterThan(0);
      } finally {
        await studio?.close();
        studio = undefined;
        folder.remove();
      }
    },
  );
});
