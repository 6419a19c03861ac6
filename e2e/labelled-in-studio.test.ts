/**
 * Labelled pictures in the window: imported, trained on, and a generator that no translator offers, but whose pictures are
 * explored, kept, mixed, animated and saved in Latent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Locator } from 'playwright';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { temporary } from '../main/testing/folder.ts';
import { writeLabelled } from '../main/testing/datasets.ts';
import { readMp4, readWebm } from './video-file.ts';
import { goTo, dropPaths, HOSTS, launchBrowser, newProject, numberIn, openStudio, type OpenStudio } from './studio.ts';

/** How many pictures are seen. */
const loaded = (gallery: Locator): Promise<number> =>
  gallery.locator('img').evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length);

/** The mean difference of two pictures as they are shown, 0..255. */
async function apart(...pictures: [Locator, Locator]): Promise<number> {
  const [a, b] = await Promise.all(
    pictures.map((picture) =>
      picture.evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        const context = new OffscreenCanvas(32, 32).getContext('2d')!;
        context.drawImage(image, 0, 0, 32, 32);
        return [...context.getImageData(0, 0, 32, 32).data];
      }),
    ),
  );
  return a!.reduce((sum, value, i) => sum + Math.abs(value - b![i]!), 0) / a!.length;
}

/** What a picture shows, once it is there. */
const pixelsOf = async (image: Locator): Promise<string> => {
  const source = await image.evaluate(async (one: HTMLImageElement) => (await one.decode(), one.src));
  const { data } = await image
    .page()
    .request.get(source)
    .then(async (answer) => ({ data: await answer.body() }));
  return data.toString('base64');
};

/** Plays a video as anybody would, in a browser of its own: its size, its seconds, and whether it moves. */
async function playThrough(
  bytes: Buffer,
  type: string,
): Promise<{ width: number; height: number; duration: number; moved: boolean }> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    return await page.evaluate(
      async ([base64, type]) => {
        const video = document.createElement('video');
        video.muted = true;
        const heard = (event: string): Promise<unknown> =>
          new Promise((resolve, reject) => {
            video.addEventListener(event, resolve, { once: true });
            video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
          });
        const loaded = heard('loadeddata');
        video.src = URL.createObjectURL(
          new Blob([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], { type }),
        );
        await loaded;
        const { videoWidth: width, videoHeight: height, duration } = video;
        // Played, not sought: a seek is done before what is there to be drawn changes.
        const context = new OffscreenCanvas(64, 64).getContext('2d')!;
        const seen = new Set<string>();
        const ended = heard('ended');
        const watching = setInterval(() => {
          context.drawImage(video, 0, 0, 64, 64);
          seen.add(context.getImageData(0, 0, 64, 64).data.join());
        }, 50);
        await video.play();
        await ended;
        clearInterval(watching);
        return { width, height, duration, moved: seen.size > 1 };
      },
      [bytes.toString('base64'), type] as const,
    );
  } finally {
    await browser.close();
  }
}

