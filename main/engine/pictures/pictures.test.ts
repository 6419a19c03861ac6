import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharpUnguarded from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.ts';
import { rasteriseOwnSvg, sharp } from './codecs.ts';
import {
  decodePicture,
  encodePng,
  fromPlanar,
  probePicture,
  toPlanar,
  type DecodeOptions,
  type Picture,
} from './pictures.ts';
import { listPictures } from './listing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'maquette-pictures-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);

/** Writes bytes as a file of the temp folder. */
function put(name: string, bytes: Buffer | string): string {
  writeFileSync(path(name), bytes);
  return path(name);
}

/** A smooth gradient, so that lossy formats stay close. */
function gradient(width: number, height: number, channels: 3 | 4 = 3): Picture {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++)
    data.set([(i % width) * 4, Math.floor(i / width) * 4, 90, 255].slice(0, channels), i * channels);
  return { width, height, channels, data };
}

/** A PNG that says it is `size` x `size` pixels (and holds none: only its header may be looked at). */
function hugePng(size: number): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write('IHDR', 4);
  header.writeUInt32BE(size, 8);
  header.writeUInt32BE(size, 12);
  header.set([8, 2], 16); // 8 bits a channel, RGB
  header.writeUInt32BE(crc32(header.subarray(4, 21)), 21);
  const data = Buffer.from([0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xaf, 0x06, 0x1e]); // an empty IDAT
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), header, data]);
}

const image = ({ data, width, height, channels }: Picture): ReturnType<typeof sharp> =>
  sharp(data, { raw: { width, height, channels } });

const pixel = (p: Picture, x: number, y: number): number[] => {
  const at = (y * p.width + x) * p.channels;
  return [...p.data.subarray(at, at + p.channels)];
};

const refusal = (name: string, options: DecodeOptions = { channels: 3 }): Promise<UserError> =>
  decodePicture(path(name), options).then(
    () => expect.unreachable('it should be refused'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(UserError);
      const { message } = error as UserError;
      expect(message).toContain(name);
      expect(message).not.toContain('\n');
      return error as UserError;
    },
  );

