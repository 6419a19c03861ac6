/**
 * What a model of another tool probably takes. Nothing in an ONNX file says which values stand for black and white, or
 * which channel is red: this is a guess that a person can change, and that is used only once they said that it is right.
 */
import type { PictureIo } from '../../../preload/contract/index.ts';
import type { ModelInput, ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { explainOrt } from './explain-ort.ts';
import { OrtError, Session, Value } from '../cpu/ort.ts';
import { pack, RANGE_NAMES, shapeFor } from '../pictures/picture-io.ts';
import type { Size } from './tiles.ts';

/** Lengths that are tried where they are free: a multiple of many powers of two, and what lies one multiple above. */
const TRIED = 128;
const MULTIPLES = [1, 2, 4, 8, 16, 32, 64, 128];
/** Nobody would wait for a picture of which a model of a fixed size says that it is larger. */
const LARGEST_SIDE = 4096;

/** What the shapes alone say. `size` is null where the model leaves it open. */
type Form = Pick<PictureIo, 'layout' | 'channels' | 'size'> & { gives: number };

/**
 * The guess. It rests on
 * - the shapes: where the 1 or 3 channels are gives the layout; fixed lengths give the size;
 * - trials with lengths that are multiples of 1, 2, 4, ...: the first that works is taken as what the model needs;
 * - a trial of a synthetic picture in each range. A model whose answer to values up to 255 stays within 1 ends in a
 *   squashing function, and whether it goes below 0 tells -1..1 from 0..1. One that answers in tens even to values
 *   within 1 works in 0..255. Of any other (a plain sum of its inputs, say) nothing can be told: 0..1, as most exports
 *   have. What goes in is taken to have the range of what comes out, as in nearly all models.
 * - Colours are taken as red, green, blue, which cannot be found out.
 * @throws UserError with the one thing that keeps it from translating pictures
 */
export async function guessIo(model: ReadModel, bytes: Uint8Array): Promise<PictureIo> {
  const { gives, ...form } = readForm(model);
  const trial = new Trial(bytes, model, gives);
  try {
    const plain = { ...form, range: '0..1', outputRange: '0..1' } as const;
    const multiple = form.size ? 1 : await smallestMultiple(trial, plain);
    const size = form.size ?? { width: TRIED + multiple, height: TRIED + multiple };
    const answers = new Map<PictureIo['range'], Answer>();
    for (const range of RANGE_NAMES) answers.set(range, await trial.run({ ...plain, range, multiple }, size));
    const range = guessRange(answers);
    return { ...form, range, outputRange: range, multiple };
  } finally {
    trial.release();
  }
}

/** The lowest and the highest of what a model gave, without the utmost hundredths. */
interface Answer {
  low: number;
  high: number;
}

/** See `guessIo`. */
export function guessRange(answers: ReadonlyMap<PictureIo['range'], Answer>): PictureIo['range'] {
  const all = [...answers.values()];
  const [low, high] = [Math.min(...all.map((one) => one.low)), Math.max(...all.map((one) => one.high))];
  if (high <= 1.5 && low >= -1.5) return low < -0.05 ? '-1..1' : '0..1';
  const small = answers.get('-1..1')!;
  return Math.max(Math.abs(small.low), Math.abs(small.high)) > 10 ? '0..255' : '0..1';
}

function readForm({ inputs, outputs }: ReadModel): Form {
  const [input, output] = [inputs[0], outputs[0]];
  if (inputs.length !== 1 || !input || !output)
    throw new UserError(`it takes ${inputs.length} inputs; one picture is all that it can be given`);
  if (input.shape.length !== 4)
    throw new UserError(`it takes ${shown(input)}; pictures have four dimensions (batch, channels, height, width)`);
  if (typeof input.shape[0] === 'number' && input.shape[0] !== 1)
    throw new UserError(`it takes ${input.shape[0]} pictures at a time; save it for one, or for any number`);
  const layout = isChannels(input.shape[1]) ? 'nchw' : isChannels(input.shape[3]) ? 'nhwc' : null;
  if (!layout) throw new UserError(`it takes ${shown(input)}; neither place has the 1 or 3 channels of a picture`);
  const [takes, ...lengths] =
    layout === 'nchw' ? input.shape.slice(1) : [input.shape[3], input.shape[1], input.shape[2]];
  const fixed = lengths.filter((length) => typeof length === 'number');
  if (fixed.length === 1)
    throw new UserError(`it takes ${shown(input)}; height and width must both be fixed, or both be free`);
  if (fixed.some((length) => length < 1 || length > LARGEST_SIDE))
    throw new UserError(`it takes ${shown(input)}; a side can have at most ${LARGEST_SIDE} pixels`);
  const size = fixed.length === 2 ? { height: fixed[0]!, width: fixed[1]! } : null;
  const given = output.shape.length === 4 ? output.shape[layout === 'nchw' ? 1 : 3] : null;
  const sides = layout === 'nchw' ? output.shape.slice(2) : output.shape.slice(1, 3);
  if (size && sides.some((side, i) => typeof side === 'number' && side !== fixed[i])) throw otherSize(output);
  if (typeof given === 'number' && given !== 1 && given !== 3)
    throw new UserError(`it gives ${shown(output)}; a picture has 1 or 3 channels`);
  return { layout, channels: takes === 1 ? 'grey' : 'rgb', size, gives: given ?? takes } as Form;
}

const isChannels = (length: ModelInput['shape'][number] | undefined): boolean => length === 1 || length === 3;

const shown = ({ shape }: ModelInput): string => `[${shape.map((length) => length ?? '?').join(', ')}]`;

const otherSize = (output: ModelInput): UserError =>
  new UserError(
    `it gives a picture of another size than it takes (${shown(output)}); models that enlarge come with Upscale`,
  );

/** The least multiple that lengths must be of, among the powers of two. */
async function smallestMultiple(trial: Trial, io: Omit<PictureIo, 'multiple'>): Promise<number> {
  let last: unknown;
  for (const multiple of MULTIPLES) {
    try {
      await trial.run({ ...io, multiple }, { width: TRIED + multiple, height: TRIED + multiple });
      return multiple;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      last = error;
    }
  }
  throw last;
}

/** A model on its trial. */
class Trial {
  readonly #session: Session;
  readonly #model: ReadModel;
  readonly #gives: number;

  constructor(bytes: Uint8Array, model: ReadModel, gives: number) {
    [this.#model, this.#gives] = [model, gives];
    this.#session = made(() => new Session(bytes));
  }

  /** @throws UserError when it cannot take such a picture */
  async run(io: PictureIo, size: Size): Promise<Answer> {
    const [{ name: from }, { name: to }] = [this.#model.inputs[0]!, this.#model.outputs[0]!];
    const input = Value.zeros(shapeFor(io, size, io.channels === 'grey' ? 1 : 3));
    const output = Value.zeros(shapeFor(io, size, this.#gives));
    pack(synthetic(size), io, input.data);
    try {
      await this.#session.bind({ [from]: input }, { [to]: output }).runAsync();
      return answerOf(output.data);
    } catch (error) {
      if (!(error instanceof OrtError)) throw error;
      throw asUser(error);
    } finally {
      input.dispose();
      output.dispose();
    }
  }

  release(): void {
    this.#session.release();
  }
}

function made<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof OrtError ? asUser(error) : error;
  }
}

const asUser = (error: OrtError): UserError => new UserError(explainOrt(error), { cause: error });

function answerOf(values: Float32Array): Answer {
  const sorted = values.slice().sort();
  if (!sorted.every(Number.isFinite)) throw new UserError('it gives no numbers for an ordinary picture (NaN)');
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { low: at(0.01), high: at(0.99) };
}

/** A picture with all colours from black to white, slopes, edges and fine patterns: planes in [-1, 1]. */
function synthetic({ width, height }: Size): Float32Array {
  const planes = new Float32Array(3 * width * height);
  for (let c = 0, i = 0; c < 3; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [u, v] = [x / width, y / height];
        const slope = Math.cos(2 * Math.PI * (u * (1 + c) + v * (3 - c)));
        const edge = (Math.floor(u * 5) + Math.floor(v * 7) + c) % 2 ? 1 : -1;
        planes[i++] = v < 0.5 ? slope : (x + y) % 8 < 4 ? edge : slope;
      }
  return planes;
}
