/** Files as artists have them, in the window: what is left out, renamed, not certain or not as it was is said there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writePsdUint8Array } from 'ag-psd';
import type { Locator, Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import { FREE, ints, invertingModel, model, node, valueInfo } from '../main/engine/testing/testing-onnx.ts';
import { boxes } from '../main/studio/datasets/testing.ts';
import { goTo, dropPaths, HOSTS, newProject, openStudio, type OpenStudio } from './studio.ts';

const LONG = 120_000;

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  let studio: OpenStudio;
  let page: Page;
  beforeEach(async () => {
    if (missing) return;
    studio = await openStudio(host);
    ({ page } = studio);
    await newProject(page, 'Field');
  }, LONG);
  afterEach(async () => {
    if (!missing) await studio.close();
  });

  const go = (workspace: string): Promise<void> => goTo(page, workspace);
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });
  /** A file of the person's. */
  function write(name: string, bytes: Uint8Array | string): string {
    const file = studio.person(...name.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  }
  async function picture(name: string, i: number): Promise<void> {
    await encodePng(boxes(i, 32, 32), studio.person('picture.png')); // a name may be as long as a file system takes
    write(name, readFileSync(studio.person('picture.png')));
  }
  /** What the project keeps of a kind of thing: the texts of its files of that name. */
  const kept = (kind: string, name: string): string[] =>
    readdirSync(studio.home('projects', 'Field', kind), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(name))
      .map((file) => readFileSync(studio.home('projects', 'Field', kind, file), 'utf8'));

  it.skipIf(missing)(
    'an import counts and names what is left out, asks which belong together, and says what it renamed',
    { timeout: LONG },
    async () => {
      const long = '桜'.repeat(80);
      const names = ['A/cup', 'B/cup', 'A/hero_a', 'A/hero_ink', 'B/hero', 'A/lone', `A/${long}`, `B/${long}`];
      for (const [i, name] of names.entries()) await picture(`castle/${name}.png`, i);
      write('castle/B/notes.txt', 'no picture');
      write('castle/A/broken.png', 'a web page');
      await picture('castle/B/broken.png', 9);
      await dropPaths(page, [studio.person('castle')]);
      const dialog = page.getByRole('dialog', { name: 'Import pictures' });
      await dialog.getByText('3 pairs, 1 left out').waitFor();
      await dialog.getByText('1 file is left out').click();
      await dialog.getByText('B/notes.txt is not a picture that can be read').waitFor();
      await dialog.getByText('1 picture comes along without a partner').click();
      await dialog.getByText('A/lone.png').waitFor();

      const [first, second] = ['A/hero_a.png', 'A/hero_ink.png'].map((name) =>
        dialog.getByRole('combobox', { name, exact: true }),
      ) as [Locator, Locator];
      expect(await first.inputValue()).toBe('');
      await second.selectOption('B/hero.png');
      // It is given away, and not offered again.
      await expect.poll(() => first.getByRole('option').allTextContents()).toEqual(['Leave out']);
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();

      await dialog.getByText('3 pairs imported, 3 left out, 2 under another name').waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent.trim())).toBe('Done');
      await dialog.getByText(/^A.broken\.png is named as PNG but is not a picture/).waitFor();
      await dialog.getByText('B/broken.png its partner cannot be used: A/broken.png').waitFor();
      await dialog.getByText('2 pictures have another name here').click();
      await dialog.getByText('its name was too long').first().waitFor();
      await dialog.getByRole('button', { name: 'Done' }).click();
      // What came in is what is shown now, and the answer is kept beside the pictures.
      await page.getByRole('heading', { name: 'castle' }).waitFor();
      await page.getByText('3 pairs').first().waitFor();
      expect(kept('datasets', 'partners.json').map((text) => JSON.parse(text) as unknown)).toEqual([
        { format: 1, partners: [['A/hero_ink', 'B/hero']] },
      ]);
    },
  );

  /** A layered file whose ink lies on Multiply, with the picture that it shows. */
  function layered(name: string): string {
    const plain = (fill: readonly number[]) => ({
      ...{ width: 32, height: 32 },
      data: Uint8ClampedArray.from({ length: 32 * 32 * 4 }, (_, at) => fill[at % 4]!),
    });
    const file = {
      ...{ width: 32, height: 32, imageData: plain([200, 0, 0, 255]) },
      children: [
        { name: 'colours', imageData: plain([200, 0, 0, 255]) },
        { name: 'ink', blendMode: 'difference' as const, imageData: plain([255, 255, 255, 255]) },
      ],
    };
    return write(name, writePsdUint8Array(file));
  }

  it.skipIf(missing)(
    'Sketch says what is missing; a PSD that falls there is a drawing, and what became of it stays to be read',
    { timeout: LONG },
    async () => {
      await go('Sketch');
      await page.getByRole('heading', { name: 'Draw, and a model paints beside it' }).waitFor();
      await button('Train a model').waitFor();
      // A model of another tool, of which nobody has said yet what it takes.
      await go('Style');
      await dropPaths(page, [write('look.onnx', invertingModel())]);
      await page.getByRole('heading', { name: 'What does this model take?' }).waitFor();
      await go('Sketch');
      await page.getByRole('heading', { name: 'Your model waits for an answer' }).waitFor();
      await button('Say what it takes').click();
      await page.getByRole('heading', { name: 'What does this model take?' }).waitFor();

      await go('Sketch');
      await page.getByTestId('sketch-start').waitFor();
      await dropPaths(page, [layered('hero.psd')]);
      const note = page.getByRole('note', { name: 'What became of its file' });
      await note.getByText(/blend mode difference.*opened as one picture/).waitFor();
      await note.getByRole('button', { name: 'Put this away' }).click();
      await note.waitFor({ state: 'hidden' });
      await button('What became of its file').click();
      await note.waitFor();
      // Another one takes its place, and both are among the drawings, with what is known of them.
      await dropPaths(page, [layered('villain.psd')]);
      await page.getByRole('toolbar', { name: 'Sketch' }).getByText('villain').waitFor();
      await button('All drawings').click();
      await button('Open hero').click();
      await button('What became of its file').click();
      await note.getByText(/blend mode difference/).waitFor();
    },
  );

  it.skipIf(missing)(
    'a model of several results and a number is asked about, tried, and kept as it was said',
    { timeout: LONG },
    async () => {
      await go('Style');
      await dropPaths(page, [write('several.onnx', maskAndNumber())]);
      const output = page.getByRole('combobox', { name: 'Which of its results is the picture' });
      expect(await output.inputValue()).toBe('picture');
      expect(await output.getByRole('option').allTextContents()).toEqual(['mask', 'picture', 'soft']);
      const dial = page.getByRole('slider', { name: 'What else it takes: strength' });
      await dial.fill('0.5');
      await picture('try.png', 3);
      await dropPaths(page, [studio.person('try.png')]);
      await page.getByRole('img', { name: 'Result' }).waitFor();
      await output.selectOption('soft');
      await button('Use it').click();
      await page.getByRole('heading', { name: 'Give pictures another look' }).waitFor();
      const [about] = kept('models', '.json').map((text) => JSON.parse(text) as { io: object; confirmed: boolean });
      expect(about).toMatchObject({
        confirmed: true,
        io: { output: 'soft', dials: [{ name: 'strength', value: 0.5 }], outputLayout: 'nchw' },
      });
    },
  );

  /** A mask as its first result, then two pictures; a number beside the picture that goes in. */
  const maskAndNumber = (): Uint8Array =>
    model({
      nodes: [
        node('ReduceMean', ['x'], 'mask', [ints('axes', [1])]),
        node('Mul', ['x', 'strength'], 'picture'),
        node('Sqrt', ['x'], 'soft'),
      ],
      inputs: [valueInfo('x', FREE), valueInfo('strength', [1])],
      outputs: [valueInfo('mask', [1, 1, 'height', 'width']), valueInfo('picture', FREE), valueInfo('soft', FREE)],
    });

  it.skipIf(missing)(
    'a batch says what it left out and what its results are called, in its own view',
    { timeout: LONG },
    async () => {
      await go('Style');
      await dropPaths(page, [write('look.onnx', invertingModel())]);
      await button('Use it').click();
      await page.getByRole('heading', { name: 'Give pictures another look' }).waitFor();
      const long = 'x'.repeat(250);
      for (const [i, name] of ['hero.png', 'hero.jpg', `${long}.png`, 'more/cup.png'].entries())
        await picture(`art/${name}`, i);
      write('art/brief.docx', 'no picture');
      await dropPaths(page, [studio.person('art')]);
      await button('1 file left out, 3 results renamed').click();
      const dialog = page.getByRole('dialog', { name: 'art' });
      await dialog.getByText('brief.docx is not a picture that can be read').waitFor();
      await dialog.getByText('hero.png has the name of another picture: its result is hero-png.png').waitFor();
      await dialog.getByText(/^x+…x+\.png has a name that is too long here/).waitFor();
      await dialog.getByRole('button', { name: 'Done' }).click();
      await expect.poll(() => page.getByTestId('batch-facts').innerText()).toMatch(/^4 pictures/);
    },
  );
});
