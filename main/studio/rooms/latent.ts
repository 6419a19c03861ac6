/** Generators of the library: what they make, what of it is kept, and files made from it. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { depthOf, DEEPEST } from '../../../models/latent/recipe.ts';
import type { Args, KeptPicture, Result, Wish } from '../../../preload/contract/index.ts';
import { wish as wishSchema } from '../../../preload/contract/schemas.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { readRecord, writeRecord } from '../../records.ts';
import { homeFolder } from '../places.ts';
import { KEPT, KEPT_END, type Kept } from '../latent/kept.ts';
import type { GeneratorFile } from '../latent/tasks.ts';
import { doTask } from '../file-jobs.ts';
import { TaskWorker } from '../tasks/client.ts';
import { listContents, thingsOf } from '../datasets/contents.ts';
import { mediaAddress, type Context } from './context.ts';
import type { Datasets } from './datasets.ts';
import type { Models } from './models.ts';
import type { Runs } from './runs.ts';

export class LatentRoom {
  readonly #context: Context;
  readonly #models: Models;
  readonly #runs: Runs;
  readonly #datasets: Datasets;
  /** A process of its own: a model that takes it down takes no thumbnails with it. */
  readonly #worker: TaskWorker;
  readonly #exports = new Map<string, string>();
  /** Why the card that is there does not run the model, as it was last told. */
  #refused: string | null = null;

  constructor(context: Context, datasets: Datasets, models: Models, runs: Runs) {
    [this.#context, this.#datasets, this.#models, this.#runs] = [context, datasets, models, runs];
    this.#worker = new TaskWorker(
      context.launch,
      (how) => new UserError(`The process that makes pictures ${how}; what you kept is safe, and it starts again`),
    );
  }

  async facts({ model }: Args<'latent.facts'>): Promise<Result<'latent.facts'>> {
    const { sliders, ...facts } = await this.#worker.run('generatorFacts', this.#file(model));
    const made = this.#read(model).sliders.map(({ id, title }) => ({ id, title }));
    return { ...facts, sliders: [...made, ...sliders] };
  }

  /** The PNG of one picture, for media: made when it is first looked at. @throws UserError */
  async picture(model: string, text: string): Promise<string> {
    const wish = readWish(text);
    const file = this.#file(model);
    const parts = [file.file, file.version, JSON.stringify(wish), JSON.stringify(file.directions)];
    const key = createHash('sha1').update(parts.join('\0')).digest('hex');
    const out = join(this.#made(), `${key}.png`);
    if (!existsSync(out)) {
      this.#runs.giveWay(GIVE_WAY_MS);
      const refused = await this.#worker.run('makePicture', { model: file, wish, out });
      if (refused !== null && refused !== this.#refused)
        this.#context.tell('notice', { level: 'info', message: refused, run: null });
      this.#refused = refused;
    }
    return out;
  }

  kept({ model }: Args<'latent.kept'>): KeptPicture[] {
    return this.#read(model).kept;
  }

  keep({ model, wish }: Args<'latent.keep'>): KeptPicture {
    refuseDeep(wish);
    const kept: KeptPicture = { id: randomUUID(), wish, created: new Date().toISOString() };
    this.#change(model, (before) => ({ kept: [...before.kept, kept] }));
    return kept;
  }

  drop({ model, kept: id }: Args<'latent.drop'>): null {
    this.#change(model, ({ kept }) => ({ kept: kept.filter((one) => one.id !== id) }));
    return null;
  }

  keyPictures({ model }: Args<'latent.keyPictures'>): Wish[] {
    return this.#read(model).keyPictures;
  }

  setKeyPictures({ model, wishes }: Args<'latent.setKeyPictures'>): null {
    for (const wish of wishes) refuseDeep(wish);
    this.#change(model, () => ({ keyPictures: [...wishes] }));
    return null;
  }

  async slider({ model, title, having, without }: Args<'latent.slider'>): Promise<Result<'latent.slider'>> {
    this.#context.folder.requireWritable();
    const direction = await this.#worker.run('directionBetween', { model: this.#file(model), having, without });
    const id = randomUUID();
    this.#change(model, ({ sliders }) => ({ sliders: [...sliders, { id, title, direction }] }));
    return { slider: id };
  }

  /** Pictures that are kept and were moved by it stand where they would without. */
  dropSlider({ model, slider }: Args<'latent.dropSlider'>): null {
    this.#change(model, ({ kept, sliders, keyPictures }) => ({
      kept: kept.map(({ wish, ...one }) => ({ ...one, wish: { ...wish, moves: without(wish.moves, slider) } })),
      sliders: sliders.filter(({ id }) => id !== slider),
      keyPictures: keyPictures.map((wish) => ({ ...wish, moves: without(wish.moves, slider) })),
    }));
    return null;
  }

  /** As a job of this title, which can be cancelled: then there is nothing. */
  async find({ model, token, labels, title }: Args<'latent.find'>): Promise<Result<'latent.find'>> {
    const picture = this.#context.tokens.path(token);
    const id = this.#context.folder.freshId('original');
    const out = join(this.#made(), `${id}.png`);
    const task = { model: this.#file(model), picture, labels, out };
    const found = await doTask(this.#context.queue, title, ['findPicture', task]);
    if (!found) return null;
    this.#exports.set(id, out);
    return { ...found, original: mediaAddress('made-file', id, basename(out)) };
  }

  /** The same, with the copy of the model that learned the picture. */
  async learn({ model, token, labels, title }: Args<'latent.learn'>): Promise<Result<'latent.learn'>> {
    this.#context.folder.requireWritable();
    const picture = this.#context.tokens.path(token);
    const out = join(this.#made(), `${this.#context.folder.freshId('learned')}.onnx`);
    const task = { model: this.#file(model), picture, labels, out };
    const learned = await doTask(this.#context.queue, title, ['learnPicture', task]);
    if (!learned) return null;
    const copy = this.#models.keepTaught(model, out, basename(picture, extname(picture)));
    rmSync(out);
    const recipe = { kind: 'seed', seed: learned.seed } as const;
    this.keep({ model: copy, wish: { recipe, truncation: 1, labels, moves: {} } });
    return { model: copy, recipe };
  }

  async nearest({ model, wish }: Args<'latent.nearest'>): Promise<Result<'latent.nearest'>> {
    refuseDeep(wish);
    const run = this.#models.runOf(model);
    const origin = run === null ? null : this.#runs.origin(run);
    if (!origin || origin.about.dataset === null || !this.#datasets.has(origin.about.dataset)) return null;
    const { about, heldOut } = origin;
    const held = new Set(heldOut);
    const among = (dataset: string | null) =>
      dataset === null || !this.#datasets.has(dataset)
        ? []
        : thingsOf(listContents(this.#datasets.folder(dataset))).map((thing) => ({ ...thing, dataset }));
    const learned = [...among(about.dataset).filter(({ name }) => !held.has(name)), ...among(about.also)];
    const files = learned.map(({ pictures }) => pictures[0]!.file);
    const nearest = await this.#worker.run('nearestPicture', { model: this.#file(model), wish, learned: files });
    if (!nearest) return null;
    const { name, pictures, dataset } = learned[nearest.index]!;
    return {
      picture: this.#datasets.thumbnail(dataset, pictures[0]!.file),
      name,
      distance: nearest.distance,
      copy: nearest.copy,
    };
  }

  /** Labels and variety are those of the first picture all the way. */
  path({ model, ...way }: Args<'latent.path'>): Promise<Wish[]> {
    way.keys.forEach(refuseDeep);
    this.#runs.giveWay(GIVE_WAY_MS);
    return this.#worker.run('wishesBetween', { model: this.#file(model), ...way });
  }

  async export({ model, wishes, as, fps }: Args<'latent.export'>): Promise<Result<'latent.export'>> {
    wishes.forEach(refuseDeep);
    const { id, title, out } = this.#export(model);
    const { file, bytes } = await this.#worker.run('exportMade', {
      model: this.#file(model),
      wishes,
      as,
      fps,
      out,
      title,
    });
    return this.#offer(id, file, bytes);
  }

  saveVideo({ model, video, as }: Args<'latent.saveVideo'>): Result<'latent.saveVideo'> {
    const { id, title, out } = this.#export(model);
    mkdirSync(out, { recursive: true });
    const file = join(out, `${title}.${as}`);
    writeAtomic(file, [video]);
    return this.#offer(id, file, video.length);
  }

  /** A new export of a model: its folder, and what its files are called. */
  #export(model: string): { id: string; title: string; out: string } {
    const id = this.#context.folder.freshId('export');
    const title = this.#models.title(model).replace(/[^\p{L}\p{N} ._-]+/gu, '-');
    return { id, title, out: join(this.#made(), id) };
  }

  #offer(id: string, file: string, bytes: number): Result<'latent.export'> {
    this.#exports.set(id, file);
    const name = basename(file);
    return { download: mediaAddress('made-file', id, name), name, bytes };
  }

  /** A file that was exported, for media. @throws UserError */
  exported(id: string): string {
    const file = this.#exports.get(id);
    if (file === undefined) throw new UserError('That export is gone; export it again');
    return file;
  }

  close(): void {
    this.#worker.close();
  }

  #file(model: string): GeneratorFile {
    const file = this.#models.file(model);
    const version = statSync(file).mtimeMs;
    const directions = Object.fromEntries(this.#read(model).sliders.map(({ id, direction }) => [id, direction]));
    const runs = { threads: this.#context.threads(), engine: this.#context.engine() };
    return { file, version, title: this.#models.title(model), ...runs, directions };
  }

  /** Where pictures lie that can be made again at any time: emptied when the project is opened. */
  #made(): string {
    const { folder } = this.#context;
    return folder.readOnly ? join(homeFolder(), 'exports') : folder.file('.maquette', 'exports');
  }

  #keptFile(model: string): string {
    this.#models.file(model); // refuses one that is not there
    return this.#context.folder.file('models', `${model}${KEPT_END}`);
  }

  #read(model: string): Kept {
    const file = this.#keptFile(model);
    return existsSync(file) ? readRecord(file, KEPT) : { format: 1, kept: [], sliders: [], keyPictures: [] };
  }

  #change(model: string, change: (before: Kept) => Partial<Kept>): void {
    this.#context.folder.requireWritable();
    const before = this.#read(model);
    writeRecord(this.#keptFile(model), { ...before, ...change(before) });
  }
}

const without = (moves: Wish['moves'], slider: string): Wish['moves'] =>
  Object.fromEntries(Object.entries(moves).filter(([id]) => id !== slider));

/** How long trainings give way to a picture, in milliseconds. */
const GIVE_WAY_MS = 400;

function readWish(text: string): Wish {
  try {
    const wish = wishSchema.parse(JSON.parse(text));
    refuseDeep(wish);
    return wish;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('There is nothing at this address', { cause: error });
  }
}

function refuseDeep({ recipe }: Wish): void {
  if (depthOf(recipe) > DEEPEST)
    throw new UserError(`That picture comes from ${DEEPEST} others, one after another; begin from a new one`);
}
