/** Files made from a drawing and what its model makes of it. Runs in a task worker of its own, as translating takes time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { isIn, plainLayer } from '../../../preload/contract/layers/stack.ts';
import type { DrawingLayer, DrawingState, ExportOptions } from '../../../preload/contract/schemas.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { Painting } from '../../engine/inference/painting.ts';
import { openModel, type ModelFile } from '../../engine/inference/model-file.ts';
import type { Work } from '../../engine/inference/translator.ts';
import { Variation } from '../../engine/inference/variation.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { NO_PIXELS, readLayer } from './drawing-folder.ts';
import { readDrawing } from './drawing-record.ts';
import { isOpaque, layDeep, pictureOf, type Painted, type Raster } from './picture.ts';
import { heightMap, mapPng, normalMap, reliefOf, type Relief } from '../../engine/pictures/maps.ts';
import { bytesOf } from '../../engine/pictures/psd-layers.ts';
import { writePsd } from './psd.ts';
import { paperLayer } from './psd-layers.ts';

export interface ExportDrawing {
  /** Of the drawing. */
  folder: string;
  /** The model that it is translated with; null where there is none. */
  model: ModelFile | null;
  /** What tells the height of maps; null for the result's brightness. */
  height: ModelFile | null;
  options: ExportOptions;
  threads: number;
}

/** A file in memory: its bytes, and how its name ends. */
interface Made {
  bytes: Uint8Array;
  ending: string;
}

/** Writes the file into `out`; gives its place. @throws UserError when the drawing or its model cannot be read */
export async function exportDrawing({
  out,
  ...args
}: ExportDrawing & { out: string }): Promise<{ file: string; bytes: number }> {
  const { title } = readDrawing(args.folder);
  const { bytes, ending } = await make(args);
  mkdirSync(out, { recursive: true });
  const file = join(out, `${fileName(title)}${ending}`);
  writeAtomic(file, [bytes]);
  return { file, bytes: bytes.length };
}

/** A map of the result, small, as the bytes of a PNG. */
export async function previewMap({ size, ...args }: ExportDrawing & { size: number }): Promise<Uint8Array> {
  const { bytes } = await make({ ...args, options: { ...args.options, format: 'png' } });
  return sharp(bytes).resize(size, size, { fit: 'inside', withoutEnlargement: true }).png().toBuffer();
}

async function make({ folder, model, height, options, threads }: ExportDrawing): Promise<Made> {
  const { title, state } = readDrawing(folder);
  const layers: Painted[] = [];
  for (const layer of state.layers) {
    const region = layer.role === 'group' ? NO_PIXELS : await readLayer(folder, layer.id);
    layers.push({ layer, region, mask: layer.mask && (await readLayer(folder, layer.mask.id)) });
  }
  const drawing = pictureOf(state, layers, 'paint');
  if (options.what === 'drawing')
    return DRAWING[options.format === 'psd' ? 'psd' : 'flat']({ drawing, layers, options, paper: state.paper });
  if (!model) throw new UserError('Choose a model first: without one there is no result to export');
  const plain = await translate(state, drawing, { model, work: 'translate', threads });
  const result = { ...plain, data: plain.data.slice() };
  layDeep(result, pictureOf({ ...state, paper: 'transparent' }, layers, 'correction'));
  const relief = async (): Promise<Relief> => {
    const told = height ? await heightsOf(state, result, { model: height, work: 'height', threads }) : result;
    return reliefOf(told, { invert: options.invert, wrap: state.wrap });
  };
  const parts = { drawing, plain, result, relief, layers, options, name: fileName(title), paper: state.paper };
  return RESULTS[options.what](parts);
}

const fileName = (title: string): string => title.replace(/[^\p{L}\p{N} ._-]+/gu, '-');

interface Sheet {
  drawing: Raster<Uint8Array>;
  layers: readonly Painted[];
  options: ExportOptions;
  paper: DrawingState['paper'];
}

