/**
 * PSDs made larger layer by layer: each layer's pixels go through the model by themselves, and what else a layer is made of
 * (order, groups, names, modes, opacity, masks, effects) is kept, its lengths scaled. What a layer knows besides its
 * pixels and cannot be scaled (letters, smart objects) is left out, and said in words.
 */
import type { Layer, LayerEffectsInfo, LayerMaskData, LayerVectorMask } from 'ag-psd';
import { UserError } from '../../errors.ts';
import { sniffFormat } from '../pictures/formats.ts';
import type { Rgba } from '../pictures/psd-colours.ts';
import { bytesOf, pixelsOf, readLayers, writeLayers } from '../pictures/psd-layers.ts';
import { readHeader, readProfile, withProfile } from '../pictures/psd.ts';
import { resample, TENT } from '../pictures/resample.ts';
import type { Box } from '../../../preload/contract/index.ts';
import type { Size } from './tiles.ts';
import { openBytes, type OpenPicture } from './translate-picture.ts';

/** The picture of the whole, as it was saved, and the layers that it was made of. */
export interface LayeredPicture extends OpenPicture<Uint8Array> {
  /** From the bottom to the top. */
  layers: Layer[];
  profile: Uint8Array | null;
}

export const hasLayers = (picture: object): picture is LayeredPicture => 'layers' in picture;

/** What a file becomes, and what a person should know of it. */
interface OpenLayers {
  picture: LayeredPicture;
  notes: string[];
}

/** Opens a PSD with its layers; null for any other file. @throws UserError naming the file */
export async function openLayered(bytes: Buffer, file: string): Promise<OpenLayers | null> {
  if (sniffFormat(bytes, file) !== 'psd') return null;
  const whole = await openBytes(bytes, file, undefined, false);
  const data = bytesOf(whole.data);
  const { mode, depth } = readHeader(bytes, file);
  const layers = readLayers(bytes);
  const isRgb = mode.name === 'RGB';
  const notes = [
    ...(isRgb ? [] : [`its ${mode.name} colours became RGB`]),
    ...(depth > 8 ? [`its ${depth} bits a channel became 8`] : []),
    ...(layers instanceof Error
      ? [`its layers cannot be read (${layers.message}), so that it is one picture`]
      : whatIsLost(layers)),
  ];
  const picture = {
    ...{ ...whole, data, layers: layers instanceof Error ? [] : layers },
    profile: isRgb ? readProfile(bytes, file) : null,
  };
  return { picture, notes };
}

/** A PSD has at most so many pixels on a side. */
const MOST_SIDE = 30_000;

/** @throws UserError where it is too large for a PSD */
export function encodeLayered({ profile, layers, ...picture }: LayeredPicture): Buffer {
  const { width, height } = picture;
  if (Math.max(width, height) > MOST_SIDE)
    throw new UserError(
      `${width} x ${height} pixels are more than a PSD can hold: it has at most ${MOST_SIDE} on a side`,
    );
  const bytes = writeLayers(picture, layers);
  return Buffer.from(profile === null ? bytes : withProfile(bytes, profile));
}

/** Something of a layer that is not there any more when it was made larger. */
interface Loss {
  says: string;
  has: (layer: Layer) => boolean;
}

const isShape = ({ vectorFill, vectorStroke }: Layer): boolean =>
  vectorFill !== undefined || vectorStroke !== undefined;
const LOSSES: readonly Loss[] = [
  { says: 'text became pixels', has: ({ text }) => text !== undefined },
  { says: 'smart objects became pixels', has: ({ placedLayer }) => placedLayer !== undefined },
  {
    says: 'shapes and fills became pixels',
    has: (layer) => isShape(layer) && layer.imageData !== undefined,
  },
  {
    says: 'shapes and fills that the file has no pixels of were left out',
    has: (layer) => isShape(layer) && layer.imageData === undefined,
  },
  {
    says: 'effects with patterns were left out',
    has: ({ effects }) => JSON.stringify(effects ?? {}) !== JSON.stringify(withoutPatterns(effects ?? {})),
  },
  { says: 'artboards became groups', has: ({ artboard }) => artboard !== undefined },
  {
    says: 'animations were left out',
    has: ({ animationFrames, timeline }) => animationFrames !== undefined || timeline !== undefined,
  },
];

