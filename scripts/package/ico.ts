/** Icons for Windows: one file with a picture for each size at which they are shown. */
import { rasteriseOwnSvg, sharp } from '../../main/engine/pictures/codecs.ts';

export const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256] as const;

/** A drawing as a square PNG, drawn at that size and not made smaller. */
export async function rendered(svg: string, size: number): Promise<Buffer> {
  const sized = svg.replace('<svg ', `<svg width="${size}" height="${size}" `);
  const shape = { width: size, height: size, channels: 4 } as const;
  return sharp(await rasteriseOwnSvg(sized, shape), { raw: shape })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

const HEADER = 6;
const ENTRY = 16;

/** An .ico of PNGs (Windows Vista and later): a header, an entry of 16 bytes a picture, the pictures. */
export async function ico(svg: string): Promise<Buffer> {
  const pictures = await Promise.all(ICO_SIZES.map((size) => rendered(svg, size)));
  const head = Buffer.alloc(HEADER + ENTRY * pictures.length);
  head.writeUInt16LE(1, 2); // an icon, not a cursor
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach((picture, i) => {
    const at = HEADER + ENTRY * i;
    const side = ICO_SIZES[i]! % 256; // 0 stands for 256
    head.writeUInt8(side, at);
    head.writeUInt8(side, at + 1);
    head.writeUInt16LE(1, at + 4); // planes
    head.writeUInt16LE(32, at + 6); // bits a pixel
    head.writeUInt32LE(picture.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += picture.length;
  });
  return Buffer.concat([head, ...pictures]);
}
