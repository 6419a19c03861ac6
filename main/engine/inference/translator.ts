/**
 * A trained model that translates pictures, on ONNX Runtime, with its weights built in: one of ours, which says itself
 * what it takes, or one of another tool, of which a person (or a guess) says it.
 */
import type { PictureIo } from '../../../preload/contract/index.ts';
import { readOnnx, type ModelInput, type ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { OrtError, Session, Value, type Call } from '../cpu/ort.ts';
import { explainOrt } from './explain-ort.ts';
import { pack, shapeFor, unpack } from '../pictures/picture-io.ts';
import type { Size } from './tiles.ts';

/** Tiles of a model that takes any size: at most this wide and high, unless it was trained at more. */
const LARGEST_TILE = 512;
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
  channels: 3 | 4;
  /** Channels on the model's side. */
  takes: number;
  gives: number;
}

export class Translator {
  readonly channels: 3 | 4;
  /** Time spent inside ONNX Runtime so far, in milliseconds. */
  ortMs = 0;
  /** The lowest and the highest value that a model of another tool gave so far, as ours: black is -1, white 1. */
  readonly spread = { low: Infinity, high: -Infinity };
  readonly #name: string;
  readonly #form: Form;
  readonly #io: PictureIo | null;
  readonly #session: Session;
  #bound: Bound | undefined;