interface Parts extends Sheet {
  plain: Raster<Uint16Array>;
  /** With the corrections that are visible. */
  result: Raster<Uint16Array>;
  /** How high the result stands: made when it is asked for. */
  relief: () => Promise<Relief>;
  /** Of the drawing, as files are called. */
  name: string;
}

const DRAWING = {
  flat: async ({ drawing, options }: Sheet): Promise<Made> => encoded(drawing, options),
  psd: (sheet: Sheet): Made => layered(sheet.drawing, drawn(sheet)),
};

/** A row for every kind of file that needs the result. */
const RESULTS: Record<Exclude<ExportOptions['what'], 'drawing'>, (parts: Parts) => Promise<Made>> = {
  result: ({ plain, result, layers, options }) =>
    options.format === 'psd'
      ? Promise.resolve(layered(result, [asLayer('Result', plain), ...corrections(layers)]))
      : encoded(result, options),
  both: ({ plain, result, ...sheet }) =>
    sheet.options.format === 'psd'
      ? Promise.resolve(
          layered(result, [
            ...inGroup({ title: 'Drawing', visible: false }, drawn(sheet)),
            asLayer('Result', plain),
            ...corrections(sheet.layers),
          ]),
        )
      : encoded(beside(toWords(sheet.drawing), result), sheet.options),
  height: async ({ relief, options }) => ({
    bytes: await heights(await relief(), depthOf(options)),
    ending: '_height.png',
  }),
  normal: async ({ relief, options }) => ({
    bytes: await normals(await relief(), options),
    ending: `_normal_${options.normals}.png`,
  }),
  material: async ({ relief, result, options, name }) => {
    const high = await relief();
    const files = {
      [`${name}_albedo.png`]: await encode(result, options.format),
      // Always 16 bits: with 8 a slope is a stair.
      [`${name}_height.png`]: await heights(high, 16),
      [`${name}_normal_${options.normals}.png`]: await normals(high, options),
    };
    return { bytes: zipSync(files, { level: 0 }), ending: '_material.zip' }; // PNG is packed already
  },
};

/** The paper and the layers of the drawing, as it looks: references lie in it too, hidden. */
const drawn = ({ drawing: { width, height }, layers, paper }: Sheet): Painted[] => [
  ...paperLayer({ width, height, paper }),
  ...ofRoles(layers, ['paint', 'reference']).map(({ layer, ...rest }) => ({
    ...rest,
    layer: { ...layer, visible: layer.visible && layer.role !== 'reference' },
  })),
];

/** They are laid over each other before they are over the result, so that modes and clipping see nothing but them. */
function corrections(layers: readonly Painted[]): Painted[] {
  const found = ofRoles(layers, ['correction']);
  return found.length > 0 ? inGroup({ title: 'Corrections', visible: true }, found) : [];
}

/** The layers with one of the roles, and the groups that hold any. */
function ofRoles(painted: readonly Painted[], roles: readonly DrawingLayer['role'][]): Painted[] {
  const layers = painted.map(({ layer }) => layer);
  const wanted = layers.filter(({ role }) => roles.includes(role));
  return painted.filter(({ layer }) => wanted.includes(layer) || wanted.some((each) => isIn(layers, each, layer.id)));
}

function inGroup({ title, visible }: Pick<DrawingLayer, 'title' | 'visible'>, layers: readonly Painted[]): Painted[] {
  const group = { ...plainLayer({ id: title, title }), role: 'group', visible } as const;
  // Names of its own: what held paint and corrections is in two groups now.
  const named = (id: string): string => `${title}/${id}`;
  const inside = layers.map((painted) => {
    const { id, group: outer } = painted.layer;
    return { ...painted, layer: { ...painted.layer, id: named(id), group: outer === null ? title : named(outer) } };
  });
  return [...inside, { layer: group, region: NO_PIXELS, mask: null }];
}

