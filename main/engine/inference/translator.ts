/**
 * A trained model that turns a picture into another, on ONNX Runtime, with its weights built in: one of ours, which says
 * itself what it takes, or one of another tool, of which a person (or a guess) says it. It translates, or it upscales.
 */
import type { PictureIo } from '../../../preload/contract/index.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { OrtError } from '../cpu/ort.ts';
import { explainOrt } from './explain-ort.ts';
import { Foreign, pictureIn, requireFit, shown } from './foreign.ts';
import { OwnModel, type OwnForm } from './own-model.ts';
import { levelOf, shapeFor, unpack } from '../pictures/picture-io.ts';
import { evenSide, overlapFor, type Size } from './tiles.ts';

/** Tiles of a model that takes any size: at most this wide and high, unless it was trained at more. */
const LARGEST_TILE = 512;
/** Tiles of a model that looks no further than a reach are no smaller. */
const LEAST_TILE = 32;
/** What the hungriest of those that are brought along takes for its largest tile, in bytes: measured (bench/RESULTS.md). */
const MEMORY_OF_LARGEST = 2 * 2 ** 30;
/** What a model of any size, of which nothing else is known, is given where a size is needed. */
const SOME_SIZE = 256;

/** What a model takes and gives, as its file says it. */
interface Form {
  input: string;
  output: string;
  /** The size that it was trained at or is fixed to; null where neither is known. */
  size: Size | null;
  /** Height and width are free, in multiples of this; null where they are fixed. */
  multiple: number | null;
  /** What lengths are more than a multiple. */
  rest: number;
  channels: 3 | 4;
  /** The result is so many times as wide and high. */
  scale: number;
  /** How far a pixel of the result looks, in pixels of the input; null where that is as far as the picture goes. */
  reach: number | null;
  /** Tiles are at most as wide and high: memory. */
  largest: number;
}

/** One of ours, that takes a picture and gives one. */
const pictureForm = ({ input, output, channels, scale }: Form): OwnForm => ({
  inputs: (size) => ({ [input]: shapeFor('nchw', size, channels) }),
  output,
  made: ({ width, height }) => shapeFor('nchw', { width: width * scale, height: height * scale }, channels),
});

/** What can be asked of a model. */
const WORKS = ['translate', 'upscale', 'height'] as const;
export type Work = (typeof WORKS)[number];

/** The work of a model as its file says it; models of older versions do not: they all translate. */
export const workOf = ({ metadata }: Pick<ReadModel, 'metadata'>): Work =>
  WORKS.find((work) => work === metadata['maquette.does']) ?? 'translate';

export class Translator {
  readonly channels: 3 | 4;
  /** Time spent inside ONNX Runtime so far, in milliseconds. */
  ortMs = 0;
  /** The lowest and the highest value that a model of another tool gave so far, as ours: black is -1, white 1. */
  readonly spread = { low: Infinity, high: -Infinity };
  readonly #name: string;
  readonly #form: Form;
  readonly #own: OwnModel | null;
  readonly #other: { io: PictureIo; foreign: Foreign } | null;
  /** Tiles are at most as wide and high. */
  #largest: number;

