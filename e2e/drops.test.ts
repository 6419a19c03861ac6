/** Files and folders that are dropped where they do not belong find their place, or are told of by name. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import { invertingModel } from '../main/engine/testing/testing-onnx.ts';
import { boxes } from '../main/studio/datasets/testing.ts';
import { dropPaths, newProject, openStudio, type OpenStudio } from './studio.ts';

let studio: OpenStudio | undefined;
afterEach(async () => {
  await studio?.close();
  studio = undefined;
});

/** A project of its own, a folder of pictures, and a model of another tool. */
async function begin() {
  studio = await openStudio('browser');
  const { page, person } = studio;
  mkdirSync(person('props'));
  for (const i of [1, 2, 3]) await encodePng(boxes(i), person('props', `prop-${i}.png`));
  writeFileSync(person('look.onnx'), invertingModel());
  const go = (name: string) => page.getByRole('navigation', { name: 'Workspaces' }).getByText(name).click();
  return { page, person, go };
}

describe('what is dropped', () => {
  it('models go into the library from every workspace that has no use for them', { timeout: 180_000 }, async () => {
    const { page, person, go } = await begin();
    await newProject(page, 'Models');
    for (const [at, name] of ['Train', 'Sketch', 'Upscale', 'Latent', 'Library'].entries()) {
      await go(name);
      await page.getByRole('navigation').locator('[aria-current=page]', { hasText: name }).waitFor();
      await dropPaths(page, [person('look.onnx')]);
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
    const { page, person } = await begin();
    await page.getByRole('button', { name: 'New project' }).first().waitFor();
    await dropPaths(page, [person('look.onnx')]);
    await page.getByRole('alert').getByText('look.onnx is a model').waitFor();
  });
});