/** What the model makes of a picture of the drawing's size, at 16 bits. */
async function translate(
  { width, height, wrap, scaling, seed }: Pick<DrawingState, 'width' | 'height' | 'wrap' | 'scaling' | 'seed'>,
  drawing: Raster<Uint8Array>,
  { model, work, threads }: { model: ModelFile; work: Work; threads: number },
): Promise<Raster<Uint16Array>> {
  startRuntime(threads);
  const { bytes, translator } = openModel(model, work);
  const brush = { translator, variation: Variation.of(bytes) };
  const painting = new Painting({ drawing: '', width, height, wrap, scaling, seed }, brush);
  painting.take({ left: 0, top: 0, width, height, bytes: drawing.data });
  while ((await painting.paint('full', () => false)).left > 0);
  return { width, height, data: await painting.precise() };
}

/** How high a result stands, as grey: seen by the model as the drawing is, so that it sees pieces as large as it learned. */
async function heightsOf(
  state: DrawingState,
  { data, ...size }: Raster<Uint16Array>,
  how: Parameters<typeof translate>[2],
): Promise<Raster<Uint16Array>> {
  const told = await translate({ ...state, seed: 0 }, { ...size, data: bytesOf(data) }, how);
  for (let at = 3; at < data.length; at += 4) told.data[at] = data[at]!; // transparent places stay lowest
  return told;
}

async function encoded(picture: Raster, { format }: ExportOptions): Promise<Made> {
  return { bytes: await encode(picture, format), ending: format === 'webp' ? '.webp' : '.png' };
}

/** A picture as a file; without alpha where all of it is opaque. Pixels are kept exactly, in WebP too. */
function encode({ width, height, data }: Raster, format: ExportOptions['format']): Promise<Buffer> {
  const deep = data instanceof Uint16Array;
  const pixels = format === 'png16' ? (deep ? data : words(data)) : deep ? bytesOf(data) : data;
  const image = sharp(pixels, { raw: { width, height, channels: 4 } });
  if (isOpaque(pixels)) image.removeAlpha();
  if (format === 'webp') return image.webp({ lossless: true }).toBuffer();
  if (format === 'png16') image.toColourspace('rgb16');
  return image.png({ compressionLevel: 9 }).toBuffer();
}

const layered = ({ width, height }: Raster, layers: readonly Painted[]): Made => ({
  bytes: writePsd({ width, height, layers }),
  ending: '.psd',
});

function asLayer(title: string, { width, height, data }: Raster<Uint16Array>): Painted {
  const region = { left: 0, top: 0, width, height, bytes: bytesOf(data) };
  return { layer: plainLayer({ id: title, title }), region, mask: null };
}

/** Two pictures of one size side by side. */
function beside(left: Raster<Uint16Array>, right: Raster<Uint16Array>): Raster<Uint16Array> {
  const { width, height } = left;
  const data = new Uint16Array(2 * width * height * 4);
  for (let y = 0; y < height; y++)
    for (const [i, { data: side }] of [left, right].entries())
      data.set(side.subarray(y * width * 4, (y + 1) * width * 4), (2 * y + i) * width * 4);
  return { width: 2 * width, height, data };
}

const depthOf = ({ format }: ExportOptions): 8 | 16 => (format === 'png16' ? 16 : 8);

const heights = (relief: Relief, depth: 8 | 16): Promise<Buffer> => mapPng(heightMap(relief), relief, depth);

const normals = (relief: Relief, options: ExportOptions): Promise<Buffer> =>
  mapPng(normalMap(relief, { convention: options.normals, relief: options.relief }), relief, depthOf(options));

const words = (data: Uint8Array): Uint16Array => new Uint16Array(data).map((value) => value * 257);
const toWords = ({ data, ...size }: Raster<Uint8Array>): Raster<Uint16Array> => ({ ...size, data: words(data) });
