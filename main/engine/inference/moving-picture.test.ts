/** Animations become larger picture by picture, and stay what they were. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { joinAnimation, openAnimation } from '../pictures/animation.ts';
import { sharp } from '../pictures/codecs.ts';
import { ANIMATIONS, type AnimationFormat } from '../pictures/formats.ts';
import { temporary } from '../../testing/folder.ts';
import { readyUpscaler } from './ready-upscalers.ts';
import { encodeResult, type OpenPicture } from './translate-picture.ts';
import { openUpscaler, upscaleFiles, type UpscaleFiles } from './upscale-files.ts';
import { upscalePicture } from './upscale-picture.ts';

startRuntime(1);
const folder = temporary();
const upscaler = openUpscaler(readyUpscaler('art-2x'));
afterAll(() => {
  upscaler.release();
  folder.remove();
});
const out = folder.path('out');
beforeEach(() => mkdirSync(folder.path('in'), { recursive: true }));

const TIMING = { delays: [40, 120, 300], plays: 2 };

/** A disc that goes from left to right; clear around it, or over a colour. */
function frame(i: number, clear: boolean): OpenPicture<Uint8Array> {
  const [width, height] = [24, 20];
  const data = new Uint8Array(width * height * 4);
  for (let k = 0; k < width * height; k++) {
    const inside = Math.hypot((k % width) - 5 - 6 * i, Math.floor(k / width) - 10) < 4.5;
    data.set(inside ? [220, 60, 40, 255] : clear ? [0, 0, 0, 0] : [30, 90, 160, 255], k * 4);
  }
  return { width, height, data, hasAlpha: clear };
}

async function walk(format: AnimationFormat, clear: boolean): Promise<string> {
  const pngs = await Promise.all([0, 1, 2].map((i) => encodeResult(frame(i, clear))));
  const file = folder.path('in', `walk.${format}`);
  writeFileSync(file, await joinAnimation(pngs, format, TIMING));
  return file;
}

async function enlarge(files: readonly string[], more: Partial<UpscaleFiles> = {}) {
  const told: (string | null)[] = [];
  const written = await upscaleFiles(upscaler, {
    ...{ pictures: files.map((file, i) => ({ name: `one-${i}`, file })), out, onlyMissing: false },
    ...{ target: { factor: 2 }, wrap: false, keepColours: false, naming: { suffix: '', format: 'png' } },
    ...{ onPicture: ({ problem }) => told.push(problem), ...more },
  });
  return { told, written };
}

async function opened(name: string) {
  const animation = (await openAnimation(readFileSync(folder.path('out', name)), name))!;
  const pictures: Uint8Array[] = [];
  for await (const picture of animation.pictures()) pictures.push(Uint8Array.from(picture));
  return { ...animation, pictures };
}

const apart = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + (a[i | 3] === 0 && b[i | 3] === 0 ? 0 : Math.abs(value - b[i]!)), 0) / a.length;

describe.each(ANIMATIONS)('%s', (format) => {
  it.each([false, true])('comes out as it came in, each picture as it would be alone (clear: %s)', async (clear) => {
    const { written } = await enlarge([await walk(format, clear)]);
    expect(written).toBe(1);
    const found = await opened(`one-0.${format}`);
    expect(found).toMatchObject({ format, width: 48, height: 40, ...TIMING, hasAlpha: clear });
    for (const [i, picture] of found.pictures.entries()) {
      const alone = await upscalePicture(upscaler, frame(i, clear));
      // A GIF has 255 colours, and no half transparency.
      expect(apart(picture, alone.data), `${format} ${i}`).toBeLessThan(format === 'gif' ? (clear ? 6 : 2) : 1e-9);
    }
  });
});

it('what is wanted as WebP is one that moves; what cannot move is named, and the others are made', async () => {
  const moving = await walk('gif', false);
  const still = folder.path('in', 'still.png');
  writeFileSync(still, await encodeResult(frame(0, false)));
  await enlarge([moving], { naming: { suffix: '@2x', format: 'webp' } });
  expect(await opened('one-0@2x.webp')).toMatchObject({ format: 'webp', ...TIMING });
  const { told, written } = await enlarge([moving, still], { naming: { suffix: '', format: 'jpeg' } });
  expect(written).toBe(1);
  expect(told[0]).toMatch(/walk\.gif moves, which a JPEG cannot; save it as PNG, and it stays what it was/);
});

it('one that is cut short has a line, and the others are made', async () => {
  const whole = await walk('webp', true);
  const cut = folder.path('in', 'cut.gif');
  const bytes = readFileSync(await walk('gif', false));
  writeFileSync(cut, bytes.subarray(0, bytes.length * 0.95));
  const { told, written } = await enlarge([cut, whole]);
  expect(written).toBe(1);
  expect(told.filter((problem) => problem !== null)).toEqual([
    `${cut} cannot be read, as it is damaged or cut short; save it again or remove it`,
  ]);
});

it('is not made again where it is there, and nothing half-written stays', async () => {
  const file = await walk('gif', false);
  await enlarge([file]);
  writeFileSync(folder.path('out', 'one-0.gif.77.tmp'), 'half');
  const { written } = await enlarge([file], { onlyMissing: true });
  expect(written).toBe(0);
  expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await expect(enlarge([folder.path('out', 'one-0.gif')])).rejects.toThrow('would be written over it');
});

it('keeps colours, wraps, and stays as it was where a mask says so, in each picture', async () => {
  const mask = folder.path('in', 'mask.png');
  const half = { width: 12, height: 20, channels: 4, background: '#fff' } as const;
  const left = sharp({ create: half }).extend({ right: 12, background: '#0000' });
  writeFileSync(mask, await left.png().toBuffer());
  await enlarge([await walk('png', false)], { keep: mask, keepColours: true, wrap: true });
  const { pictures } = await opened('one-0.png');
  const how = { wrap: true, colours: true };
  for (const [i, picture] of pictures.entries()) {
    const alone = (await upscalePicture(upscaler, frame(i, false), how)).data;
    const row = (data: Uint8Array, from: number) => [...data.subarray((20 * 48 + from) * 4, (20 * 48 + from + 12) * 4)];
    expect(row(picture, 32)).toEqual(row(alone, 32));
    if (i < 2) expect(row(picture, 4)).not.toEqual(row(alone, 4));
  }
});
