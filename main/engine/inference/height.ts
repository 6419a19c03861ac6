/** The height of a picture as a model tells it that learned heights. */
import type { Relief } from '../pictures/maps.ts';
import { whiteOf } from '../pictures/depth.ts';
import { tileOf, Tiling, translateTiled, type Raster } from './tiles.ts';
import type { Translator } from './translator.ts';

/**
 * Heights at the picture's own size, in tiles if need be. Transparent places are lowest.
 * @param wrap the picture tiles, and its heights do too
 * @throws Interrupted
 */
export async function tellHeight(translator: Translator, picture: Raster, wrap: boolean): Promise<Relief> {
  const { width, height, data } = picture;
  const { channels } = translator;
  const tiling = new Tiling(picture, translator.tileFor(picture), { multiple: translator.multiple, wrap });
  const relief: Relief = { width, height, data: new Float32Array(width * height), wrap };
  await translateTiled(
    tiling,
    channels,
    (at) => translator.run(tileOf(picture, tiling, at, channels), tiling.tile),
    ({ top, count, planes }) => {
      const pixels = count * width;
      for (let i = 0, to = top * width; i < pixels; i++, to++) {
        const grey = (planes[i]! + planes[pixels + i]! + planes[2 * pixels + i]!) / 3;
        relief.data[to] = (Math.min(1, Math.max(0, (grey + 1) / 2)) * data[4 * to + 3]!) / whiteOf(data);
      }
    },
  );
  return relief;
}
