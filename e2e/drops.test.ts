/** Files and folders that are dropped where they do not belong find their place, or are told of by name. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writePsdUint8Array } from 'ag-psd';
import { afterEach, describe, expect, it } from 'vitest';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import { invertingModel, weightApart } from '../main/engine/testing/testing-onnx.ts';
import { boxes, rectangles } from '../main/studio/datasets/testing.ts';
import { goTo, dropPaths, newProject, openStudio, type OpenStudio } from './studio.ts';

const LONG = { timeout: 180_000 };
let studio: OpenStudio | undefined;
afterEach(async () => {
  await studio?.close();
  studio = undefined;
});

/** A project of its own, a folder of pictures, and a model of another tool. */
async function begin() {
  studio = await openStudio('browser');
  const { page, person, home } = studio;
  mkdirSync(person('props'));
  for (const i of [1, 2, 3]) await encodePng(boxes(i), person('props', `prop-${i}.png`));
  writeFileSync(person('look.onnx'), invertingModel());
  const go = (name: string): Promise<void> => goTo(page, name);
  return { page, person, home, go };
}

describe('what is dropped', () => {
  it('models go into the library from every workspace that has no use for them', { timeout: 180_000 }, async () => {
    const { page, person, go } = await begin();
    await newProject(page, 'Models');
    for (const [at, name] of ['Train', 'Sketch', 'Upscale', 'Latent', 'Library'].entries()) {
      await go(name);
      // The same model is taken once: each is another one.
      writeFileSync(person(`look-${at}.onnx`), invertingModel([1, 3, `height${at}`, 'width']));
      await dropPaths(page, [person(`look-${at}.onnx`)]);
      await expect.poll(() => page.getByRole('option', { name: /^look/ }).count()).toBe(at + 1);
      expect(await page.getByRole('dialog').count()).toBe(0);
    }
  });

  it('a folder on a drawing is looked through; pictures wait for a model', { timeout: 180_000 }, async () => {
    const { page, person, go } = await begin();
    await newProject(page, 'Pictures');
    const dialog = page.getByRole('dialog', { name: 'Import pictures' });
    const imports = async (): Promise<void> => {
      await dropPaths(page, [person('props')]);
      await dialog.getByText('3 pictures').first().waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    };
    await go('Sketch');
    await page.getByTestId('sketch-start').waitFor();
    await imports();
    await dropPaths(page, [person('props', 'prop-1.png')]);
    await page.getByTestId('drawing-pane').waitFor();
    await imports();
    await go('Style');
    await page.getByTestId('style').waitFor();
    await dropPaths(page, [person('props')]);
    await page.getByRole('alert').getByText('Choose a model').waitFor();
  });

  it('everything is told by its name, shown before it is taken, and goes where it belongs', LONG, async () => {
    const { page, person, go } = await begin();
    await newProject(page, 'Entrance');
    writeFileSync(person('props', 'text.png'), 'no picture');
    writeFileSync(person('text.png'), 'no picture');
    const cells = Array.from({ length: 16 }, (_, i) => ({ left: (i % 4) * 32 + 6, top: (i >> 2) * 32 + 6 }));
    const things = cells.map((at) => ({ ...at, width: 20, height: 20 }));
    await encodePng(rectangles({ width: 128, height: 128, channels: 4 }, things), person('sheet.png'));
    const { data } = boxes(5, 32, 32, 4);
    const whole = { width: 32, height: 32, data: Uint8ClampedArray.from(data) };
    const layered = { width: 32, height: 32, imageData: whole, children: [{ name: 'paint', imageData: whole }] };
    writeFileSync(person('hero.psd'), writePsdUint8Array(layered));

    const dialog = page.getByRole('dialog');
    const leave = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    };
    const shown = () =>
      dialog.locator('img').evaluateAll((all) => all.map((img) => (img as HTMLImageElement).naturalWidth > 0));
    await dropPaths(page, [person('props')]);
    await dialog.getByText('3 pictures, 1 left out').waitFor();
    await dialog.getByText('1 file is left out').click();
    await dialog.getByText(/^text\.png is named as PNG but is not a picture/).waitFor();
    await expect.poll(shown).toEqual([true, true, true]);
    await leave();
    await dropPaths(page, [person('text.png')]);
    const alert = dialog.getByRole('alert');
    await expect.poll(() => alert.innerText()).toMatch(/^text\.png is named as PNG but is not a picture/);
    await leave();
    await dropPaths(page, [person('hero.psd')]);
    await dialog.getByText('1 picture', { exact: true }).waitFor();
    await expect.poll(shown).toEqual([true]);
    await leave();
    await dropPaths(page, [person('sheet.png')]);
    await dialog.getByText('This looks like a sheet of 16.').waitFor();
    await dialog.getByRole('button', { name: 'Cut it' }).click();
    await page.getByRole('button', { name: 'Cut into 16' }).waitFor();
    // Who thinks better of it is where they were.
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Cut into 16' }).waitFor({ state: 'hidden' });
    await dialog.getByText('This looks like a sheet of 16.').waitFor();
    await leave();

    // A model comes with the file that its weights are in.
    const { model, weights } = weightApart(invertingModel(), 'two.data');
    writeFileSync(person('two.onnx'), model);
    writeFileSync(person('two.data'), weights);
    await dropPaths(page, [person('two.data'), person('two.onnx')]);
    await page.getByRole('option', { name: /^two/ }).waitFor();

    // A drawing says it too, before it asks what shall become of it.
    await go('Sketch');
    await page.getByTestId('sketch-start').waitFor();
    await dropPaths(page, [person('props', 'prop-1.png')]);
    await page.getByTestId('drawing-pane').waitFor();
    await dropPaths(page, [person('text.png')]);
    await expect.poll(() => alert.innerText()).toMatch(/^text\.png is named as PNG but is not a picture/);
    await leave();
    await dropPaths(page, [person('props', 'prop-2.png')]);
    await dialog.getByRole('button', { name: /^A reference/ }).waitFor();
    await expect.poll(shown).toEqual([true]);
  });

  it('a damaged picture is never the face of a dataset', { timeout: 120_000 }, async () => {
    const { page, person } = await begin();
    const whole = readFileSync(person('props', 'prop-1.png'));
    writeFileSync(person('props', 'a-half.png'), whole.subarray(0, whole.length / 2));
    await newProject(page, 'Faces');
    await dropPaths(page, [person('props')]);
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'props' });
    await row.getByText('4 pictures').waitFor();
    const widths = () =>
      row.locator('img').evaluateAll((all) => all.map((img) => (img as HTMLImageElement).naturalWidth));
    await expect
      .poll(async () => (await widths()).length > 0 && (await widths()).every((width) => width > 0))
      .toBe(true);
  });

  it('at home a model is told where it belongs', { timeout: 120_000 }, async () => {
    const { page, person, home } = await begin();
    await page.getByRole('button', { name: 'New project' }).first().waitFor();
    await dropPaths(page, [person('look.onnx')]);
    await page.getByRole('alert').getByText('look.onnx is a model').waitFor();
    // Pictures get a project of their own; who thinks better of it has none.
    await dropPaths(page, [person('props')]);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'New project' }).first().waitFor();
    expect(existsSync(home('projects', 'props'))).toBe(false);
    await dropPaths(page, [person('props')]);
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('main').getByRole('heading', { name: 'props', level: 1 }).waitFor();
    expect(existsSync(home('projects', 'props'))).toBe(true);
  });
});
