/** Making the two pictures of a pair equally large, by cutting off what only one of them shows. */
import { join } from 'node:path';
import { sharp } from '../../engine/pictures/codecs.ts';
import { decodePicture, probePicture, type PictureInfo } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';

type Size = Pick<PictureInfo, 'width' | 'height'>;

/** Where a picture is cropped, in its own pixels. */
export interface Crop extends Size {
  left: number;
  top: number;
}

/**
 * What two pictures of different sizes both show, when their middles are the same place: a crop of each, and the size
 * that both are brought to (that of the coarser one: nothing is enlarged).
 */
export function commonCrop(a: Size, b: Size): { a: Crop; b: Crop; size: Size } {
  const scale = likelyScale(a.width / b.width, a.height / b.height);
  // In pixels of b.
  const shared = { width: Math.min(b.width, a.width / scale), height: Math.min(b.height, a.height / scale) };
  const unit = Math.min(1, scale);
  return {
    a: centred(a, { width: shared.width * scale, height: shared.height * scale }),
    b: centred(b, shared),
    size: { width: pixels(shared.width * unit), height: pixels(shared.height * unit) },
  };
}

/**
 * How large one picture is drawn against the other: by their widths, their heights, or between the two, whichever is
 * closest to 1 : 1, 1 : 2, 1 : 4 ..., as people export pictures; of equally close ones, the closest to 1 : 1.
 */
function likelyScale(byWidth: number, byHeight: number): number {
  const doublings = (scale: number): number => Math.log2(scale);
  const off = (scale: number): number => Math.round(1e6 * Math.abs(doublings(scale) - Math.round(doublings(scale))));
  const candidates = [byWidth, byHeight, Math.sqrt(byWidth * byHeight)];
  return candidates.sort((a, b) => off(a) - off(b) || Math.abs(doublings(a)) - Math.abs(doublings(b)))[0]!;
}

const pixels = (length: number): number => Math.max(1, Math.round(length));

function centred(whole: Size, part: Size): Crop {
  const [width, height] = [Math.min(whole.width, pixels(part.width)), Math.min(whole.height, pixels(part.height))];
  return { left: (whole.width - width) >> 1, top: (whole.height - height) >> 1, width, height };
}

/**
 * The pictures of a pair that must change to be of one size, as PNG; none where they are of one size already or where
 * one cannot be opened. @param folder of the dataset, to which the files are relative
 */
export async function cropPair(folder: string, a: string, b: string): Promise<{ file: string; png: Uint8Array }[]> {
  const [infoA, infoB] = await Promise.all([a, b].map((file) => sizeOf(join(folder, file))));
  if (!infoA || !infoB || (infoA.width === infoB.width && infoA.height === infoB.height)) return [];
  const common = commonCrop(infoA, infoB);
  const sides = [
    { file: a, info: infoA, crop: common.a },
    { file: b, info: infoB, crop: common.b },
  ].filter(({ info }) => info.width !== common.size.width || info.height !== common.size.height);
  return Promise.all(
    sides.map(async ({ file, info, crop }) => ({
      file,
      png: await cropped(join(folder, file), info, [crop, common.size]),
    })),
  );
}

async function sizeOf(file: string): Promise<PictureInfo | undefined> {
  return probePicture(file).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
}

async function cropped(file: string, info: PictureInfo, [crop, size]: [Crop, Size]): Promise<Uint8Array> {
  const { data, width, height, channels } = await decodePicture(file, { channels: info.hasAlpha ? 4 : 3 });
  return sharp(data, { raw: { width, height, channels, premultiplied: channels === 4 } })
    .extract(crop)
    .resize(size.width, size.height, { fit: 'fill', kernel: 'lanczos3' })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
