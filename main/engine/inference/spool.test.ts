/** Results that lie in a file until they are written: the same as those that are held. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { sharp } from '../pictures/codecs.ts';
import { randomUpscaler } from '../testing/testing-model.ts';
import { temporary } from '../../testing/folder.ts';
import { isHalfWritten, spoolFile, type Naming } from './result-file.ts';
import { Spool } from './spool.ts';
import { canSpool, encodeSpooled } from './translate-picture.ts';
import { Translator } from './translator.ts';
import { upscaleFiles, type UpscaleFiles } from './upscale-files.ts';
import { spoolPicture } from './upscale-picture.ts';

const folder = temporary();
beforeAll(() => startRuntime(1));
afterAll(() => folder.remove());

/** A picture with slopes, of 8 or 16 bits, with alpha or without. */
async function picture(name: string, { alpha, deep }: { alpha: boolean; deep: boolean }): Promise<string> {
  const [width, height, channels] = [40, 75, alpha ? 4 : 3] as const;
  const white = deep ? 65_535 : 255;
  const data = (deep ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels)).map(
    (_, i) =>
      i % channels === 3 ? (i % 7 === 0 ? 0 : white) : (white * ((i * 13) % (width * channels))) / (width * channels),
  );
  const file = folder.path(`${name}.png`);
  const image = sharp(data, { raw: { width, height, channels } });
  await (deep ? image.toColourspace('rgb16') : image).png().toFile(file);
  return file;
}

/** Its bytes, and whether its pixels lay in a file meanwhile. */
async function upscaled(file: string, out: string, more: Partial<UpscaleFiles>): Promise<[Buffer, boolean]> {
  const upscaler = new Translator(randomUpscaler(), 'model', null, 'upscale');
  const told: (string | null)[] = [];
  const where = folder.path(out);
  let spooled = false;
  await upscaleFiles(upscaler, {
    ...{ pictures: [{ name: 'one', file }], out: where, onlyMissing: true, target: { factor: upscaler.scale } },
    ...{ wrap: false, keepColours: false, onPicture: ({ output }) => told.push(output), ...more },
    onShare: () => (spooled ||= readdirSync(where).some(isHalfWritten)),
  });
  upscaler.release();
  expect(readdirSync(where)).toHaveLength(1); // nothing else is left
  return [readFileSync(told[0]!), spooled];
}

describe('a result that is too large to be held', () => {
  it.each([
    ['opaque', { alpha: false, deep: false }],
    ['with transparency', { alpha: true, deep: false }],
    ['of 16 bits', { alpha: false, deep: true }],
    ['of 16 bits with transparency', { alpha: true, deep: true }],
  ])('is what it is else: %s', async (name, kind) => {
    const file = await picture(name, kind);
    const [expected] = await upscaled(file, `${name}-held`, {});
    expect(await upscaled(file, `${name}-spooled`, { mostHeld: 0 })).toEqual([expected, true]);
    const { depth, hasAlpha, height } = await sharp(expected).metadata();
    expect([depth, hasAlpha, height]).toEqual([kind.deep ? 'ushort' : 'uchar', kind.alpha, 150]);
  });

  it.each(['webp', 'jpeg', 'tiff', 'dds', 'psd'] satisfies Naming['format'][])('as %s', async (format) => {
    const file = await picture('formats', { alpha: true, deep: false });
    const naming = { suffix: '', format };
    const [expected, before] = await upscaled(file, `${format}-held`, { naming });
    expect(before).toBe(false);
    const now = await upscaled(file, `${format}-spooled`, { naming, mostHeld: 0 });
    expect(now).toEqual([expected, canSpool(format)]);
  });

  it('may take more than 4 GB', async () => {
    const file = folder.path('wide');
    new Spool(file, { width: 33_000, height: 33_000 }, new Uint8Array()).close();
    // What it says of itself is there, though none of its pixels are.
    const { width, height, format } = await sharp(file, { limitInputPixels: false }).metadata();
    expect([width, height, format]).toEqual([33_000, 33_000, 'tiff']);
  });

  it('leaves nothing where it ends on the way, or cannot be encoded', async () => {
    const upscaler = new Translator(randomUpscaler(), 'model', null, 'upscale');
    const source = { width: 8, height: 8, hasAlpha: false, data: new Uint8Array(256) };
    const spool = folder.path('broken');
    const ending = {
      onTile: () => {
        expect(existsSync(spool)).toBe(true);
        throw new Error('ended');
      },
    };
    await expect(spoolPicture(upscaler, source, spool, ending)).rejects.toThrow('ended');
    expect(existsSync(spool)).toBe(false);
    upscaler.release();
    new Spool(spool, source, source.data).close();
    await expect(encodeSpooled({ ...source, deep: false, spool })).rejects.toThrow();
    expect(existsSync(spool)).toBe(false);
  });

  it('is swept away where its process ended', () => {
    expect(isHalfWritten(spoolFile('out'))).toBe(true);
  });
});
