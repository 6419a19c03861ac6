/**
 * A model of another tool, ready to run. Only running it tells what it gives: its results are taken as they come, in
 * whatever shape, and looked at for pictures.
 */
import { input } from '../../../models/graph/tensor.ts';
import { CONVERTED, withFloatBorder } from '../../../models/onnx/border.ts';
import { importGraph } from '../../../models/onnx/graph.ts';
import type { ModelInput, ReadModel } from '../../../models/onnx/read.ts';
import type { Dial, PictureIo } from '../../../preload/contract/index.ts';
import { UserError } from '../../errors.ts';
import { OrtError, Session, Value, type Answer, type Call } from '../cpu/ort.ts';
import { pack, shapeFor } from '../pictures/picture-io.ts';
import { Beside } from './beside.ts';
import { explainOrt } from './explain-ort.ts';
import type { Size } from './tiles.ts';

/** What of an io says how a picture goes in. */
export type GoesIn = Pick<PictureIo, 'layout' | 'range' | 'mean' | 'deviation' | 'channels' | 'output' | 'dials'>;

/** A result that is a picture, `scale` times as large as what went in. */
export interface PictureOutput {
  name: string;
  layout: PictureIo['layout'];
  channels: 1 | 3;
  scale: number;
}

const FLOAT = 1;

/** A call of the model for pictures of one size. */
interface Bound {
  key: string;
  call: Call;
  picture: Value;
  dials: ReadonlyMap<string, Value>;
  outputs: string[];
}

export class Foreign {
  /** The input that is the picture. */
  readonly picture: ModelInput;
  /** The inputs that are numbers, with what they are where nobody says otherwise. */
  readonly dials: readonly Dial[];
  readonly #outputs: readonly string[];
  readonly #inputs: readonly ModelInput[];
  readonly #session: Session;
  readonly #beside: Beside;
  #bound: Bound | undefined;

  /** @throws UserError with what keeps it from taking a picture, or ONNX Runtime from opening it */
  constructor(bytes: Uint8Array, model: ReadModel, chosen: string | null = null) {
    const { inputs, outputs } = model;
    this.#beside = new Beside(model);
    [this.picture, this.#inputs] = [pictureAmong(inputs, chosen), inputs];
    this.dials = inputs.filter((input) => input !== this.picture).map(dialOf);
    this.#outputs = outputs.map(({ name }) => name);
    this.#session = asUser(() => new Session(withFloatBorder(bytes)));
  }

  /** Whether the picture goes in as whole numbers. */
  get wholeNumbers(): boolean {
    return CONVERTED[this.picture.type]?.whole ?? false;
  }

  /**
   * What it gives for a picture (RGB planes in [-1, 1]): the output that is asked for, or all that it has.
   * @param level a level of 255 in what it gives: where it is said, and there is one output, a card may do it
   * @throws UserError when ONNX Runtime cannot do it, or a card that was named; Interrupted
   */
  async run(planes: Float32Array, io: GoesIn, size: Size, level: number | null = null): Promise<Map<string, Answer>> {
    const { key, call, picture, dials, outputs } = this.#bind(io, size);
    pack(planes, io, picture.data, { whole: this.wholeNumbers });
    for (const { name, value } of this.dials)
      dials.get(name)!.data[0] = io.dials.find((dial) => dial.name === name)?.value ?? value;
    const values = { [this.picture.name]: picture, ...Object.fromEntries(dials) };
    const given = mapped(values, ({ data }) => data);
    const [output] = outputs as [string];
    const besides = level !== null && outputs.length === 1;
    const made = besides ? await this.#beside.run(key, given) : null;
    if (made) return new Map([[output, made]]);
    try {
      await call.runAsync();
    } catch (error) {
      throw error instanceof OrtError ? explained(error) : error;
    }
    const answers = asUser(() => call.take());
    if (besides && this.#beside.wants(key))
      await this.#beside.show({
        ...{ key, given: mapped(given, (data) => data.slice()), made: answers[0]!.data.slice(), output, level },
        graph: (model) =>
          importGraph(
            model,
            mapped(values, ({ shape }, name) => input(name, shape)),
            [output],
          ),
      });
    return new Map(outputs.map((name, i) => [name, answers[i]!]));
  }

  /** Where the last picture was made; null for the processor. */
  get device(): string | null {
    return this.#beside.device;
  }

  /** Why the card that is there is not used, in words; null where it may be. */
  get refused(): string | null {
    return this.#beside.refused;
  }

  /** Ends the run under way, which then fails with Interrupted. */
  interrupt(): void {
    this.#bound?.call.interrupt();
  }

  release(): void {
    this.#beside.release();
    this.#session.release();
    this.#unbind();
  }

