/** What is painted to stay as it was does, and nothing else. */
import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { sharp } from '../pictures/codecs.ts';
import { resample } from '../pictures/resample.ts';
import { values } from '../testing/values.ts';
import { temporary } from '../../testing/folder.ts';
import { readyUpscaler } from './ready-upscalers.ts';
import { openUpscaler, upscaleFiles } from './upscale-files.ts';

startRuntime(1);
const folder = temporary();
afterAll(() => folder.remove());
mkdirSync(folder.path('in'));

const [width, height] = [30, 20];
const upscaler = openUpscaler(readyUpscaler('art-2x'));
afterAll(() => upscaler.release());

/** Enlarged to that width, with a mask or without; straight RGBA. */
async function enlarged(file: string, to: number, mask: string | null): Promise<Uint8Array> {
  await upscaleFiles(upscaler, {
    ...{ pictures: [{ name: 'one', file }], out: folder.path('out'), onlyMissing: false, onPicture: () => undefined },
    ...{ target: { width: to }, wrap: false, keepColours: false, keep: mask },
  });
  return sharp(readFileSync(folder.path('out', 'one.png')))
    .ensureAlpha()
    .raw()
    .toBuffer();
}

it.each([
  ['an opaque picture, as large as the model makes it', 3, 60],
  ['one with transparency, brought to another size', 4, 75],
] as const)('%s', async (_, channels, to) => {
  const noise = Uint8Array.from(values(5, 'noise', [width * height * channels], [0, 255]));
  const file = folder.path('in', `${channels}.png`);
  await sharp(noise, { raw: { width, height, channels } }).png().toFile(file);
  // The right half, at half the picture's size: grey in the middle, where it goes over.
  const mask = folder.path('mask.png');
  const half = Buffer.from(Array.from({ length: 15 * 10 }, (__, i) => (i % 15 < 7 ? 0 : i % 15 === 7 ? 128 : 255)));
  await sharp(half, { raw: { width: 15, height: 10, channels: 1 } })
    .png()
    .toFile(mask);

  const [plain, kept] = [await enlarged(file, to, null), await enlarged(file, to, mask)];
  const data = await sharp(readFileSync(file)).ensureAlpha().raw().toBuffer();
  const was = resample({ width, height, data }, { width: to, height: (to * 2) / 3 });
  const seen = { inside: 0, outside: 0, between: 0 };
  const shown = (of: Uint8Array, at: number, c: number): number =>
    c === 3 ? of[at + 3]! : (of[at + c]! * of[at + 3]!) / 255;
  for (let i = 0; i < kept.length / 4; i++) {
    const x = ((i % to) + 0.5) / to;
    // A pixel of the mask and its two halves beside.
    const where = x < 6.5 / 15 ? 'outside' : x > 8.5 / 15 ? 'inside' : 'between';
    for (let c = 0; c < 4; c++) {
      const [now, model, before] = [kept, plain, was].map((of) => shown(of, i * 4, c)) as [number, number, number];
      if (where === 'outside') expect(now).toBe(model);
      else if (where === 'inside') expect(Math.abs(now - before)).toBeLessThanOrEqual(1);
      else expect(now).toBeGreaterThanOrEqual(Math.min(model, before) - 1);
    }
    seen[where]++;
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  expect(Buffer.from(plain).equals(Buffer.from(was))).toBe(false);
});

it('a mask that cannot be read is named', async () => {
  const file = folder.path('in', '3.png');
  await expect(enlarged(file, 60, folder.path('gone.png'))).rejects.toThrow(/gone\.png/);
});
