/**
 * Pictures made smaller, as an upscaler is shown them: by a bicubic filter, or as pictures are found: blurred, badly
 * resized, noisy, with few colours, with the marks of JPEG (after Wang et al. 2021, arXiv:2107.10833, section 3). What
 * happens to a picture follows from the random numbers alone.
 */
import type { Smaller } from '../../../models/families/program.ts';
import type { Random } from '../../../models/graph/random.ts';
import { sharp, type Sharp } from '../pictures/codecs.ts';
import { fromPlanar, toPlanar, type Picture } from '../pictures/pictures.ts';
import { CUBIC, tapsOf, type Tap } from '../pictures/resample.ts';

/** Square planes (CHW) of numbers in [-1, 1]. */
export interface Planes {
  size: number;
  channels: 3 | 4;
  data: Float32Array;
}

/** The same picture, `factor` times smaller; its values are those of 8 bits, as those of files are. */
export function madeSmaller(of: Planes, { factor, how }: Omit<Smaller, 'of'>, random: Random): Promise<Float32Array> {
  return WAYS[how](of, of.size / factor, random);
}

const WAYS: Record<Smaller['how'], (of: Planes, to: number, random: Random) => Promise<Float32Array>> = {
  bicubic: (of, to) => Promise.resolve(bicubic(of, to)),
  found,
};

function bicubic({ size, channels, data }: Planes, to: number): Float32Array {
  const taps = tapsOf(size, to, CUBIC);
  const small = new Float32Array(channels * to * to);
  const rows = new Float32Array(size * to);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < size; y++) {
      const row = data.subarray((c * size + y) * size, (c * size + y + 1) * size);
      taps.forEach((tap, x) => (rows[y * to + x] = sumOf(tap, (at) => row[at]!)));
    }
    taps.forEach((tap, y) => {
      for (let x = 0; x < to; x++) small[(c * to + y) * to + x] = inBytes(sumOf(tap, (at) => rows[at * to + x]!));
    });
  }
  return small;
}

const sumOf = ({ first, shares }: Tap, value: (at: number) => number): number =>
  shares.reduce((sum, share, i) => sum + share * value(first + i), 0);

const inBytes = (value: number): number => Math.min(255, Math.max(0, Math.round((value + 1) * 127.5))) / 127.5 - 1;

const KERNELS = ['nearest', 'linear', 'cubic', 'lanczos3'] as const;

/**
 * Every number is drawn whether it is used or not, so that what one thing does leaves the others as they were. The shares
 * and ranges are mild: most pictures that people have are not ruined.
 */
async function found({ size, channels, data }: Planes, to: number, random: Random): Promise<Float32Array> {
  const [chance, between] = [
    (p: number) => random.uniform() < p,
    (a: number, b: number) => a + random.uniform() * (b - a),
  ];
  const [blurs, sigma] = [chance(0.4), between(0.4, 1.4)];
  const [detours, through] = [chance(0.3), Math.round(to * between(0.6, 1.6))];
  const [by, first] = [KERNELS[random.below(KERNELS.length)]!, KERNELS[random.below(KERNELS.length)]!];
  const [rustles, noise] = [chance(0.3), between(1, 10)];
  const [fewColours, colours, dithers] = [chance(0.2), 8 + random.below(120), chance(0.5)];
  const [jpegs, quality] = [chance(0.5), Math.round(between(40, 95))];

  let picture = fromPlanar(data, size, size, channels);
  const changed = async (change: (image: Sharp) => Sharp): Promise<void> => {
    const { width, height } = picture;
    const image = change(sharp(picture.data, { raw: { width, height, channels } }));
    const { data: bytes, info } = await image.raw().toBuffer({ resolveWithObject: true });
    picture = { width: info.width, height: info.height, channels, data: new Uint8Array(bytes) };
  };
  const sized = (side: number, kernel: (typeof KERNELS)[number]) =>
    changed((image) => image.resize(side, side, { fit: 'fill', kernel }));
  if (blurs) await changed((image) => image.blur(sigma));
  if (detours) await sized(through, first);
  await sized(to, by);
  if (rustles) addNoise(picture, noise, random);
  if (fewColours) await recoded((image) => image.png({ palette: true, colours, dither: dithers ? 1 : 0 }));
  if (jpegs && channels === 3) await recoded((image) => image.jpeg({ quality }));
  return toPlanar(picture);

  async function recoded(encode: (image: Sharp) => Sharp): Promise<void> {
    const raw = { width: to, height: to, channels };
    const bytes = await encode(sharp(picture.data, { raw })).toBuffer();
    const decoded = sharp(bytes).toColourspace('srgb');
    const whole = channels === 4 ? decoded.ensureAlpha() : decoded.removeAlpha();
    picture = { ...picture, data: new Uint8Array(await whole.raw().toBuffer()) };
  }
}

/** Adds independent normal numbers to the bytes. @param deviation in levels of 255 */
function addNoise({ data }: Picture, deviation: number, random: Random): void {
  random.normal(new Float32Array(data.length), 0, deviation).forEach((by, i) => {
    data[i] = Math.min(255, Math.max(0, Math.round(data[i]! + by)));
  });
}
