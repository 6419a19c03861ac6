/** A trained model that makes pictures of what it is asked for, on ONNX Runtime, with its weights built in. */
import { z } from 'zod';
import type { Asked } from '../../../models/families/program.ts';
import { traitsOf, type Trait } from '../../../models/families/traits.ts';
import { Random } from '../../../models/graph/random.ts';
import { strongestDirections } from '../../../models/latent/directions.ts';
import { latentOf, type LatentShape, type Recipe } from '../../../models/latent/recipe.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { OrtError, Session, Value, type Call } from '../cpu/ort.ts';
import { fromPlanar, type Picture } from '../pictures/pictures.ts';
import { explainOrt } from './explain-ort.ts';

/** What is asked of a generator: which point of its latent, how far out, and which label of each input that takes one. */
export interface Wish {
  recipe: Recipe;
  /** How far from the mean picture: 1 as it was trained; below it pictures are safer and more alike. */
  truncation: number;
  /** The label of each trait; the first where it is not said. */
  labels: Readonly<Record<string, string>>;
  /** How far to go along directions: those that were found in the model, and others that are given with it. */
  moves: Readonly<Record<string, number>>;
}

/** Directions by name: [length], the same for all levels, or [levels x length]. */
export type Directions = Readonly<Record<string, ArrayLike<number>>>;

/** How many directions are looked for in the weights. */
const FOUND = 6;

const asksSchema = z.record(
  z.string(),
  z.union([
    z.object({ from: z.literal('noise') }),
    z.object({ from: z.literal('labels'), labels: z.array(z.string()).min(1) }),
  ]),
);

/** An input of the model, what it is asked for, and its shape. */
interface Input {
  name: string;
  asked: Asked;
  shape: readonly number[];
}

/** What a generator's file says of it. */
export interface GeneratorForm {
  size: number;
  channels: 3 | 4;
  inputs: Input[];
  output: string;
  /** The first input of noise: what recipes lead. */
  latent: LatentShape & { input: string };
}

/** @throws UserError when it is no generator; `name` is how the message calls it */
export function generatorForm({ inputs, outputs, metadata }: ReadModel, name: string): GeneratorForm {
  if (metadata['maquette.does'] !== 'generate')
    throw new UserError(`${name} makes no pictures of its own; give a model that was trained on one set of pictures`);
  const asks = asksOf(metadata);
  const known = inputs.map((input): Input => {
    const [asked, { shape }] = [asks[input.name], input];
    if (!asked || !shape?.every((length) => typeof length === 'number'))
      throw new UserError(`${name} does not say what its input "${input.name}" takes`);
    return { name: input.name, asked, shape: shape };
  });
  const noise = known.find(({ asked }) => asked.from === 'noise');
  const [size, channels] = [Number(metadata['maquette.size']), Number(metadata['maquette.channels'])];
  const output = outputs[0];
  if (
    !noise ||
    !output ||
    output.shape?.join() !== [1, channels, size, size].join() ||
    (channels !== 3 && channels !== 4)
  )
    throw new UserError(`${name} does not make one picture of a known size out of noise`);
  const length = noise.shape.at(-1)!;
  const levels = noise.shape.reduce((product, each) => product * each, 1) / length;
  return { size, channels, inputs: known, output: output.name, latent: { input: noise.name, levels, length } };
}

/** What the inputs of a model take. Models of older versions took noise, and the labels that they name. */
function asksOf(metadata: ReadModel['metadata']): Readonly<Record<string, Asked>> {
  const said = metadata['maquette.asks'];
  if (said !== undefined) return asksSchema.parse(JSON.parse(said));
  const labels = z.array(z.string()).parse(JSON.parse(metadata['maquette.labels'] ?? '[]'));
  return { noise: { from: 'noise' }, label: { from: 'labels', labels } };
}

export class Generator {
  readonly form: GeneratorForm;
  readonly #session: Session;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #result: Value;
  readonly #call: Call;
  /** The strongest first. */
  readonly found: Directions;

  /** The runtime must be started. @throws UserError */
  constructor(bytes: Uint8Array, name: string) {
    const model = readOnnx(bytes);
    this.form = generatorForm(model, name);
    this.found = directionsIn(model, this.form);
    const { inputs, output, channels, size } = this.form;
    try {
      this.#session = new Session(bytes);
    } catch (error) {
      if (!(error instanceof OrtError)) throw error;
      throw new UserError(`${name} cannot be used: ${explainOrt(error)}`, { cause: error });
    }
    this.#values = new Map(inputs.map((input) => [input.name, Value.zeros(input.shape)]));
    this.#result = Value.zeros([1, channels, size, size]);
    this.#call = this.#session.bind(Object.fromEntries(this.#values), { [output]: this.#result });
  }

