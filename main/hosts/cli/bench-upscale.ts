/**
 * `maquette bench upscale PICTURE|DIR...`: every upscaler that is brought along beside plain enlarging, on pictures that
 * are made smaller first. Protocol: laid over white, cut to a multiple of the factor, made smaller by Lanczos'
 * filter, enlarged to the old size; PSNR and SSIM on luma (BT.601), without `factor` pixels at each edge.
 */
import type { Command } from 'commander';
import { physicalCores } from '../../cores.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { readyUpscaler, readyUpscalers } from '../../engine/inference/ready-upscalers.ts';
import { openPicture, type OpenPicture } from '../../engine/inference/translate-picture.ts';
import { openUpscaler } from '../../engine/inference/upscale-files.ts';
import { resized, upscalePicture } from '../../engine/inference/upscale-picture.ts';
import { psnr, ssim } from '../../engine/metrics/metrics.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { collectPictures } from '../../studio/collect-pictures.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

const FACTORS = [2, 4];

type Enlarge = (small: OpenPicture, to: { width: number; height: number }) => Promise<OpenPicture>;

export function addBenchUpscale(bench: Command): void {
  bench
    .command('upscale')
    .description('how well, and how fast, the upscalers bring back pictures that were made smaller')
    .argument('<pictures...>', 'pictures, or folders of them')
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
    .option('--json', 'one JSON object a line')
    .action(benchUpscale);
}

async function benchUpscale(
  paths: readonly string[],
  { threads, json }: { threads: number; json?: true },
): Promise<void> {
  const output = new Output(json === true);
  startRuntime(threads);
  const { pictures } = await collectPictures(paths);
  const upscalers = readyUpscalers().map(({ id }) => ({ id, model: openUpscaler(readyUpscaler(id)) }));
  const ways: [string, Enlarge][] = [
    ['nearest', nearest],
    ['lanczos', (small, to) => Promise.resolve(resized(small, to))],
    ...upscalers.map(({ id, model }): [string, Enlarge] => [
      id,
      async (small, to) => resized(await upscalePicture(model, small), to),
    ]),
  ];
  for (const factor of FACTORS) {
    const sums = new Map(ways.map(([name]) => [name, { psnr: 0, ssim: 0, ms: 0 }]));
    let pixels = 0;
    for (const { file } of pictures) {
      const truth = await whole(await openPicture(file), factor);
      const small = resized(truth, { width: truth.width / factor, height: truth.height / factor });
      pixels += small.width * small.height;
      for (const [name, enlarge] of ways) {
        const began = performance.now();
        const result = await enlarge(small, truth);
        const sum = sums.get(name)!;
        sum.ms += performance.now() - began;
        const [a, b] = [lumaOf(result, factor), lumaOf(truth, factor)];
        sum.psnr += psnr(a.data, b.data);
        sum.ssim += ssim(a.data, b.data, { channels: 1, height: a.height, width: a.width });
      }
    }
    for (const [way, sum] of sums) {
      const scores = {
        psnr: sum.psnr / pictures.length,
        ssim: sum.ssim / pictures.length,
        msPerMegapixel: sum.ms / (pixels / 1e6),
      };
      output.line(
        `${factor}x  ${way.padEnd(16)} PSNR ${scores.psnr.toFixed(2)} dB  SSIM ${scores.ssim.toFixed(4)}  ${Math.round(scores.msPerMegapixel)} ms a megapixel`,
      );
      output.event({ event: 'scored', factor, way, pictures: pictures.length, ...scores });
    }
  }
  for (const { model } of upscalers) model.release();
}

/** Over white, without the rows and columns that no multiple of the factor has. */
async function whole(picture: OpenPicture, factor: number): Promise<OpenPicture> {
  const [width, height] = [picture.width, picture.height].map((side) => side - (side % factor)) as [number, number];
  const data = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 4 } })
    .flatten({ background: '#fff' })
    .extract({ left: 0, top: 0, width, height })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return { width, height, data, hasAlpha: false };
}

const nearest: Enlarge = async ({ data, width, height }, to) => {
  const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize(to.width, to.height, { fit: 'fill', kernel: 'nearest' })
    .raw()
    .toBuffer();
  return { width: to.width, height: to.height, data: bytes, hasAlpha: false };
};

/** Luma in [0, 1], without the outermost pixels. */
function lumaOf({ data, width, height }: OpenPicture, edge: number) {
  const [inner, rows] = [width - 2 * edge, height - 2 * edge];
  const luma = new Float32Array(inner * rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < inner; x++) {
      const at = ((y + edge) * width + x + edge) * 4;
      luma[y * inner + x] = (0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!) / 255;
    }
  return { data: luma, width: inner, height: rows };
}