describe('decodePicture', () => {
  it.each(['png', 'jpeg', 'webp', 'avif', 'tiff', 'gif'] as const)('opens %s', async (format) => {
    const source = gradient(48, 32);
    const options = {
      jpeg: { quality: 100 },
      webp: { lossless: true },
      avif: { lossless: true },
      tiff: { compression: 'lzw' },
    }[format as 'jpeg'];
    const file = put(`open.${format}`, await image(source).toFormat(format, options).toBuffer());
    const picture = await decodePicture(file, { channels: 3 });
    const worst = Math.max(...picture.data.map((value, i) => Math.abs(value - source.data[i]!)));
    expect({ width: picture.width, height: picture.height, channels: picture.channels }).toEqual({
      width: 48,
      height: 32,
      channels: 3,
    });
    expect(worst).toBeLessThanOrEqual({ png: 0, webp: 0, avif: 0, tiff: 0, jpeg: 4, gif: 24 }[format]);
    expect(await probePicture(file)).toMatchObject({ width: 48, height: 32, format });
  });

  it('opens TGA', async () => {
    const header = Buffer.from([0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 8, 32]);
    const file = put('open.tga', Buffer.concat([header, Buffer.from([10, 250])]));
    expect([...(await decodePicture(file, { channels: 4 })).data]).toEqual([10, 10, 10, 255, 250, 250, 250, 255]);
    expect(await probePicture(file)).toEqual({ width: 2, height: 1, hasAlpha: false, deep: false, format: 'tga' });
  });

  it('copies pixels untouched when the size is already right', async () => {
    const source = gradient(40, 40);
    await encodePng(source, path('same.png'));
    expect((await decodePicture(path('same.png'), { width: 40, height: 40, channels: 3 })).data).toEqual(source.data);
  });

  it('resizes to exactly the size asked, stretching', async () => {
    await encodePng(gradient(60, 30), path('stretch.png'));
    const picture = await decodePicture(path('stretch.png'), { width: 20, height: 20, channels: 3 });
    expect([picture.width, picture.height, picture.data.length]).toEqual([20, 20, 1200]);
    expect(pixel(picture, 10, 10)[0]).toBeCloseTo(126, -1); // half-way along 0..236, plus half a cell
  });

  it('lays alpha over white for 3 channels and premultiplies for 4', async () => {
    const half = sharp({
      create: { width: 2, height: 2, channels: 4, background: { r: 200, g: 100, b: 0, alpha: 128 / 255 } },
    });
    put('half.png', await half.png().toBuffer());
    expect(pixel(await decodePicture(path('half.png'), { channels: 4 }), 0, 0)).toEqual([100, 50, 0, 128]);
    const [r, g, b] = pixel(await decodePicture(path('half.png'), { channels: 3 }), 0, 0);
    expect([r! - 227, g! - 177, b! - 127].every((error) => Math.abs(error) <= 1)).toBe(true);
    expect((await probePicture(path('half.png'))).hasAlpha).toBe(true);
  });

  it('opens grey, 16-bit and CMYK pictures as 8-bit RGB', async () => {
    const red = sharp({ create: { width: 4, height: 4, channels: 3, background: { r: 200, g: 30, b: 30 } } });
    put(
      'grey.png',
      await sharp(gradient(4, 4).data.fill(77), { raw: { width: 4, height: 4, channels: 3 } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    );
    put('deep.png', await red.clone().toColourspace('rgb16').png().toBuffer());
    put('deepgrey.png', await red.clone().toColourspace('grey16').png().toBuffer());
    put('cmyk.jpg', await red.clone().toColourspace('cmyk').jpeg().toBuffer());
    expect(pixel(await decodePicture(path('grey.png'), { channels: 3 }), 1, 1)).toEqual([77, 77, 77]);
    expect(pixel(await decodePicture(path('deep.png'), { channels: 4 }), 1, 1)).toEqual([200, 30, 30, 255]);
    const [a, b, c, d] = pixel(await decodePicture(path('deepgrey.png'), { channels: 4 }), 1, 1);
    expect([a === b && b === c, d]).toEqual([true, 255]);
    expect(pixel(await decodePicture(path('cmyk.jpg'), { channels: 3 }), 1, 1)[0]).toBeGreaterThan(150);
  });

  it('turns a picture as its EXIF orientation says', async () => {
    put('turned.png', await image(gradient(6, 3)).withMetadata({ orientation: 6 }).png().toBuffer());
    const picture = await decodePicture(path('turned.png'), { channels: 3 });
    expect([picture.width, picture.height]).toEqual([3, 6]);
    expect(pixel(picture, 2, 0)).toEqual([0, 0, 90]); // top left went to the top right
    expect(await probePicture(path('turned.png'))).toMatchObject({ width: 3, height: 6 });
  });

  it('cuts side-by-side pictures in halves', async () => {
    await encodePng(gradient(40, 20), path('pair.png'));
    expect(pixel(await decodePicture(path('pair.png'), { channels: 3, half: 'left' }), 0, 0)).toEqual([0, 0, 90]);
    const right = await decodePicture(path('pair.png'), { channels: 3, half: 'right' });
    expect([right.width, right.height, ...pixel(right, 0, 0)]).toEqual([20, 20, 80, 0, 90]);
    await encodePng(gradient(1, 20), path('nopair.png'));
    expect((await refusal('nopair.png', { channels: 3, half: 'left' })).message).toMatch(
      /one pixel wide, and has no two halves/,
    );
  });

  it('goes by what a file is, not by its name', async () => {
    put('jpeg-inside.png', await image(gradient(8, 8)).jpeg().toBuffer());
    expect((await probePicture(path('jpeg-inside.png'))).format).toBe('jpeg');
  });
});

describe('what is not a good picture', () => {
  it('a text file named .png', async () => {
    put('text.png', 'these are notes, not a picture');
    expect((await refusal('text.png')).message).toMatch(/named as PNG but is not a picture/);
  });

  it('an empty file, a missing one, a folder', async () => {
    put('empty.png', '');
    mkdirSync(path('folder.png'));
    expect((await refusal('empty.png')).message).toMatch(/is empty/);
    expect((await refusal('missing.png')).message).toMatch(/does not exist/);
    expect((await refusal('folder.png')).message).toMatch(/is a folder/);
  });

  it.each(['png', 'jpeg', 'webp', 'tiff', 'gif', 'avif'] as const)('a %s cut short', async (format) => {
    const noise = Buffer.from(new Uint8Array(64 * 64 * 3).map((_, i) => (i * 7919) % 251));
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    put(`cut.${format}`, whole.subarray(0, Math.floor(whole.length * 0.6)));
    // What libvips says of itself stays in the cause.
    expect((await refusal(`cut.${format}`)).message).toMatch(/damaged or cut short; save it again or remove it$/);
  });

  it('a TGA cut short, or text named .tga', async () => {
    put('cut.tga', Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 9, 0, 24, 32, 1, 2, 3]));
    put('text.tga', 'this is a long line of text that has no pixels');
    expect((await refusal('cut.tga')).message).toMatch(/cut short/);
    expect((await refusal('text.tga')).message).toMatch(/TGA/);
  });

  it('20,000 x 20,000 pixels, without decoding them', async () => {
    put('huge.png', hugePng(20_000));
    const began = performance.now();
    expect((await refusal('huge.png', { width: 64, height: 64, channels: 3 })).message).toMatch(
      /20000 x 20000.*100 megapixels/,
    );
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('SVG, also under another name', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';
    put('drawing.svg', svg);
    put('drawing.png', svg);
    expect((await refusal('drawing.svg')).message).toMatch(/SVG.*export it as PNG/);
    expect((await refusal('drawing.png')).message).toMatch(/SVG/);
  });

  it('formats that are not on the list are blocked in sharp itself', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';
    expect(await rasteriseOwnSvg(svg, { width: 4, height: 4, channels: 1 })).toEqual(Buffer.alloc(16)); // ours can be drawn ...
    await expect(sharpUnguarded(Buffer.from(svg)).metadata()).rejects.toThrow(/unsupported/); // ... and nobody else's
    await expect(sharpUnguarded(put('drawing2.svg', svg)).metadata()).rejects.toThrow(/unsupported/);
  });
});