  /** Makes one picture. @throws UserError for a label, or a direction, that is not known */
  async make(wish: Wish, directions: Directions = {}): Promise<Picture> {
    for (const name of Object.keys(wish.labels)) this.#requireLabels(name);
    for (const input of this.form.inputs)
      this.#values.get(input.name)!.data.set(this.#valueOf(input, wish, directions));
    await this.#call.runAsync();
    const { size, channels } = this.form;
    return fromPlanar(this.#result.data, size, size, channels);
  }

  release(): void {
    this.#session.release();
    for (const value of this.#call.values) value.dispose();
  }

  #requireLabels(name: string): void {
    const labelled = traitsThat(this.form).map((trait) => trait.name);
    if (labelled.includes(name)) return;
    throw new UserError(
      labelled.length === 0
        ? 'The model learned no labels: leave them out'
        : `The model has no labels of the name "${name}", but of ${labelled.join(', ')}`,
    );
  }

  #valueOf(input: Input, wish: Wish, directions: Directions): Float32Array {
    const { latent } = this.form;
    if (input.name !== latent.input) return labelValues(input, wish.labels);
    return pointOf(wish, latent, { ...this.found, ...directions });
  }
}

/** What an input takes that is not led by a recipe. @throws UserError for a label that is not known */
export function labelValues({ name, asked, shape }: Input, labels: Wish['labels']): Float32Array {
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  // Other noise (the sliders of InfoGAN) stays in the middle: it is moved by hand.
  if (asked.from === 'labels')
    for (const trait of traitsOf(asked.labels, name)) data[trait.begin + placeOf(trait, labels[trait.name])] = 1;
  return data;
}

/** The traits that can be asked for, of all inputs. */
export const traitsThat = ({ inputs }: GeneratorForm): Trait[] =>
  inputs.flatMap(({ name, asked }) => (asked.from === 'labels' ? traitsOf(asked.labels, name) : []));

/** The point of the latent that is wished for, [levels, length]. @throws UserError for a direction that is not known */
function pointOf({ recipe, truncation, moves }: Wish, shape: LatentShape, directions: Directions): Float32Array {
  const point = pointIn(recipe, shape).map((value) => value * truncation);
  for (const [name, by] of Object.entries(moves)) {
    const direction = directions[name];
    if (!direction) throw new UserError('That slider is not there any more');
    for (let i = 0; i < point.length; i++) point[i] = point[i]! + by * direction[i % direction.length]!;
  }
  return point;
}

function pointIn(recipe: Recipe, shape: LatentShape): Float32Array {
  try {
    return latentOf(recipe, shape);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError('That picture was found with another model; look for it with this one', { cause: error });
  }
}

/** The directions that the layers react to most which the latent goes through first: those of all levels. */
function directionsIn({ weights }: ReadModel, { latent: { length } }: GeneratorForm): Directions {
  const layers = [...weights.values()].flatMap(({ data, shape }) =>
    shape.length === 2 && shape[1]! >= length ? [{ data, rows: shape[0]!, columns: shape[1]! }] : [],
  );
  return Object.fromEntries(strongestDirections(layers, length, FOUND).map((found, i) => [`found-${i + 1}`, found]));
}

/** Which of a trait's values is wished for: the first where nothing is said. */
function placeOf({ name, values }: Trait, wanted: string | undefined): number {
  if (wanted === undefined) return 0;
  const at = values.indexOf(wanted);
  if (at < 0) throw new UserError(`The model knows no ${name} "${wanted}"; it knows ${values.join(', ')}`);
  return at;
}

/** A wish for a seed: the whole latent as it was trained. */
export const wishFor = (recipe: Recipe, more: Partial<Omit<Wish, 'recipe'>> = {}): Wish => ({
  ...{ recipe, truncation: 1, labels: {}, moves: {} },
  ...more,
});

/** A seed that follows from another one: the `i`-th picture of a gallery. */
export const seedAt = (seed: number, i: number): number => new Random(seed, 'gallery', i).uint32();
