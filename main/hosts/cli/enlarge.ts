/**
 * How well pictures that were made smaller are brought back. Protocol: laid over white, cut to a multiple of the factor,
 * made smaller by a filter, enlarged to the old size. PSNR and SSIM on luma (BT.601), L1 and the sliced Wasserstein
 * distance on colours, all without `factor` pixels at each edge.
 */
import { Interrupted } from '../../engine/cpu/ort.ts';
import { openPicture, type OpenPicture } from '../../engine/inference/translate-picture.ts';
import type { Translator } from '../../engine/inference/translator.ts';
import { upscalePicture } from '../../engine/inference/upscale-picture.ts';
import { l1, psnr, ssim, type Scores } from '../../engine/metrics/metrics.ts';
import { SlicedWasserstein } from '../../engine/metrics/swd.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { CUBIC, LANCZOS, resample, type Filter } from '../../engine/pictures/resample.ts';

/** What makes pictures smaller. */
export const FILTERS = { lanczos: LANCZOS, bicubic: CUBIC } as const;

/** A way to enlarge. */
export type Enlarge = (small: OpenPicture, to: { width: number; height: number }) => Promise<OpenPicture>;

/** The picture at another size. */
function sized(
  picture: OpenPicture,
  { width, height }: { width: number; height: number },
  filter: Filter,
): OpenPicture {
  return { ...picture, width, height, data: resample(picture, { width, height }, filter) };
}

/** Ways that know nothing of pictures. */
export const PLAIN: Readonly<Record<'nearest' | 'bicubic' | 'lanczos', Enlarge>> = {
  nearest: async ({ data, width, height }, to) => {
    const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
      .resize(to.width, to.height, { fit: 'fill', kernel: 'nearest' })
      .raw()
      .toBuffer();
    return { width: to.width, height: to.height, data: bytes, hasAlpha: false };
  },
  bicubic: (small, to) => Promise.resolve(sized(small, to, CUBIC)),
  lanczos: (small, to) => Promise.resolve(sized(small, to, LANCZOS)),
};

/** By a model, then brought to the size where it makes another. */
export const enlargeBy =
  (model: Translator): Enlarge =>
  async (small, to) =>
    sized(await upscalePicture(model, small), to, LANCZOS);

/** A picture to be brought back, and what it is brought back from. */
export interface Task {
  truth: OpenPicture;
  small: OpenPicture;
}

/** @throws UserError for a picture that cannot be read */
export async function taskOf(file: string, factor: number, filter: Filter): Promise<Task> {
  const picture = await openPicture(file);
  const [width, height] = [picture.width, picture.height].map((side) => side - (side % factor)) as [number, number];
  const data = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 4 } })
    .flatten({ background: '#fff' })
    .extract({ left: 0, top: 0, width, height })
    .ensureAlpha()
    .raw()
    .toBuffer();
  const truth = { width, height, data, hasAlpha: false };
  return { truth, small: sized(truth, { width: width / factor, height: height / factor }, filter) };
}

/** The scores of one way over all pictures. */
export class EnlargingTotal {
  #n = 0;
  readonly #sums = { l1: 0, psnr: 0, ssim: 0 };
  /** By the size of the pictures: only equal ones can be compared as sets. */
  readonly #swd = new Map<string, { of: SlicedWasserstein; n: number }>();

  add(result: OpenPicture, truth: OpenPicture, edge: number): void {
    const [a, b] = [planesOf(result, edge), planesOf(truth, edge)];
    const { width, height } = a;
    const [x, y] = [lumaOf(a.data), lumaOf(b.data)];
    this.#n++;
    this.#sums.l1 += l1(a.data, b.data);
    this.#sums.psnr += psnr(x, y);
    this.#sums.ssim += ssim(x, y, { channels: 1, height, width });
    const size = `${width}x${height}`;
    const same = this.#swd.get(size) ?? { of: new SlicedWasserstein({ channels: 3, height, width }), n: 0 };
    same.of.add(a.data, b.data);
    this.#swd.set(size, { ...same, n: same.n + 1 });
  }

  /** The means over the pictures. */
  scores(): Scores {
    const n = this.#n;
    const swd = [...this.#swd.values()].reduce((sum, same) => sum + same.n * same.of.distance(), 0) / n;
    return { n, l1: this.#sums.l1 / n, psnr: this.#sums.psnr / n, ssim: this.#sums.ssim / n, swd };
  }
}

/** What came of one way. */
export interface WayTotal {
  scores: EnlargingTotal;
  /** How long it took for a megapixel of what was enlarged. */
  msPerMegapixel: number;
}

/**
 * Tries all ways on all pictures. Where the signal ends it, all ways are judged by the same pictures: those that the last
 * way was done with.
 * @throws UserError for a picture that cannot be read
 */
export async function compareWays(
  files: readonly string[],
  ways: readonly (readonly [name: string, enlarge: Enlarge])[],
  {
    factor,
    filter,
    signal,
    onDone,
  }: { factor: number; filter: Filter; signal: AbortSignal; onDone: (file: string, name: string) => void },
): Promise<Map<string, WayTotal>> {
  const totals = new Map(ways.map(([name]) => [name, { scores: new EnlargingTotal(), ms: 0 }]));
  let pixels = 0;
  for (const file of files) {
    const { truth, small } = await taskOf(file, factor, filter);
    const made: { name: string; result: OpenPicture; ms: number }[] = [];
    for (const [name, enlarge] of ways) {
      if (signal.aborted) break;
      const began = performance.now();
      const result = await enlarge(small, truth).catch((error: unknown) => {
        if (error instanceof Interrupted && signal.aborted) return null;
        throw error;
      });
      if (result === null) break;
      made.push({ name, result, ms: performance.now() - began });
      onDone(file, name);
    }
    if (made.length < ways.length) break;
    pixels += small.width * small.height;
    for (const { name, result, ms } of made) {
      const total = totals.get(name)!;
      total.scores.add(result, truth, factor);
      total.ms += ms;
    }
  }
  return new Map([...totals].map(([name, { scores, ms }]) => [name, { scores, msPerMegapixel: ms / (pixels / 1e6) }]));
}

export const sayScores = ({ psnr: peak, ssim: like, swd }: Scores): string =>
  `PSNR ${peak.toFixed(2)} dB  SSIM ${like.toFixed(4)}  SWD ${swd.toFixed(2)}`;

/** Planes of colours in [0, 1], without the outermost pixels. */
function planesOf({ data, width, height }: OpenPicture, edge: number) {
  const [inner, rows] = [width - 2 * edge, height - 2 * edge];
  const planes = new Float32Array(3 * inner * rows);
  for (let c = 0, to = 0; c < 3; c++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < inner; x++) planes[to++] = data[((y + edge) * width + x + edge) * 4 + c]! / 255;
  return { data: planes, width: inner, height: rows };
}

function lumaOf(planes: Float32Array): Float32Array {
  const pixels = planes.length / 3;
  return new Float32Array(pixels).map(
    (_, i) => 0.299 * planes[i]! + 0.587 * planes[pixels + i]! + 0.114 * planes[2 * pixels + i]!,
  );
}