  /**
   * @param io how a model of another tool wants its pictures; null for one of ours
   * @throws UserError when it cannot do that work; `name` is how the message calls it
   */
  constructor(bytes: Uint8Array, name: string, io: PictureIo | null = null, work: Work = 'translate') {
    const model = readOnnx(bytes);
    this.#form = io ? formOfOther(io) : FORMS[work](model, name);
    [this.#name, this.channels, this.#largest] = [name, this.#form.channels, this.#form.largest];
    let foreign: Foreign | undefined;
    try {
      this.#own = io ? null : new OwnModel(bytes, model, pictureForm(this.#form));
      foreign = io ? new Foreign(bytes, model, io.input) : undefined;
      this.#other = io && foreign ? { io, foreign } : null;
      if (this.#other) requireFit(this.#other.foreign, this.#other.io, name);
    } catch (error) {
      foreign?.release(); // a process that ends with a session in it may crash
      throw unusable(name, error);
    }
  }

  /** The size that it takes when nothing else is asked for, in pixels: the one that it was trained at. */
  get width(): number {
    return this.#form.size?.width ?? this.#fit(SOME_SIZE);
  }

  get height(): number {
    return this.#form.size?.height ?? this.#fit(SOME_SIZE);
  }

  /** The side of the square pictures that a model of ours was trained on, in pixels. */
  get size(): number {
    return this.width;
  }

  /** Height and width are multiples of it, where they are free; else 1. */
  get multiple(): number {
    return this.#form.multiple ?? 1;
  }

  /** Its results are so many times as wide and high as its pictures. */
  get scale(): number {
    return this.#form.scale;
  }

  /** How tiles have to overlap for it. */
  get reach(): number | null {
    return this.#form.reach;
  }

  /** Whether there is a size that pictures should be brought to for it. */
  get hasSize(): boolean {
    return this.#form.size !== null;
  }

  /** Tiles are at most as wide and high, in pixels of the picture. */
  get largestTile(): number {
    return this.#largest;
  }

  /** Makes tiles small enough for so many bytes, as far as they can be. A tile takes as much as it has pixels. */
  fitTiles(bytes: number): void {
    const side = Math.floor(this.#form.largest * Math.sqrt(Math.max(0, bytes) / MEMORY_OF_LARGEST));
    this.#largest = Math.min(this.#largest, Math.max(this.#leastTile, side));
  }

  /** Halves the sides of tiles. Gives whether they became smaller: below a size they would be nothing but overlap. */
  halveTiles(): boolean {
    const was = this.#largest;
    this.#largest = Math.min(was, Math.max(this.#leastTile, was >> 1));
    return this.#largest < was;
  }

  get #leastTile(): number {
    return Math.max(LEAST_TILE, 2 * overlapFor(this.#form.reach ?? 0));
  }

  /**
   * The size of the tiles in which a picture is translated at its own size. Where the model is free they are as large
   * as memory allows, not as small as in training: instance normalisation looks at a whole tile, so that fewer and
   * larger ones differ less from each other, and less is computed twice where they overlap. A smaller picture is one
   * tile. Where the model looks no further than a reach, edges are what they are in a large picture, and it has its own
   * size; only the smallest are mirrored outwards, of which networks make nothing, or nothing right. Else it is mirrored
   * outwards to the trained size at least.
   */
  tileFor({ width, height }: Size): Size {
    const { multiple, size, reach } = this.#form;
    const most = this.#largest;
    if (multiple === null) return { width: this.width, height: this.height };
    const largest = Math.max(multiple, most - (most % multiple));
    const side = (length: number, trained: number): number => {
      if (reach !== null) return this.#fit(Math.max(LEAST_TILE, evenSide(length, largest, reach)));
      return Math.max(trained, Math.min(this.#fit(length), this.#fit(largest - this.#form.rest)));
    };
    return { width: side(width, size?.width ?? 0), height: side(height, size?.height ?? 0) };
  }

  /** Ends the translation under way, which then fails with Interrupted. */
  interrupt(): void {
    this.#own?.interrupt();
    this.#other?.foreign.interrupt();
  }

  /**
   * Translates one picture: planar [C, H, W] in [-1, 1], of the model's own size or, where it is free, of another. The
   * result is overwritten by the next call.
   * @throws Interrupted; UserError when a model of another tool fails
   */
  async run(planes: Float32Array, { width, height }: Size = this): Promise<Float32Array> {
    const { multiple } = this.#form;
    const fits = multiple === null ? width === this.width && height === this.height : this.#fits({ width, height });
    if (!fits) throw new RangeError(`${this.#name} does not take pictures of ${width} x ${height}`);
    const started = performance.now();
    const result = this.#own
      ? await this.#own.run({ [this.#form.input]: planes }, { width, height })
      : await this.#runOther(planes, { width, height });
    this.ortMs += performance.now() - started;
    return result;
  }

  async #runOther(planes: Float32Array, size: Size): Promise<Float32Array> {
    const { io, foreign } = this.#other!;
    const answers = await foreign.run(planes, io, size, levelOf(io.outputRange)).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${this.#name} cannot translate this picture: ${error.message}`, { cause: error });
    });
    const [name, answer] = [...answers][0]!;
    const picture = pictureIn(name, answer, size);
    if (picture?.scale !== 1)
      throw new UserError(
        `${this.#name} cannot translate this picture: it gives ${shown({ shape: [...answer.shape] })} for ${size.width} x ${size.height} pixels`,
      );
    const result = new Float32Array(3 * size.width * size.height);
    unpack(answer.data, { ...io, outputLayout: picture.channels === 1 ? 'nchw' : io.outputLayout }, result);
    for (const value of result) {
      if (value < this.spread.low) this.spread.low = value;
      if (value > this.spread.high) this.spread.high = value;
    }
    return result;
  }

  /** Where its last picture was made, as people call it; null for the processor. */
  get device(): string | null {
    return (this.#own ?? this.#other!.foreign).device;
  }

  /** Why the card that is there does not run it, in words; null where it may, or there is none. */
  get refused(): string | null {
    return (this.#own ?? this.#other!.foreign).refused;
  }

  release(): void {
    this.#own?.release();
    this.#other?.foreign.release();
  }

  /** The nearest length that the model takes and that is not smaller. */
  #fit(length: number): number {
    const { multiple, rest } = this.#form;
    return Math.ceil(Math.max(0, length - rest) / (multiple ?? 1)) * (multiple ?? 1) + rest;
  }

  #fits({ width, height }: Size): boolean {
    return this.#fit(width) === width && this.#fit(height) === height;
  }
}

function unusable(name: string, error: unknown): unknown {
  if (!(error instanceof OrtError || error instanceof UserError) || error.message.startsWith(name)) return error;
  const why = error instanceof OrtError ? explainOrt(error) : error.message;
  return new UserError(`${name} cannot be used: ${why}`, { cause: error });
}

/** What models of ours say of themselves, by the work that they are wanted for. @throws UserError where they do other work */
const FORMS: Readonly<Record<Work, (model: ReadModel, name: string) => Form>> = {
  translate: formOfTranslator,
  upscale: formOfUpscaler,
  height: formOfHeight,
};

function requireDescription({ metadata }: ReadModel, name: string): void {
  if (!metadata['maquette.family'] || metadata['maquette.range'] !== '-1..1')
    throw new UserError(`${name} is not a model that Maquette trained; it has no description of its input`);
}

function formOfUpscaler(model: ReadModel, name: string): Form {
  requireDescription(model, name);
  const { inputs, outputs, metadata } = model;
  if (metadata['maquette.does'] !== 'upscale') throw new UserError(`${name} does not upscale pictures`);
  const number = (key: string): number | null => wholeNumber(metadata[`maquette.${key}`]);
  const [scale, multiple, reach, largest] = ['scale', 'multiple', 'reach', 'tile'].map(number);
  // Of those that others trained the size says what smaller pictures are mirrored outwards to.
  const size = number('least') ?? number('size');
  const channels = inputs[0]?.shape?.[1];
  if (
    inputs.length !== 1 ||
    outputs.length !== 1 ||
    channels !== 3 ||
    !size ||
    !scale ||
    !multiple ||
    !reach ||
    !largest
  )
    throw new UserError(`${name} does not say how it upscales pictures`);
  return {
    ...{ input: inputs[0]!.name, output: outputs[0]!.name, size: { width: size, height: size } },
    ...{ multiple, rest: 0, channels, scale, reach, largest },
  };
}

function formOfTranslator(model: ReadModel, name: string): Form {
  const { metadata } = model;
  requireDescription(model, name);
  const other = OTHER_WORK[metadata['maquette.does'] ?? ''];
  if (other) throw new UserError(`${name} ${other}`);
  return formOfPictures(model, name);
}

/** Why a model that does something else does not translate. */
const OTHER_WORK: Readonly<Record<string, string>> = {
  generate: 'makes pictures from noise; it translates none',
  upscale: 'makes pictures larger; it is for Upscale, and translates none',
  height: 'tells the height of textures; it is for height maps, and translates none',
};

function formOfHeight(model: ReadModel, name: string): Form {
  requireDescription(model, name);
  if (model.metadata['maquette.does'] !== 'height') throw new UserError(`${name} does not tell the height of pictures`);
  return formOfPictures(model, name);
}

/** Of a model that gives a picture of the size of the one that it takes. @throws UserError where it does not */
function formOfPictures({ inputs, outputs, metadata }: ReadModel, name: string): Form {
  const [input, output] = [inputs[0], outputs[0]];
  const [batch, channels, height, width] = input?.shape ?? [];
  const size = wholeNumber(metadata['maquette.size']);
  const multiple = wholeNumber(metadata['maquette.multiple']);
  const sized =
    multiple === null
      ? typeof height === 'number' && height === width
      : typeof height === 'string' && typeof width === 'string' && size !== null && size % multiple === 0;
  if (inputs.length !== 1 || !input || !output || batch !== 1 || !sized || (channels !== 3 && channels !== 4))
    throw new UserError(`${name} does not take one picture of a known size; it cannot translate pictures`);
  if (output.shape?.join() !== input.shape?.join())
    throw new UserError(`${name} gives a picture of another size than it takes; it cannot translate pictures`);
  const side = multiple === null ? (height as number) : size!;
  return {
    ...{ input: input.name, output: output.name, size: { width: side, height: side } },
    ...{ multiple, rest: 0, channels, scale: 1, reach: null, largest: LARGEST_TILE },
  };
}

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;

const formOfOther = ({ input, output, size, multiple, rest }: PictureIo): Form => ({
  ...{ input: input ?? '', output: output ?? '', size, multiple: size ? null : multiple, rest: size ? 0 : rest },
  ...{ channels: 3, scale: 1, reach: null, largest: LARGEST_TILE },
});