  /**
   * @param io how a model of another tool wants its pictures; null for one of ours
   * @throws UserError when it cannot translate pictures; `name` is how the message calls it
   */
  constructor(bytes: Uint8Array, name: string, io: PictureIo | null = null) {
    const model = readOnnx(bytes);
    this.#form = io ? formOfOther(model, name, io) : formOfOurs(model, name);
    [this.#name, this.#io, this.channels] = [name, io, this.#form.channels];
    try {
      this.#session = new Session(bytes);
    } catch (error) {
      if (!(error instanceof OrtError)) throw error;
      throw new UserError(`${name} is not a usable model: ${explainOrt(error)}`, { cause: error });
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

  /** Whether there is a size that pictures should be brought to for it. */
  get hasSize(): boolean {
    return this.#form.size !== null;
  }

  /**
   * The size of the tiles in which a picture is translated at its own size. Where the model is free they are as large
   * as memory allows, not as small as in training: instance normalisation looks at a whole tile, so that fewer and
   * larger ones differ less from each other, and less is computed twice where they overlap. A smaller picture is one
   * tile, mirrored outwards to the trained size at least.
   */
  tileFor({ width, height }: Size): Size {
    const { multiple, size } = this.#form;
    if (multiple === null) return { width: this.width, height: this.height };
    const largest = Math.max(multiple, LARGEST_TILE - (LARGEST_TILE % multiple));
    const side = (length: number, trained: number): number => Math.max(trained, Math.min(this.#fit(length), largest));
    return { width: side(width, size?.width ?? 0), height: side(height, size?.height ?? 0) };
  }

  /** Ends the translation under way, which then fails with Interrupted. */
  interrupt(): void {
    this.#bound?.call.interrupt();
  }

  /**
   * Translates one picture: planar [C, H, W] in [-1, 1], of the model's own size or, where it is free, of another. The
   * result is overwritten by the next call.
   * @throws Interrupted; UserError when a model of another tool fails
   */
  async run(planes: Float32Array, { width, height }: Size = this): Promise<Float32Array> {
    const { call, input, output, result } = this.#bind({ width, height });
    const io = this.#io;
    if (io) pack(planes, io, input.data);
    else input.data.set(planes);
    const started = performance.now();
    try {
      await call.runAsync();
    } catch (error) {
      if (io && error instanceof OrtError) throw refusedRun(error, this.#name);
      throw error;
    }
    this.ortMs += performance.now() - started;
    if (!io) return output.data;
    unpack(output.data, io, result);
    for (const value of result) {
      if (value < this.spread.low) this.spread.low = value;
      if (value > this.spread.high) this.spread.high = value;
    }
    return result;
  }

  release(): void {
    this.#session.release();
    this.#unbind();
  }

  /** The nearest length that the model takes and that is not smaller. */
  #fit(length: number): number {
    const multiple = this.#form.multiple ?? 1;
    return Math.ceil(length / multiple) * multiple;
  }

  /** The buffers for pictures of this size: kept, as the next picture mostly has the same. */
  #bind({ width, height }: Size): Bound {
    if (this.#bound?.size.width === width && this.#bound.size.height === height) return this.#bound;
    const { multiple, input, output, takes, gives } = this.#form;
    const fits = multiple === null ? width === this.width && height === this.height : this.#fits({ width, height });
    if (!fits) throw new RangeError(`${this.#name} does not take pictures of ${width} x ${height}`);
    this.#unbind();
    const io = this.#io ?? OURS;
    const [from, to] = [
      Value.zeros(shapeFor(io, { width, height }, takes)),
      Value.zeros(shapeFor(io, { width, height }, gives)),
    ];
    return (this.#bound = {
      ...{ size: { width, height }, input: from, output: to },
      result: new Float32Array(this.#io ? 3 * width * height : 0),
      call: this.#session.bind({ [input]: from }, { [output]: to }).interruptible(),
    });
  }

  #fits({ width, height }: Size): boolean {
    return this.#fit(width) === width && this.#fit(height) === height;
  }

  #unbind(): void {
    this.#bound?.input.dispose();
    this.#bound?.output.dispose();
    this.#bound = undefined;
  }
}

/** A call of the model for pictures of one size. */
interface Bound {
  size: Size;
  input: Value;
  output: Value;
  call: Call;
  /** In our planes, for models of other tools. */
  result: Float32Array;
}

/** Our models take what we work with. */
const OURS: PictureIo = {
  ...{ layout: 'nchw', range: '-1..1', outputRange: '-1..1', channels: 'rgb' },
  ...{ size: null, multiple: 1 },
};

function formOfOurs({ inputs, outputs, metadata }: ReadModel, name: string): Form {
  if (!metadata['maquette.family'] || metadata['maquette.range'] !== '-1..1')
    throw new UserError(`${name} is not a model that Maquette trained; it has no description of its input`);
  if (metadata['maquette.does'] === 'generate')
    throw new UserError(`${name} makes pictures from noise; it translates none`);
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
  if (output.shape.join() !== input.shape.join())
    throw new UserError(`${name} gives a picture of another size than it takes; it cannot translate pictures`);
  const side = multiple === null ? (height as number) : size!;
  return {
    ...{ input: input.name, output: output.name, size: { width: side, height: side }, multiple },
    ...{ channels, takes: channels, gives: channels },
  };
}

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;

function formOfOther({ inputs, outputs }: ReadModel, name: string, io: PictureIo): Form {
  const [input, output] = [inputs[0], outputs[0]];
  if (inputs.length !== 1 || !input || !output || input.shape.length !== 4)
    throw new UserError(`${name} does not take one picture; it cannot translate pictures`);
  const takes = io.channels === 'grey' ? 1 : 3;
  const channels = channelsOf(output, io);
  const gives = typeof channels === 'number' ? channels : takes;
  const wrong = (what: string): UserError => new UserError(`${name} does not fit what is said of it: ${what}`);
  const fixed = channelsOf(input, io);
  if (typeof fixed === 'number' && fixed !== takes)
    throw wrong(`it takes ${fixed} channels in this layout, not ${takes}`);
  if (gives !== 1 && gives !== 3) throw wrong(`it gives ${gives} channels in this layout`);
  const [height, width] = sizeOfShape(input, io);
  if (
    (typeof height === 'number' && height !== io.size?.height) ||
    (typeof width === 'number' && width !== io.size?.width)
  )
    throw wrong(`it takes pictures of ${width ?? 'any'} x ${height ?? 'any'} pixels`);
  return {
    ...{ input: input.name, output: output.name, size: io.size, multiple: io.size ? null : io.multiple },
    ...{ channels: 3, takes, gives },
  };
}

const channelsOf = ({ shape }: ModelInput, { layout }: PictureIo): ModelInput['shape'][number] | undefined =>
  shape[layout === 'nchw' ? 1 : 3];

function sizeOfShape({ shape }: ModelInput, { layout }: PictureIo): ModelInput['shape'] {
  return layout === 'nchw' ? shape.slice(2) : shape.slice(1, 3);
}

/** What ONNX Runtime says of a model of another tool that it cannot run, in a line for a person. */
const refusedRun = (error: OrtError, name: string): UserError =>
  new UserError(`${name} cannot translate this picture: ${explainOrt(error)}`, { cause: error });
