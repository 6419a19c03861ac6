/** Every screen, in both themes, by axe, and in narrow windows; and the way from an empty home to a trained model by keyboard alone. */
import { writeFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterEach, describe, expect, it } from 'vitest';
import { invertingModel } from '../main/engine/testing/testing-onnx.ts';
import { temporary } from '../main/testing/folder.ts';
import { crowded } from './crowded.ts';
import { Pen } from './pen.ts';
import {
  dropPaths,
  HOSTS,
  importFiles,
  newProject,
  numberIn,
  openStudio,
  writeSideBySide,
  type OpenStudio,
} from './studio.ts';

const LONG = 240_000;

/** Waits until nothing moves or changes its colour that will come to rest by itself. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const ending = document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
  });

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  const folder = temporary();
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)('no screen has a violation in either theme', { timeout: LONG }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    const found: string[] = [];
    const themes = ['light', 'dark'] as const;
    let [screens, runs] = [0, 0];
    /** In the light all of axe's rules; in the dark only colours differ. Each screen begins in the theme of the last. */
    const check = async (screen: string): Promise<void> => {
      for (const theme of screens++ % 2 === 0 ? themes : themes.toReversed()) {
        await page.emulateMedia({ colorScheme: theme });
        await settled(page);
        // Its script stays where it was put, as nothing is loaded anew; what is in order needs no report.
        const there = runs++ > 0 ? { axeSource: 'void axe' } : {};
        const axe = new AxeBuilder({ page, ...there }).setLegacyMode(true).options({ resultTypes: ['violations'] });
        const { violations } = await (theme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze();
        for (const { id, nodes } of violations) {
          const places = nodes.map(({ target }) => target.join(' ')).slice(0, 3);
          found.push(`${screen}, ${theme}: ${id} at ${places.join(', ')}`);
        }
      }
      found.push(...(await crowded(page)).map((line) => `${screen}, ${line}`));
    };
    await page.getByRole('button', { name: 'New project' }).first().waitFor();
    await check('home');
    await newProject(page, 'Accessible');
    await check('Train without pictures');
    await page.keyboard.press('Control+i');
    await page.getByRole('dialog').waitFor();
    await check('import');
    await page.keyboard.press('Escape');
    await page.keyboard.press('F1');
    await page.getByRole('dialog').getByRole('img').waitFor();
    await check('help');
    await page.keyboard.press('Escape');
    await importFiles(page, await writeSideBySide(folder.path('discs'), 40), 'Discs');
    await check('dataset');
    await page.getByRole('main').getByRole('button', { name: 'Check', exact: true }).click();
    await page.waitForTimeout(1500);
    await check('doctor');
    await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Start training' }).waitFor();
    await check('new training');
    await page.getByRole('spinbutton', { name: 'Minutes' }).fill('0.2');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByTestId('run-step').waitFor();
    await page
      .getByRole('group', { name: 'Pictures it has never seen' })
      .getByRole('img')
      .first()
      .waitFor({ timeout: 60_000 });
    await check('training');
    await page.getByRole('button', { name: 'Details' }).click();
    await check('training, details');
    await page.getByRole('group', { name: 'Pictures it has never seen' }).getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    await check('viewer');
    await page.keyboard.press('Escape');
    await page
      .getByRole('link', { name: /export/i })
      .first()
      .waitFor({ timeout: 90_000 });
    // As many pictures in its strip as a long training has, with the whole page to go beyond.
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('region', { name: 'How it changed' }).evaluate((strip) => {
      const frames = strip.querySelector('ul')!;
      for (let i = 0; i < 30; i++) frames.append(frames.lastElementChild!.cloneNode(true));
    });
    await check('trained');
    const rail = page.getByRole('navigation', { name: 'Workspaces' });
    await rail.getByText('Sketch').click();
    await page.getByTestId('new-drawing').first().click();
    await page.getByRole('dialog').waitFor();
    await check('new drawing');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByTestId('result-pane').waitFor();
    await check('empty drawing');
    await (
      await Pen.over(page)
    ).stroke(page.getByTestId('drawing-pane'), [
      [0.4, 0.4, 1],
      [0.6, 0.6, 1],
    ]);
    const version = () => page.getByTestId('result-pane').getAttribute('data-result-version');
    await expect.poll(version).not.toBe('0');
    await check('drawing');
    await page.keyboard.press('c');
    await page.getByTestId('remember').waitFor();
    await check('correcting');
    await page.keyboard.press('c');
    await page.getByTestId('export').click();
    await page.getByRole('dialog').waitFor();
    await check('export');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    for (const name of ['Sketch', 'Style', 'Upscale', 'Latent', 'Library']) {
      await rail.getByText(name).click();
      await check(name);
    }
    await rail.getByText('Latent').click();
    await page.getByRole('button', { name: /^Explore/ }).click();
    await page.getByRole('region', { name: 'The chosen picture' }).getByText('Found in the model').click();
    await page.getByRole('button', { name: 'Add to the animation' }).click();
    await page.getByRole('button', { name: 'New slider…' }).click();
    await page.getByRole('textbox', { name: 'What it changes' }).waitFor();
    await check('pictures of a generator');
    await rail.getByText('Style').click();
    await dropPaths(page, [folder.path('discs')]);
    await page
      .getByText(/^40 pictures/)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByTestId('easel').waitFor();
    await check('translated pictures');
    await page.getByRole('button', { name: 'Save all…' }).click();
    await page.getByRole('dialog', { name: 'Save results' }).waitFor();
    await check('save results');
    await page.getByRole('button', { name: 'Choose a folder…' }).click();
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('textbox', { name: 'Name of the new folder' }).waitFor();
    await check('picker');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Name of the new folder' }).waitFor({ state: 'hidden' });
    for (const dialog of ['Choose a folder to save into', 'Save results']) {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: dialog }).waitFor({ state: 'hidden' });
    }
    await page.getByTestId('tool-lens').click();
    await page.getByTestId('lens-area').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('lens').waitFor();
    await check('lens');
    await page.getByTestId('tool-line').click();
    await writeFile(folder.path('foreign.onnx'), invertingModel());
    await dropPaths(page, [folder.path('foreign.onnx')]);
    await page.getByRole('heading', { name: 'What does this model take?' }).waitFor();
    await check('a model of another tool');
    for (const [screen, keys] of [
      ['palette', 'Control+k'],
      ['shortcuts', 'Shift+?'],
    ] as const) {
      await page.keyboard.press(keys);
      await page.getByRole('dialog').waitFor();
      await check(screen);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog').waitFor();
    await check('settings');
    // What trains can be chosen, and the choice is what is in use.
    await page.getByRole('tab', { name: 'Engines' }).click();
    await page.getByRole('radio', { name: 'plain' }).check();
    await page.getByRole('row', { name: /^plain In use/ }).waitFor();
    await page.getByText('Engine: plain').waitFor();
    await check('engines');
    await page.getByRole('radio', { name: 'Automatic' }).check();
    await page.getByText('Engine: cpu').waitFor();
    expect(found).toEqual([]);
  });

  it.skipIf(missing)('from an empty home to a model in the library without a mouse', { timeout: LONG }, async () => {
    studio = await openStudio(host);
    const { page } = studio;
    await writeSideBySide(studio.person('discs'), 40);

    /** Presses Tab until the thing is in focus, as a person does who sees the ring. */
    const tabTo = async (name: string | RegExp, role: Parameters<Page['getByRole']>[0] = 'button'): Promise<void> => {
      const wanted = page.getByRole(role, { name, exact: typeof name === 'string' }).first();
      await wanted.waitFor();
      for (let i = 0; i < 80; i++) {
        if (await wanted.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      expect.fail(`Tab does not reach ${name.toString()}`);
    };

    await tabTo('New project');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('By keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Bring your pictures' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    await page.keyboard.press('Control+i');
    await tabTo(/A folder/);
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /discs/ }).waitFor();
    await tabTo('Folder contents', 'listbox');
    await page.keyboard.press('Space');
    await tabTo(/^Choose/);
    await page.keyboard.press('Enter');
    await tabTo('Name', 'textbox');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Discs');
    await tabTo('Import');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Discs' }).waitFor();

    await page.keyboard.press('Control+Enter');
    await tabTo('Minutes', 'spinbutton');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('0.2');
    await tabTo('Start training');
    await page.keyboard.press('Enter');
    await page.getByTestId('run-step').waitFor();
    await expect.poll(() => numberIn(page.getByTestId('run-step')), { timeout: 30_000 }).toBeGreaterThan(10);
    await tabTo('Pause');
    await page.keyboard.press('Enter');
    await tabTo('Resume');
    await page.keyboard.press('Enter');
    await tabTo('Stop');
    await page.keyboard.press('Enter');
    await page
      .getByRole('link', { name: /export/i })
      .first()
      .waitFor({ timeout: 90_000 });
    await page.keyboard.press('Control+6');
    await page.getByRole('main').getByText('Discs').first().waitFor();
  });
});
