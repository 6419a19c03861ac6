/** A stranger's first minute: a model that Maquette brings along, a drawing to paint over, and a picture of it. */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { colourful } from './colourful.ts';
import { Pen } from './pen.ts';
import { goTo, HOSTS, importFiles, newProject, openStudio, writeSideBySide, type OpenStudio } from './studio.ts';

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)(
    'one click leads to a drawing that is painted, within a minute',
    { timeout: 120_000 },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const opened = performance.now();
      await page.getByRole('button', { name: /^Draw/ }).click();
      const dialog = page.getByRole('dialog', { name: 'New drawing' });
      await dialog.getByRole('radio', { name: /^Render/, checked: true }).waitFor();
      await dialog.getByRole('switch', { name: /example/i }).waitFor();
      await dialog.getByRole('button', { name: 'Create' }).click();
      const layers = page.getByRole('list', { name: /^Layers/ });
      await layers.getByText('Example').waitFor();
      // What is drawn lies on a layer of its own, and the example stays whole.
      await layers.getByRole('button', { name: 'Lines', exact: true, pressed: true }).waitFor();
      const result = page.getByTestId('result-pane').getByTestId('canvas');
      await expect.poll(async () => colourful(await result.screenshot()), { timeout: 60_000 }).toBeGreaterThan(0.05);
      expect(performance.now() - opened).toBeLessThan(60_000);
      const colours = page.getByRole('group', { name: 'What the model knows' }).getByRole('button');
      expect(await colours.count()).toBeGreaterThanOrEqual(8);
      // Another drawing has one too.
      await page.getByRole('button', { name: 'All drawings' }).click();
      await page.getByTestId('new-drawing').click();
      expect(await dialog.getByRole('switch', { name: /example/i }).isChecked()).toBe(true);
      await dialog.getByRole('button', { name: 'Create' }).click();
      await layers.getByText('Example').waitFor();
      // In a narrow window nothing of the tool at hand is cut off.
      await page.setViewportSize({ width: 900, height: 700 });
      const options = page.getByRole('group', { name: 'Options of the tool' });
      await expect.poll(() => options.evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
    },
  );

  it.skipIf(missing)('a drawn texture is saved with its height', { timeout: 120_000 }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    await page.getByRole('button', { name: /^Draw/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Bring Materials in/ }).click();
    await dialog.getByRole('radio', { name: /^Materials/, checked: true }).waitFor();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page
      .getByRole('list', { name: /^Layers/ })
      .getByText('Example')
      .waitFor();
    const result = page.getByTestId('result-pane').getByTestId('canvas');
    await expect.poll(async () => colourful(await result.screenshot()), { timeout: 60_000 }).toBeGreaterThan(0.05);
    await page.getByTestId('export').click();
    await dialog.getByRole('radio', { name: /^Height map/ }).check({ force: true });
    // What tells heights is chosen already, and shows what it would be.
    expect(await dialog.getByLabel('Height', { exact: true }).inputValue()).toBe('height');
    await dialog.getByAltText('Preview of the map').waitFor({ timeout: 60_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/_height\.png$/);
    const map = sharp(readFileSync(await download.path()));
    expect(await map.metadata()).toMatchObject({ depth: 'ushort', channels: 1 });
    // Pieces and joints: from near black to near white.
    const { min, max } = (await map.stats()).channels[0]!;
    expect([min < 0.3 * 65_535, max > 0.7 * 65_535]).toEqual([true, true]);
  });

  it.skipIf(missing)('every other door leads where its work is done', { timeout: 120_000 }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    const doors = page.getByRole('list', { name: 'What to do first' }).getByRole('button');
    await expect.poll(() => doors.count()).toBe(5);
    const home = async (): Promise<void> => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('combobox').fill('close project');
      await page.keyboard.press('Enter');
      await doors.first().waitFor();
    };
    await doors.filter({ hasText: 'Restyle' }).click();
    await page.getByText(/Render translates them/).waitFor();
    await home();
    await doors.filter({ hasText: 'Upscale' }).click();
    await page.getByRole('spinbutton', { name: 'Times as large' }).waitFor();
    await home();
    await doors.filter({ hasText: 'Train' }).click();
    await page.getByRole('dialog', { name: 'New project' }).waitFor();
    // All of them share one project, and a picture of each door is there.
    expect(readdirSync(studio.home('projects'))).toEqual(['My drawings']);
    const pictures = doors
      .locator('img')
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
    expect(await pictures).toEqual(Array(5).fill(400));
  });

  it.skipIf(missing)('one click leads to endless new pictures', { timeout: 120_000 }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    await page.getByRole('button', { name: /^Explore/ }).click();
    const gallery = page.getByRole('listbox', { name: 'Pictures that Characters makes' });
    const loaded = () =>
      gallery
        .locator('img')
        .evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth === 128).length);
    await expect.poll(loaded, { timeout: 30_000 }).toBeGreaterThan(12);
    await gallery.focus();
    await page.keyboard.press('End');
    await expect.poll(loaded, { timeout: 30_000 }).toBeGreaterThan(4);
    // From the first screen one goes on where one was: what was kept is there.
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('close project');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Explore/ }).click();
    await gallery.waitFor();
    expect(readdirSync(studio.home('projects'))).toEqual(['My drawings']);
  });

  it.skipIf(missing)(
    'an empty project offers it in Sketch and in Style, and has it once',
    { timeout: 120_000 },
    async () => {
      studio = await openStudio(host);
      const { page } = studio;
      const go = (name: string): Promise<void> => goTo(page, name);
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
      await page.getByRole('button', { name: 'Draw with it' }).click();
      const dialog = page.getByRole('dialog', { name: 'New drawing' });
      await dialog.getByRole('radio', { name: /^Render/, checked: true }).waitFor();
      await dialog.getByRole('switch', { name: /example/i }).click();
      await dialog.getByRole('button', { name: 'Create' }).click();
      // What it answers to nothing is no result: it is not asked before something is drawn, nor when all is undone.
      const result = page.getByTestId('result-pane');
      const hint = result.getByText('The result shows here as soon as you draw.');
      await hint.waitFor();
      expect(await result.getAttribute('data-result-version')).toBe('0');
      const pen = await Pen.over(page);
      await pen.stroke(page.getByTestId('drawing-pane'), [
        [0.4, 0.4, 1],
        [0.6, 0.6, 1],
      ]);
      await expect.poll(async () => Number(await result.getAttribute('data-result-version'))).toBeGreaterThan(0);
      expect(await hint.count()).toBe(0);
      await page.getByTestId('undo').click();
      await hint.waitFor();
      expect(await colourful(await result.getByTestId('canvas').screenshot())).toBeLessThan(0.001);
      expect(await result.getAttribute('data-result-ms')).toBeNull();
      // What keeps it from painting stands where it would have painted, and leaves with its cause.
      const models = studio.home('projects', 'Empty', 'models');
      const [file] = readdirSync(models).filter((name) => name.endsWith('.onnx'));
      renameSync(join(models, file!), join(models, 'away'));
      for (const pid of studio.processes('painter')) process.kill(pid, 'SIGKILL');
      // One that is about to die would still be asked, and its end told instead.
      await expect.poll(() => studio!.processes('painter')).toEqual([]);
      await page.waitForTimeout(500);
      await page.getByTestId('redo').click();
      const told = result.getByRole('status').filter({ hasText: /does not exist|not there|Cannot/ });
      await told.waitFor();
      expect(await page.getByTestId('toast').filter({ visible: true }).count()).toBe(0);
      renameSync(join(models, 'away'), join(models, file!));
      await pen.stroke(page.getByTestId('drawing-pane'), [
        [0.6, 0.4, 1],
        [0.4, 0.6, 1],
      ]);
      await told.waitFor({ state: 'hidden' });
    },
  );

  it.skipIf(missing)(
    'a training that is started at once begins with it all the same',
    { timeout: 180_000 },
    async () => {
      studio = await openStudio(host);
      const { page, home, person } = studio;
      await newProject(page, 'Own');
      await importFiles(page, await writeSideBySide(person('discs'), 6), 'Discs');
      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByRole('radio', { name: /Quick look/ }).waitFor();
      const choice = { label: 'Render, which Maquette brings along' };
      await page.getByRole('combobox', { name: 'Begin with' }).selectOption(choice);
      await page.getByRole('button', { name: 'Start training' }).click();
      await page.getByTestId('run-step').waitFor();
      const runs = home('projects', 'Own', 'runs');
      const about: unknown = JSON.parse(readFileSync(join(runs, readdirSync(runs)[0]!, 'about.json'), 'utf8'));
      expect(about).toMatchObject({ fromModel: expect.stringContaining('render') as string, asked: { size: 256 } });
    },
  );
});