describe('planes', () => {
  it('holds channels one after another in [-1, 1], and comes back exactly', () => {
    const data = new Uint8Array(256 * 3).map((_, i) => Math.floor(i / 3));
    const planes = toPlanar({ width: 16, height: 16, channels: 3, data });
    expect([planes[0], planes[255], planes[256], planes[511]]).toEqual([-1, 1, -1, 1]);
    expect(fromPlanar(planes, 16, 16, 3).data).toEqual(data);
  });

  it('clamps, rounds, and refuses a wrong length', () => {
    expect([...fromPlanar(new Float32Array([-3, 3, 0.001]), 1, 1, 3).data]).toEqual([0, 255, 128]);
    expect(() => fromPlanar(new Float32Array(5), 1, 1, 3)).toThrow(RangeError);
  });
});

describe('encodePng', () => {
  it('divides colour by alpha, so that the file looks as the picture did', async () => {
    const picture: Picture = {
      width: 3,
      height: 1,
      channels: 4,
      data: Uint8Array.from([100, 50, 0, 128, 9, 9, 9, 0, 255, 0, 0, 100]),
    };
    await encodePng(picture, path('alpha.png'));
    const raw = await sharp(readFileSync(path('alpha.png')))
      .raw()
      .toBuffer();
    expect([...raw]).toEqual([199, 100, 0, 128, 0, 0, 0, 0, 255, 0, 0, 100]);
    expect(pixel(await decodePicture(path('alpha.png'), { channels: 4 }), 0, 0)).toEqual([100, 50, 0, 128]);
  });

  it('leaves nothing where it cannot write', async () => {
    mkdirSync(path('taken.png'));
    await expect(encodePng(gradient(2, 2), path('taken.png'))).rejects.toThrow(UserError);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('listPictures', () => {
  it('sorts by code unit, and leaves out dot-files, folders and other files', () => {
    const here = path('list');
    mkdirSync(join(here, 'sub.png'), { recursive: true });
    for (const name of ['b.png', 'a10.JPG', 'a2.webp', 'Z.tga', 'é.gif', '.hidden.png', 'notes.txt', 'x.svg'])
      put(join('list', name), '');
    expect(listPictures(here).map((file) => basename(file))).toEqual(['Z.tga', 'a10.JPG', 'a2.webp', 'b.png', 'é.gif']);
  });

  it('says that a folder is missing', () => {
    expect(() => listPictures(path('nowhere'))).toThrow(/nowhere.*does not exist/);
  });
});
