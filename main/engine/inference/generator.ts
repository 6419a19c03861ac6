/** A trained model that makes pictures of what it is asked for, with its weights built in. */
import { z } from 'zod';
import type { Asked } from '../../../models/families/program.ts';
import { traitsOf, type Trait } from '../../../models/families/traits.ts';
import { Random } from '../../../models/graph/random.ts';
import { sizeOf } from '../../../models/graph/tensor.ts';
import { strongestDirections } from '../../../models/latent/directions.ts';
import { foundAt, latentOf, type LatentShape, type Recipe } from '../../../models/latent/recipe.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { OrtError } from '../cpu/ort.ts';
import { fromPlanar, type Picture } from '../pictures/pictures.ts';
import { explainOrt } from './explain-ort.ts';
import { holdAt, type Bent } from './hold.ts';
import { OwnModel } from './own-model.ts';

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

/** How many points are remembered that took long to find. */
const REMEMBERED = 500;

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
  readonly #own: OwnModel;
  /** The numbers that it learned to listen to beside its latent, by the names that they are moved by. */
  readonly codes: readonly string[];
  /** The strongest first. */
  readonly #found: Directions;
  /** What was settled of pictures that are held, by all that it follows from: the newest last. */
  readonly #settled = new Map<string, Recipe>();
  /** The way that is bent around what was held last. */
  #bent: { key: string; way: Bent } | null = null;

  /** The runtime must be started. @throws UserError */
  constructor(bytes: Uint8Array, name: string) {
    const model = readOnnx(bytes);
    this.form = generatorForm(model, name);
    this.#found = directionsIn(model, this.form);
    this.codes = this.form.inputs.flatMap((input) => codesOf(input, this.form));
    const { inputs, output, channels, size } = this.form;
    const shapes = Object.fromEntries(inputs.map((input) => [input.name, input.shape]));
    try {
      const made = [1, channels, size, size];
      this.#own = new OwnModel(bytes, model, { inputs: () => shapes, output, made: () => made });
    } catch (error) {
      if (!(error instanceof OrtError)) throw error;
      throw new UserError(`${name} cannot be used: ${explainOrt(error)}`, { cause: error });
    }
  }

  /** What it can be moved by without being told: its codes, then the strongest directions of its latent. */
  get sliders(): string[] {
    return [...this.codes, ...Object.keys(this.#found)];
  }

  /** Makes one picture. @throws UserError for a label, or a direction, that is not known */
  async make(wish: Wish, directions: Directions = {}): Promise<Picture> {
    for (const name of Object.keys(wish.labels)) this.#requireLabels(name);
    const recipe = await this.#settle(wish.recipe, wish, directions);
    const planes = await this.#draw({ ...wish, recipe }, directions);
    const { size, channels } = this.form;
    return fromPlanar(planes, size, size, channels);
  }

  /** The point [levels, length] of its latent that a picture is made of. @throws UserError for a direction that is not known */
  async pointOf(wish: Wish, directions: Directions = {}): Promise<Float32Array> {
    const recipe = await this.#settle(wish.recipe, wish, directions);
    return this.#pointOf({ ...wish, recipe }, directions);
  }

  /** The planes [channels, size, size] of a picture in -1..1, where the next one will be. */
  #draw(wish: Wish, directions: Directions): Promise<Float32Array> {
    const { inputs, size } = this.form;
    const given = Object.fromEntries(inputs.map((input) => [input.name, this.#valueOf(input, wish, directions)]));
    return this.#own.run(given, { width: size, height: size });
  }

  /** The recipe, with the points that pictures were found at in the place of those that are held. */
  async #settle(recipe: Recipe, wish: Wish, directions: Directions): Promise<Recipe> {
    const parts: Record<string, unknown> = {};
    for (const [name, part] of Object.entries(recipe) as [string, unknown][])
      parts[name] = typeof part === 'object' ? await this.#settle(part as Recipe, wish, directions) : part;
    const settled = parts as Recipe;
    if (settled.kind !== 'held') return settled;
    const { of, seed, distance, ...part } = settled;
    const around = JSON.stringify([of, part, wish.labels, wish.truncation, wish.moves]);
    const key = JSON.stringify([around, seed, distance]);
    const known = this.#settled.get(key);
    if (known) return known;
    const { latent } = this.form;
    if (this.#bent?.key !== around) {
      const draw = (point: Float32Array): Promise<Float32Array> =>
        this.#draw({ ...wish, recipe: foundAt(point) }, directions);
      this.#bent = { key: around, way: await holdAt(draw, pointIn(of, latent), part, this.form) };
    }
    const towards = pointIn({ kind: 'near', of, seed, distance }, latent);
    const found = foundAt(await this.#bent.way(towards));
    this.#settled.set(key, found);
    if (this.#settled.size > REMEMBERED) this.#settled.delete(this.#settled.keys().next().value!);
    return found;
  }

  /** Where the last picture was made, as people call it; null for the processor. */
  get device(): string | null {
    return this.#own.device;
  }

  /** Why the card that is there does not run it, in words; null where it may, or there is none. */
  get refused(): string | null {
    return this.#own.refused;
  }

  release(): void {
    this.#own.release();
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
    return input.name === this.form.latent.input ? this.#pointOf(wish, directions) : otherValues(input, wish);
  }

  #pointOf(wish: Wish, directions: Directions): Float32Array {
    const moves = Object.fromEntries(Object.entries(wish.moves).filter(([name]) => !this.codes.includes(name)));
    return pointOf({ ...wish, moves }, this.form.latent, { ...this.#found, ...directions });
  }
}

/** What an input takes that is not led by a recipe. @throws UserError for a label that is not known */
export function otherValues(
  { name, asked, shape }: Input,
  { labels, moves }: Pick<Wish, 'labels' | 'moves'>,
): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (asked.from === 'labels')
    for (const trait of traitsOf(asked.labels, name)) data[trait.begin + placeOf(trait, labels[trait.name])] = 1;
  // Other noise (the codes of InfoGAN) stays in the middle until it is moved.
  else data.forEach((_, i) => (data[i] = moves[codeName(name, i)] ?? 0));
  return data;
}

const codeName = (input: string, i: number): string => `${input}-${i + 1}`;

/** The names of the numbers of an input of noise that is not the latent: each is a slider. */
const codesOf = ({ name, asked, shape }: Input, { latent }: GeneratorForm): string[] =>
  asked.from !== 'noise' || name === latent.input
    ? []
    : Array.from({ length: sizeOf(shape) }, (_, i) => codeName(name, i));

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