describe.each(HOSTS.map((one) => [one.name, one] as const))('%s', (_, { host, missing }) => {
  const folder = temporary();
  let studio: OpenStudio | undefined;
  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  it.skipIf(missing)(
    'folders of labels become a generator that the Library keeps and neither Sketch nor Style offers',
    { timeout: 180_000 },
    async () => {
      await writeLabelled(folder.path('characters'), 12, 32);
      studio = await openStudio(host);
      const { page } = studio;
      const go = (name: string): Promise<void> => goTo(page, name);
      await newProject(page, 'Characters');
      await dropPaths(page, [folder.path('characters')]);
      const dialog = page.getByRole('dialog', { name: 'Import pictures' });
      await dialog.getByText('With labels').click();
      await dialog.getByText('24 pictures with 2 labels: blue, red').waitFor();
      await dialog.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('24 pictures · labels: blue, red').waitFor();

      await page.getByRole('main').getByRole('button', { name: 'Train', exact: true }).click();
      // An upscaler learns from such pictures too, and begins with one that is brought along; nothing stays of that choice.
      const begin = page.getByRole('combobox', { name: 'Begin with' });
      await page.getByRole('radio', { name: /^SRGAN/ }).check({ force: true });
      await begin.selectOption({ label: 'Drawn art, 2x, which Maquette brings along' });
      await page.getByText('It learned at 128 px').waitFor();
      await page.getByRole('radio', { name: /^Few-shot/ }).check({ force: true });
      await page.getByRole('radio', { name: /Quick look/ }).waitFor();
      await page.getByRole('button', { name: 'Start training' }).click();
      // Every label is shown by its name, and nothing as an input or a truth.
      const previews = page.getByRole('group', { name: 'New pictures' });
      await previews
        .getByRole('img', { name: /^Result of red at step/ })
        .first()
        .waitFor({ timeout: 90_000 });
      await previews
        .getByRole('img', { name: /^Result of blue at step/ })
        .first()
        .waitFor();
      expect(await previews.getByRole('img', { name: /^(Input|Wanted)/ }).count()).toBe(0);
      await expect.poll(() => numberIn(page.getByTestId('run-step')), { timeout: 90_000 }).toBeGreaterThan(50);
      await expect.poll(() => page.getByTestId('run-variety').textContent()).toMatch(/^\d+\s%$/);
      await page.getByRole('button', { name: 'Stop' }).first().click();
      await page.getByRole('main').getByRole('button', { name: 'Library', exact: true }).click();

      const panel = page.getByRole('region', { name: /characters/ });
      await panel.getByRole('img', { name: 'Pictures that characters made' }).waitFor();
      await panel.getByText('Few-shot generator').waitFor();
      expect(await panel.getByRole('slider').count()).toBe(0); // nothing to compare
      await go('Sketch');
      await page.getByRole('heading', { name: 'Draw, and a model paints beside it' }).waitFor();
      await go('Style');
      await page.getByRole('heading', { name: 'Style needs a model' }).waitFor();

      await go('Library');
      await panel.getByRole('button', { name: 'Explore it' }).click();
      const gallery = page.getByRole('listbox', { name: 'Pictures that characters makes' });
      const chosen = page.getByRole('region', { name: 'The chosen picture' });
      const sources = page.getByRole('group', { name: 'What is shown' });
      await chosen.getByText(/learned pictures|anything that it learned/).waitFor();
      await expect.poll(() => loaded(gallery)).toBeGreaterThan(10);
      // Another label gives other pictures of the same seeds; the same label the same pictures again.
      const first = gallery.getByRole('option').first().locator('img');
      const seen = { any: await pixelsOf(first), red: '', blue: '' };
      for (const label of ['red', 'blue'] as const) {
        await page.getByRole('combobox', { name: 'label' }).selectOption(label);
        seen[label] = await pixelsOf(first);
      }
      expect(seen.red).not.toBe(seen.blue);
      expect([seen.red, seen.blue]).toContain(seen.any);

      await gallery.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('k');
      await chosen.getByRole('button', { name: 'Kept' }).waitFor();
      await page.keyboard.press('a');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('a');
      await chosen.getByRole('button', { name: 'Mix with…' }).click();
      await gallery.getByRole('option').nth(4).click();
      await sources.getByText('Mixed').waitFor();
      // Of four levels of detail: three ways each way, and three between.
      expect(await gallery.getByRole('option').count()).toBe(9);
      await chosen.getByText('It came from').waitFor();
      await chosen.getByRole('button', { name: 'More like this' }).click();
      await sources.getByText('More like this').waitFor();

      // A part of it is marked, by the pointer and moved by a key, and stays while the rest is varied.
      const large = chosen.getByRole('img', { name: 'The chosen picture' });
      const box = (await large.boundingBox())!;
      await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.2 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.5 * box.height, { steps: 3 });
      await page.mouse.up();
      const part = chosen.getByRole('button', { name: /^The part that stays/ });
      const before = (await part.boundingBox())!;
      await page.keyboard.press('ArrowRight');
      await expect.poll(async () => (await part.boundingBox())!.x).toBeGreaterThan(before.x + 1);
      await chosen.getByRole('button', { name: 'Vary the rest' }).click();
      await sources.getByText('The rest varied').waitFor();
      await expect.poll(() => loaded(gallery)).toBeGreaterThan(10);
      await page.keyboard.press('Escape');
      await part.waitFor({ state: 'detached' });
      await chosen.getByRole('button', { name: 'More like this' }).click();
      await sources.getByText('More like this').waitFor();

      // A slider by marked pictures changes the one that is shown large.
      const cells = gallery.getByRole('option');
      await chosen.getByRole('button', { name: 'New slider…' }).click();
      await page.getByRole('textbox', { name: 'What it changes' }).fill('Size');
      for (const [i, key] of [
        [0, '+'],
        [1, '-'],
      ] as const) {
        await cells.nth(i).click();
        await page.keyboard.press(key);
        await cells
          .nth(i)
          .getByText(key === '+' ? '+' : '−', { exact: true })
          .waitFor();
      }
      await page.getByRole('button', { name: 'Make the slider' }).click();
      await chosen.getByRole('slider', { name: 'Size' }).waitFor();
      const still = await pixelsOf(large);
      await chosen.getByRole('slider', { name: 'Size' }).fill('3');
      await expect.poll(() => pixelsOf(large)).not.toBe(still);

      // A picture of the person's own may be meant to be imported.
      const own = join(folder.path('characters'), 'red', readdirSync(folder.path('characters', 'red'))[0]!);
      await dropPaths(page, [own], gallery);
      await page.getByRole('button', { name: 'Import it' }).click();
      await page.getByRole('dialog', { name: 'Import pictures' }).waitFor();
      await page.keyboard.press('Escape');

      const path = page.getByRole('region', { name: 'Animation' });
      for (const [what, ending] of [
        ['Animation (GIF)', '.gif'],
        ['Sprite sheet with atlas (PNG, JSON)', ' sprites.zip'],
      ] as const) {
        await path.getByRole('button', { name: 'Save…' }).click();
        const coming = page.waitForEvent('download');
        await page.getByRole('menuitem', { name: what }).click();
        const download = await coming;
        expect(download.suggestedFilename()).toBe(`characters${ending}`);
        const bytes = readFileSync(await download.path());
        if (ending === '.gif') expect(await sharp(bytes).metadata()).toMatchObject({ pages: 48, width: 64 });
        else {
          const files = unzipSync(bytes);
          const atlas = JSON.parse(new TextDecoder().decode(files['characters.json'])) as { frames: object };
          expect(Object.keys(atlas.frames)).toHaveLength(48);
          expect((await sharp(files['characters.png']).metadata()).width).toBe(7 * 66);
        }
      }

      // Each file holds every picture, and plays in another browser.
      for (const [as, read] of [
        ['MP4', readMp4],
        ['WebM', readWebm],
      ] as const) {
        await path.getByRole('button', { name: 'Save…' }).click();
        const coming = page.waitForEvent('download');
        await page.getByRole('menuitem', { name: `Video (${as})` }).click();
        const download = await coming;
        const ending = as.toLowerCase();
        expect(download.suggestedFilename()).toBe(`characters.${ending}`);
        const bytes = readFileSync(await download.path());
        const written = read(bytes);
        expect(written).toMatchObject({ frames: 48, width: 512, height: 512 });
        expect(written.seconds).toBeCloseTo(2, 1);
        const played = await playThrough(bytes, `video/${ending}`);
        expect(played).toMatchObject({ width: 512, height: 512, moved: true });
        expect(played.duration).toBeCloseTo(2, 1);
      }
      // Where there is no encoder, the others remain.
      await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'VideoEncoder'));
      await page.reload();
      await go('Latent');
      await sources.getByText('Kept 1').click();
      await expect.poll(() => loaded(gallery)).toBe(1);
      for (const [as, says] of [
        ['MP4', 'Save it as WebM instead.'],
        ['WebM', 'This window cannot make videos.'],
      ] as const) {
        await path.getByRole('button', { name: 'Save…' }).click();
        await page.getByRole('menuitem', { name: `Video (${as})` }).click();
        await page.getByText(says).first().waitFor();
      }

      // It is found, and stands beside what comes nearest.
      const kept = await pixelsOf(large);
      await dropPaths(page, [own], gallery);
      await page.getByRole('button', { name: 'Find it among the variants' }).click();
      const yours = chosen.getByRole('img', { name: 'Your picture' });
      await yours.waitFor({ timeout: 60_000 });
      expect(await pixelsOf(large)).not.toBe(kept);
      const found = await apart(yours, large);
      await chosen.getByRole('button', { name: 'Keep', exact: true }).click();
      await chosen.getByRole('button', { name: 'More like this' }).click();
      await sources.getByText('More like this').waitFor();
      await yours.waitFor({ state: 'detached' });

      // It is kept, and not near enough: a copy of the model learns the picture, and makes it.
      await sources.getByText('Kept 2').click();
      await gallery.getByRole('option').first().click(); // the newest
      await yours.waitFor();
      await chosen.getByRole('button', { name: 'Teach it to the model' }).click();
      await page.getByRole('listbox', { name: /^Pictures that characters, / }).waitFor({ timeout: 60_000 });
      await expect.poll(() => apart(yours, large)).toBeLessThan(found / 2);
      expect(await chosen.getByRole('button', { name: 'Teach it to the model' }).count()).toBe(0);
    },
  );
});