const NAMED = 3;

/** What is lost of the layers, with the names of the first that have it. */
function whatIsLost(layers: readonly Layer[]): string[] {
  const all = (of: readonly Layer[]): Layer[] => of.flatMap((layer) => [layer, ...all(layer.children ?? [])]);
  const every = all(layers);
  return LOSSES.flatMap(({ says, has }) => {
    const names = every.filter(has).map(({ name }) => `"${name ?? ''}"`);
    if (names.length === 0) return [];
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    return [`${says} (${names.slice(0, NAMED).join(', ')}${more})`];
  });
}

/** Makes a part of the canvas larger: what lies where, and where it goes. `whole`: it is all of the canvas. */
export type Enlarge = (
  picture: OpenPicture<Uint8Array>,
  to: Box,
  at: { whole: boolean; onShare: (share: number) => void },
) => Promise<OpenPicture>;

/** All layers and the picture of the whole at another size. `onShare` hears how much is done, from 0 to 1. */
export async function enlargeLayered(
  picture: LayeredPicture,
  to: Size,
  { enlarge, onShare }: { enlarge: Enlarge; onShare: (share: number) => void },
): Promise<LayeredPicture> {
  const canvas = { left: 0, top: 0, width: picture.width, height: picture.height };
  const [tall, wide] = [to.height / canvas.height, to.width / canvas.width];
  const scaled = ({ left, top, width, height }: Box): Box => {
    const [x, y] = [Math.round(left * wide), Math.round(top * tall)];
    const [right, bottom] = [Math.round((left + width) * wide), Math.round((top + height) * tall)];
    return { left: x, top: y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
  };
  const count = 1 + countPixels(picture.layers);
  let done = 0;
  const enlarged = async (box: Box, data: Uint8Array, hasAlpha: boolean): Promise<OpenPicture<Uint8Array>> => {
    const target = scaled(box);
    const whole = box.left === 0 && box.top === 0 && box.width === canvas.width && box.height === canvas.height;
    const shown = (share: number): void => onShare((done + share) / count);
    const result = await enlarge({ width: box.width, height: box.height, data, hasAlpha }, target, {
      whole,
      onShare: shown,
    });
    done++;
    return { ...result, data: bytesOf(result.data) };
  };
  const layer = async (one: Layer): Promise<Layer | null> => {
    const { children, imageData, mask, realMask, vectorMask, effects } = one;
    if (isShape(one) && imageData === undefined) return null;
    const about: Layer = {
      ...kept(one),
      ...(mask && { mask: scaledMask(mask, scaled, Math.sqrt(tall * wide)) }),
      ...(realMask && { realMask: scaledMask(realMask, scaled, Math.sqrt(tall * wide)) }),
      // That of a shape is the shape, whose pixels are there.
      ...(vectorMask && !isShape(one) && { vectorMask: scaledPaths(vectorMask, wide, tall) }),
      ...(effects && { effects: scaledEffects(effects, Math.sqrt(tall * wide)) }),
    };
    if (children) return { ...about, children: await layersOf(children) };
    if (!imageData) return about;
    const { box, data } = surrounded(
      one.left ?? 0,
      one.top ?? 0,
      { ...imageData, data: bytesOf(imageData.data) },
      canvas,
    );
    const { left, top } = scaled(box);
    return { ...about, left, top, imageData: pixelsOf(await enlarged(box, data, true)) };
  };
  const layersOf = async (layers: readonly Layer[]): Promise<Layer[]> => {
    const all: Layer[] = [];
    for (const each of layers) {
      const made = await layer(each);
      if (made) all.push(made);
    }
    return all;
  };
  const { data, width, height } = await enlarged(canvas, picture.data, picture.hasAlpha);
  return { ...picture, width, height, data, layers: await layersOf(picture.layers) };
}

const countPixels = (layers: readonly Layer[]): number =>
  layers.reduce((sum, { imageData, children = [] }) => sum + (imageData ? 1 : 0) + countPixels(children), 0);

/** What of a layer has no length in pixels. */
const KEPT = [
  ...(['name', 'nameSource', 'opacity', 'fillOpacity', 'hidden', 'clipping', 'blendMode', 'protected'] as const),
  ...(['transparencyProtected', 'layerColor', 'opened', 'knockout', 'blendingRanges', 'adjustment'] as const),
  ...(['blendClippendElements', 'blendInteriorElements', 'layerMaskAsGlobalMask', 'transparencyShapesLayer'] as const),
  ...(['channelBlendingRestrictions', 'effectsOpen'] as const),
] satisfies (keyof Layer)[];

const kept = (layer: Layer): Layer =>
  Object.fromEntries(KEPT.flatMap((key) => (layer[key] === undefined ? [] : [[key, layer[key]]])));

/** Beyond its pixels a layer is clear: a model is to see that, where it is not beyond the canvas. In pixels. */
const AROUND = 4;

function surrounded(
  left: number,
  top: number,
  { width, height, data }: Rgba,
  canvas: Box,
): { box: Box; data: Uint8Array } {
  const before = (at: number): number => Math.max(0, Math.min(AROUND, at));
  const [west, north] = [before(left), before(top)];
  const [east, south] = [before(canvas.width - left - width), before(canvas.height - top - height)];
  const box = { left: left - west, top: top - north, width: width + west + east, height: height + north + south };
  const wider = new Uint8Array(box.width * box.height * 4);
  for (let y = 0; y < height; y++)
    wider.set(data.subarray(y * width * 4, (y + 1) * width * 4), ((y + north) * box.width + west) * 4);
  return { box, data: wider };
}

/** Masks are scaled by a filter: their greys are no picture, and what is white in one stays white. */
function scaledMask(mask: LayerMaskData, scaled: (box: Box) => Box, factor: number): LayerMaskData {
  const { left = 0, top = 0, imageData, userMaskFeather, vectorMaskFeather, ...rest } = mask;
  const feathers = {
    ...(userMaskFeather !== undefined && { userMaskFeather: userMaskFeather * factor }),
    ...(vectorMaskFeather !== undefined && { vectorMaskFeather: vectorMaskFeather * factor }),
  };
  if (!imageData || imageData.width * imageData.height === 0) return { ...rest, ...feathers };
  const { width, height } = imageData;
  const box = scaled({ left, top, width, height });
  const data = resample({ width, height, data: bytesOf(imageData.data) }, box, TENT);
  return {
    ...{ ...rest, ...feathers, left: box.left, top: box.top },
    ...{ right: box.left + box.width, bottom: box.top + box.height, imageData: pixelsOf({ ...box, data }) },
  };
}

/** `points` are x and y in turn, in pixels. */
const scaledPaths = ({ paths, ...mask }: LayerVectorMask, wide: number, tall: number): LayerVectorMask => ({
  ...mask,
  paths: paths.map((path) => ({
    ...path,
    knots: path.knots.map((knot) => ({
      ...knot,
      points: knot.points.map((value, i) => value * (i % 2 === 0 ? wide : tall)),
    })),
  })),
});

/** Patterns lie elsewhere in a file, and are not brought along. */
function withoutPatterns(effects: LayerEffectsInfo): LayerEffectsInfo {
  const plain = (effect: unknown): boolean => typeof effect !== 'object' || effect === null || !('pattern' in effect);
  return Object.fromEntries(
    Object.entries(effects).flatMap(([name, effect]: [string, unknown]) =>
      Array.isArray(effect) ? [[name, effect.filter(plain)]] : plain(effect) ? [[name, effect]] : [],
    ),
  );
}

/** Every length of effects that is in pixels, as large as the picture. */
function scaledEffects(effects: LayerEffectsInfo, factor: number): LayerEffectsInfo {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    if ('units' in value && 'value' in value && value.units === 'Pixels' && typeof value.value === 'number')
      return { ...value, value: value.value * factor };
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]));
  };
  return walk(withoutPatterns(effects)) as LayerEffectsInfo;
}
