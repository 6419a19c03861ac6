/**
 * The picture that a person is drawing, and what a model makes of it. Only tiles whose part of the drawing changed are
 * translated again, a slice of time at a time, so that whatever is asked next is never far away.
 */
import type { Box } from '../../../preload/contract/index.ts';
import { sharp } from '../pictures/codecs.ts';
import { Interrupted } from '../cpu/ort.ts';
import { seamScore, TILED } from '../metrics/seams.ts';
import { Blend, tileOf, Tiling, type Tile } from './tiles.ts';
import type { Translator } from './translator.ts';
import type { Variation } from './variation.ts';

/** What is drawn and how it is translated. Another one of any of these begins anew. */
export interface Subject {
  drawing: string;
  width: number;
  height: number;
  wrap: boolean;
  scaling: 'tiles' | 'fit';
  seed: number;
}

/** Part of a picture: straight RGBA, rows from the top. */
export interface Region extends Box {
  bytes: Uint8Array;
}

/** The time for drafts and for one slice of a full translation, in milliseconds. At least one tile is done. */
const SLICE_MS = { draft: 60, full: 250 };
/** A change from pixel to pixel that can be seen: one level of 255 in each of three channels. */
const VISIBLE = 3;
/** Enlarging reads this far around a pixel. */
const REACH = 8;

export interface Painted {
  region: Region;
  modelMs: number;
  /** Where its last tile was made, as people call it; null for the processor. */
  device: string | null;
  /** Why the card that is there does not run the model, in words; null where it may, or there is none. */
  refused: string | null;
  seam: number | null;
  /** Tiles that still show what was drawn before. */
  left: number;
}

interface Cell {
  tile: Tile;
  /** The model's answer, planar, 0..65535; null before the first. */
  result: Uint16Array | null;
  stale: boolean;
}

/** A model that is loaded. */
export interface Brush {
  translator: Translator;
  variation: Variation | null;
}

export class Painting {
  readonly subject: Subject;
  readonly brush: Brush;
  readonly #drawing: Bitmap;
  /** The result at the size at which it is worked on: the drawing's, or the model's where the whole is fitted into it. */
  readonly #result: Bitmap;
  readonly #tiling: Tiling;
  readonly #cells: readonly Cell[];
  #known = false;
  #lastChange: Box;
  /** Counts what was drawn. */
  #changes = 0;

  constructor(subject: Subject, brush: Brush) {
    const { width, height, wrap, scaling } = subject;
    const { translator } = brush;
    [this.subject, this.brush] = [subject, brush];
    this.#drawing = bitmap(width, height);
    this.#result = scaling === 'fit' ? bitmap(translator.width, translator.height) : bitmap(width, height);
    this.#tiling = new Tiling(this.#result, translator, { wrap });
    this.#cells = this.#tiling.tiles.map((tile) => ({ tile, result: null, stale: true }));
    this.#lastChange = { left: 0, top: 0, width, height };
  }

  /** Whether the whole drawing was given. */
  get known(): boolean {
    return this.#known;
  }

  /** Goes on from the same drawing that was translated otherwise: with another model, seed or scaling. */
  adopt(other: Painting): void {
    const { width, height, data } = other.#drawing;
    if (other.known) this.take({ left: 0, top: 0, width, height, bytes: data });
  }