  /** The buffers for pictures of this size: kept, as the next picture mostly has the same. */
  #bind({ layout, channels, output }: GoesIn, size: Size): Bound {
    const shape = shapeFor(layout, size, channels === 'grey' ? 1 : 3);
    const key = [...shape, output].join();
    if (this.#bound?.key === key) return this.#bound;
    this.#unbind();
    const picture = Value.zeros(this.picture.shape?.length === 3 ? shape.slice(1) : shape);
    const others = this.#inputs.filter((input) => input !== this.picture);
    const dials = new Map(others.map((input) => [input.name, Value.zeros((input.shape ?? []).map(() => 1))]));
    const outputs = output === null ? [...this.#outputs] : [output];
    const results = Object.fromEntries(outputs.map((name) => [name, null]));
    const call = this.#session.bind({ [this.picture.name]: picture, ...Object.fromEntries(dials) }, results);
    return (this.#bound = { key, call: call.interruptible(), picture, dials, outputs });
  }

  #unbind(): void {
    for (const value of this.#bound?.call.values ?? []) value.dispose();
    this.#bound = undefined;
  }
}

const mapped = <T, U>(values: Readonly<Record<string, T>>, each: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, each(value, name)]));

/** A result as a picture; null where it is none of the size that went in, or of a multiple of it. */
export function pictureIn(name: string, { shape }: Answer, { width, height }: Size): PictureOutput | null {
  const lengths = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const found = (layout: PictureIo['layout'], c: number, h: number, w: number): PictureOutput | null => {
    const scale = h / height;
    if ((c !== 1 && c !== 3) || !Number.isInteger(scale) || scale < 1 || w !== width * scale) return null;
    return { name, layout, channels: c, scale };
  };
  if (lengths.length === 2) return found('nchw', 1, lengths[0]!, lengths[1]!);
  if (lengths.length !== 3) return null;
  const [a, b, c] = lengths as [number, number, number];
  return found('nchw', a, b, c) ?? found('nhwc', c, a, b);
}

/** @throws UserError unless exactly one input can be the picture */
function pictureAmong(inputs: readonly ModelInput[], chosen: string | null): ModelInput {
  const pictures = inputs.filter((input) => !isNumber(input));
  const picture = pictures.find(({ name }) => name === chosen) ?? pictures[0];
  if (!picture) throw new UserError('it takes no picture');
  const other = pictures.find((input) => input !== picture);
  if (other) throw new UserError(`it takes ${shown(picture)} and ${shown(other)}; it can be given one picture only`);
  for (const input of inputs)
    if (input.type !== FLOAT && !(input.type in CONVERTED))
      throw new UserError(`it takes values for "${input.name}" that are no numbers of a kind that Maquette knows`);
  const { shape } = picture;
  if (shape && shape.length !== 4 && shape.length !== 3)
    throw new UserError(`it takes ${shown(picture)}; pictures have four dimensions (batch, channels, height, width)`);
  if (shape?.length === 4 && typeof shape[0] === 'number' && shape[0] !== 1)
    throw new UserError(`it takes ${shape[0]} pictures at a time; save it for one, or for any number`);
  return picture;
}

/** An input of one value. Nothing is known of one without a shape: it is one where it has a value to begin with. */
const isNumber = ({ shape, preset }: ModelInput): boolean =>
  preset !== undefined || (shape !== null && (shape.length < 2 || shape.every((length) => length === 1)));

function dialOf({ name, shape, preset }: ModelInput): Dial {
  if (shape?.some((length) => typeof length === 'number' && length !== 1))
    throw new UserError(`it takes ${shape.join(' x ')} numbers for "${name}" beside the picture; it can be given one`);
  const value = preset ?? 1;
  return { name, value, least: Math.min(0, 2 * value), most: Math.max(1, 2 * value) };
}

/** @throws UserError where what is said of a model cannot be, by what its file says of its input */
export function requireFit({ picture: { shape } }: Foreign, { layout, channels, size }: PictureIo, name: string): void {
  if (!shape) return;
  const [a, b, c] = shape.slice(-3);
  const [said, height, width] = layout === 'nchw' ? [a, b, c] : [c, a, b];
  const takes = channels === 'grey' ? 1 : 3;
  const wrong = (what: string): UserError => new UserError(`${name} does not fit what is said of it: ${what}`);
  if (typeof said === 'number' && said !== takes) throw wrong(`it takes ${said} channels in this layout, not ${takes}`);
  if (
    [
      [height, size?.height],
      [width, size?.width],
    ].some(([is, wanted]) => typeof is === 'number' && is !== wanted)
  )
    throw wrong(`it takes pictures of ${width ?? 'any'} x ${height ?? 'any'} pixels`);
}

/** An input or output as messages show it. */
export const shown = ({ shape }: Pick<ModelInput, 'shape'>): string =>
  shape ? `[${shape.map((length) => length ?? '?').join(', ')}]` : 'something of any shape';

const explained = (error: OrtError): UserError => new UserError(explainOrt(error), { cause: error });

/** Does it. @throws UserError for what ONNX Runtime refuses */
function asUser<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof OrtError ? explained(error) : error;
  }
}
