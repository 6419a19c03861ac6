import { sharp } from '../main/engine/pictures/codecs.ts';

/** The share of a picture's pixels that are neither grey nor nearly so. */
export async function colourful(png: Buffer): Promise<number> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let many = 0;
  for (let i = 0; i < data.length; i += 3) {
    const channels = data.subarray(i, i + 3);
    if (Math.max(...channels) - Math.min(...channels) > 60) many++;
  }
  return many / (info.width * info.height);
}