  /** Takes what was drawn. @throws RangeError when it lies outside the drawing */
  take({ bytes, ...box }: Region): void {
    const { width, height, data } = this.#drawing;
    if (box.left + box.width > width || box.top + box.height > height)
      throw new RangeError('The region lies outside the drawing');
    for (let y = 0; y < box.height; y++)
      data.set(bytes.subarray(y * box.width * 4, (y + 1) * box.width * 4), ((box.top + y) * width + box.left) * 4);
    this.#known ||= box.width === width && box.height === height;
    this.#lastChange = box;
    this.#changes++;
    for (const cell of this.#cells) cell.stale ||= this.#isFitted || this.#tiling.touches(cell.tile, box);
  }

  /**
   * Translates what is stale, what is nearest to the last change first, until the time is over or `urgent` says that
   * something else waits. Gives the part of the result that changed.
   */
  async paint(quality: 'draft' | 'full', urgent: () => boolean): Promise<Painted> {
    const began = performance.now();
    const { translator } = this.brush;
    const before = translator.ortMs;
    const done: Tile[] = [];
    const copied = this.#changes;
    const source = await this.#source();
    for (const cell of this.#inOrder()) {
      if (done.length > 0 && (urgent() || performance.now() - began > SLICE_MS[quality])) break;
      if (!(await this.#renew(cell, source, copied))) break;
      done.push(cell.tile);
    }
    const box = this.#boxOf(done);
    this.#blend(box, this.#result.data);
    const left = this.#cells.filter(({ stale }) => stale).length;
    const seam =
      this.subject.wrap && left === 0 && quality === 'full'
        ? seamScore({ ...this.#result, channels: 4 }, TILED, VISIBLE)
        : null;
    const { device, refused } = translator;
    return { region: await this.#shown(box), modelMs: translator.ortMs - before, device, refused, seam, left };
  }

  /** Ends what is being translated now: something more urgent waits. Nothing that was done is lost. */
  interrupt(): void {
    this.brush.translator.interrupt();
    this.brush.variation?.interrupt();
  }

  /** Translates a tile. @returns false when it was interrupted */
  async #renew(cell: Cell, source: Bitmap, copied: number): Promise<boolean> {
    const input = tileOf(source, this.#tiling, cell.tile, this.brush.translator.channels);
    // What is drawn from here on makes it stale again; what was drawn while a copy was made may not be in the copy.
    cell.stale = source !== this.#drawing && copied !== this.#changes;
    try {
      cell.result = toWords(await this.#translate(input));
      return true;
    } catch (error) {
      cell.stale = true;
      if (error instanceof Interrupted) return false;
      throw error;
    }
  }

  get #isFitted(): boolean {
    return this.subject.scaling === 'fit';
  }

  async #translate(input: Float32Array): Promise<Float32Array> {
    const { translator, variation } = this.brush;
    const { seed } = this.subject;
    if (seed === 0 || !variation) return translator.run(input);
    const began = performance.now();
    const result = await variation.run(input, seed);
    translator.ortMs += performance.now() - began;
    return result;
  }

  /** The stale cells: those that show nothing yet first, then the nearest to the last change. */
  #inOrder(): Cell[] {
    const { left, top, width, height } = this.#lastChange;
    const size = this.#tiling.tile;
    const distance = ({ tile }: Cell): number =>
      Math.hypot(tile.left + (size.width - width) / 2 - left, tile.top + (size.height - height) / 2 - top);
    return this.#cells
      .filter(({ stale }) => stale)
      .sort((a, b) => Number(a.result !== null) - Number(b.result !== null) || distance(a) - distance(b));
  }

  /** The drawing at the size at which it is translated. */
  #source(): Promise<Bitmap> | Bitmap {
    return this.#isFitted ? resized(this.#drawing, this.#result, this.subject.wrap) : this.#drawing;
  }

  /** What of the result the tiles can have changed: all of it where one goes over an edge to the other side. */
  #boxOf(tiles: readonly Tile[]): Box {
    const { width, height } = this.#result;
    if (tiles.length === 0) return { left: 0, top: 0, width: 0, height: 0 };
    const { tile, wrap } = this.#tiling;
    const [left, top] = [Math.min(...tiles.map(({ left }) => left)), Math.min(...tiles.map(({ top }) => top))];
    const right = Math.max(...tiles.map(({ left }) => left)) + tile.width;
    const bottom = Math.max(...tiles.map(({ top }) => top)) + tile.height;
    if (wrap && (right > width || bottom > height)) return { left: 0, top: 0, width, height };
    return { left, top, width: Math.min(right, width) - left, height: Math.min(bottom, height) - top };
  }

  /** Puts the tiles that are there together inside the box: straight RGBA of 8 or 16 bits, by the kind of `to`. */
  #blend(box: Box, to: Uint8Array | Uint16Array): void {
    const { channels } = this.brush.translator;
    const blend = new Blend(box, channels);
    for (const { tile, result } of this.#cells) if (result) this.#tiling.add(blend, tile, result);
    const { total, weight } = blend;
    const [plane, { width }] = [weight.length, this.#result];
    const most = to instanceof Uint16Array ? WORD : 255;
    for (let y = 0, i = 0; y < box.height; y++)
      for (let x = 0, at = ((box.top + y) * width + box.left) * 4; x < box.width; x++, i++, at += 4) {
        const sum = weight[i]! * WORD;
        if (sum === 0) continue; // no tile there yet
        const alpha = channels === 4 ? total[3 * plane + i]! / sum : 1;
        to[at + 3] = alpha * most + 0.5;
        const unit = to[at + 3] === 0 ? 0 : 1 / (sum * alpha); // the model's colours are premultiplied
        for (let c = 0; c < 3; c++) to[at + c] = Math.min(1, total[c * plane + i]! * unit) * most + 0.5;
      }
  }

  /** The whole result at 16 bits a channel, straight RGBA, at the size of the drawing. All must have been painted. */
  async precise(): Promise<Uint16Array> {
    const { width, height } = this.#result;
    const data = new Uint16Array(width * height * 4);
    this.#blend({ left: 0, top: 0, width, height }, data);
    const { wrap, ...subject } = this.subject;
    return (await resized({ data, width, height }, subject, wrap)).data;
  }

  /** The changed part of the result, at the size of the drawing. */
  async #shown(box: Box): Promise<Region> {
    const { width, height } = this.subject;
    if (!this.#isFitted || box.width === 0) return { ...box, bytes: cut(this.#result, box) };
    const { data } = await resized(this.#result, { width, height }, this.subject.wrap);
    return { left: 0, top: 0, width, height, bytes: data };
  }
}

/** Straight RGBA, rows from the top. */
interface Bitmap<Data extends Uint8Array | Uint16Array = Uint8Array> {
  data: Data;
  width: number;
  height: number;
}

const bitmap = (width: number, height: number): Bitmap => ({
  ...{ width, height },
  data: new Uint8Array(width * height * 4),
});

function cut<Data extends Uint8Array | Uint16Array>({ data, width }: Bitmap<Data>, box: Box): Data {
  const out = new (data.constructor as new (length: number) => Data)(box.width * box.height * 4);
  for (let y = 0; y < box.height; y++) {
    const from = ((box.top + y) * width + box.left) * 4;
    out.set(data.subarray(from, from + box.width * 4), y * box.width * 4);
  }
  return out;
}

/** Another size (Lanczos3). Where the picture wraps, pixels near an edge are made from both sides of it. */
async function resized<Data extends Uint8Array | Uint16Array>(
  from: Bitmap<Data>,
  { width, height }: { width: number; height: number },
  wrap: boolean,
): Promise<Bitmap<Data>> {
  if (from.width === width && from.height === height) return from;
  const [x, y] = wrap ? [marginOf(from.width, width), marginOf(from.height, height)] : [0, 0];
  const [left, top] = [(x * width) / from.width, (y * height) / from.height];
  const wide = { width: width + 2 * left, height: height + 2 * top };
  const raw = { width: from.width, height: from.height, channels: 4 } as const;
  const padded = await sharp(from.data, { raw })
    .extend({ left: x, right: x, top: y, bottom: y, extendWith: 'repeat' })
    .toColourspace(spaceOf(from.data))
    .raw({ depth: depthOf(from.data) })
    .toBuffer();
  const resize = sharp(typed(padded, from.data), {
    raw: { ...raw, width: raw.width + 2 * x, height: raw.height + 2 * y },
  });
  const data = await resize
    .resize(wide.width, wide.height, { fit: 'fill', kernel: 'lanczos3' })
    .toColourspace(spaceOf(from.data))
    .raw({ depth: depthOf(from.data) })
    .toBuffer();
  const large = { ...wide, data: typed(data, from.data) };
  return { width, height, data: wrap ? cut(large, { left, top, width, height }) : large.data };
}

/** A margin of whole pixels before and after resizing, so that what is cut off again shifts nothing. */
function marginOf(from: number, to: number): number {
  const unit = from / gcd(from, to);
  return Math.ceil(Math.max(REACH, (REACH * from) / to) / unit) * unit;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

const depthOf = (data: Uint8Array | Uint16Array): 'uchar' | 'ushort' =>
  data instanceof Uint16Array ? 'ushort' : 'uchar';

/** Unless it is told, libvips brings 16 bits down to 8, and says nothing. */
const spaceOf = (data: Uint8Array | Uint16Array): 'srgb' | 'rgb16' => (data instanceof Uint16Array ? 'rgb16' : 'srgb');

/** Bytes as an array of the same kind as another. */
function typed<Data extends Uint8Array | Uint16Array>(bytes: Buffer, like: Data): Data {
  if (like instanceof Uint8Array) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) as Data;
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length); // a Buffer may lie at an odd place
  return new Uint16Array(copy) as Data;
}

const WORD = 65535;

function toWords(planes: Float32Array): Uint16Array {
  const words = new Uint16Array(planes.length);
  for (let i = 0; i < planes.length; i++) words[i] = Math.max(0, Math.min(WORD, (planes[i]! + 1) * (WORD / 2) + 0.5));
  return words;
}
