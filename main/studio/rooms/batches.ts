/**
 * Pictures that a model translates or makes larger: batches in `pictures/<id>/`, each a `batch.json` beside its results. A batch is worked on by a
 * job, in a process of its own; what it made is kept whatever happens, and going on makes only what is missing.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Args, Batch, BatchPicture, FileNote, Result } from '../../../preload/contract/index.ts';
import {
  picturesIn,
  resultFile,
  savedFiles,
  type NamedPicture,
  type Naming,
} from '../../engine/inference/result-file.ts';
import { animationOfName, type AnimationFormat } from '../../engine/pictures/formats.ts';
import { grouped } from '../../counted.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { readRecord, writeRecord } from '../../records.ts';
import { forgetPlaces, readPlaces, writePlaces } from '../batch-places.ts';
import type { BatchWork } from '../batch-tasks.ts';
import { workOnBatch } from '../batch-work.ts';
import type { Control, JobKind, Outcome } from '../jobs.ts';
import { namesOf } from '../datasets/file-names.ts';
import { BATCH, type BatchRecord } from '../project-files.ts';
import { ENGINE_LANE, mediaAddress, type Context } from './context.ts';
import type { Models } from './models.ts';

/** What the studio knows of a batch besides its record. */
interface Known {
  record: BatchRecord;
  /** Results that are there. */
  done: number;
  job: string | null;
  /** The originals by name; read when they are first asked for. */
  places: ReadonlyMap<string, string> | null;
}

const argumentsSchema = z.object({ batch: z.string() });

/** The project is told at most this often how far a batch is, in milliseconds. */
const EVERY = 1000;

export class Batches {
  readonly #context: Context;
  readonly #models: Models;
  readonly #known = new Map<string, Known>();

  constructor(context: Context, models: Models) {
    [this.#context, this.#models] = [context, models];
  }

  /** A job of this kind works on one batch. */
  readonly jobs: JobKind = {
    lane: ENGINE_LANE,
    first: true,
    entered: (given, job) => {
      const { batch } = argumentsSchema.parse(given);
      this.#of(batch).job = job;
      this.#write(batch, { state: 'queued', message: null });
    },
    work: (given, control) => this.#work(argumentsSchema.parse(given).batch, control),
    left: (given, outcome) => this.#left(argumentsSchema.parse(given).batch, outcome),
  };

  /** The batches, the newest first. */
  list(): Batch[] {
    return this.#ids()
      .map((id) => this.#describe(id))
      .sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  start({ model, direction, tokens, again, size, title }: Args<'translate.start'>): Promise<{ batch: string }> {
    this.#models.toTranslate(model, direction); // refuses what cannot be used
    const how = { model, direction, size, upscale: null };
    return this.#start(how, { tokens, again, title, name: title ?? this.#models.title(model) });
  }

  startUpscaling({ tokens, again, title, ...upscale }: Args<'upscale.start'>): Promise<{ batch: string }> {
    const { title: name } = this.#models.toUpscale(upscale.upscaler); // refuses what is not there
    const how = { model: null, direction: 'AtoB', size: 'own', upscale } as const;
    return this.#start(how, { tokens, again, title, name: title ?? name });
  }

  async #start(
    how: Pick<BatchRecord, 'model' | 'direction' | 'size' | 'upscale'>,
    { tokens, again, title, name }: Given & { title: string | undefined; name: string },
  ): Promise<{ batch: string }> {
    const { folder } = this.#context;
    folder.requireWritable();
    const { pictures, called, notes } = again === undefined ? await this.#collect(tokens) : this.#once(again);
    const id = folder.freshId(name);
    writePlaces(folder.id, id, Object.fromEntries(pictures.map(({ name, file }) => [name, file])));
    this.#known.set(id, {
      record: {
        ...{ format: 1, title: title ?? called, created: new Date().toISOString(), ...how },
        ...{
          state: 'queued',
          message: null,
          names: pictures.map(({ name }) => name),
          problems: {},
          ...{ changed: {}, tiles: null },
          kept: [],
        },
        ...notes,
      },
      ...{ done: 0, job: null, places: null },
    });
    if (again !== undefined) for (const { name } of pictures) this.#carryMask(name, again, id);
    this.#begin(id);
    return { batch: id };
  }

  async #collect(tokens: readonly string[]): Promise<Chosen> {
    if (tokens.length === 0) throw new UserError('No pictures were chosen');
    const paths = tokens.map((token) => this.#context.tokens.path(token));
    const { pictures, skipped, renamed } = await this.#context.worker.run('collectPictures', { paths });
    return { pictures, called: titleOf(paths), notes: notesOf(paths, { skipped, renamed }) };
  }

  /** The pictures of a batch, to be worked on once more. @throws UserError where their places are not known */
  #once(batch: string): Chosen {
    const { names, title, skipped, renamed } = this.#of(batch).record;
    const places = this.#places(batch);
    const pictures = names.flatMap((name) => (places.has(name) ? [{ name, file: places.get(name)! }] : []));
    if (pictures.length === 0) throw new UserError('These pictures were chosen on another machine; choose them again');
    return { pictures, called: title, notes: { skipped, renamed } };
  }

  pause({ batch }: Args<'translate.pause'>): null {
    const { job } = this.#of(batch);
    if (job === null) throw new UserError('Nothing is being made of these pictures');
    this.#context.queue.pause(job);
    this.#context.changed();
    return null;
  }

  resume({ batch }: Args<'translate.resume'>): null {
    const { folder, queue } = this.#context;
    folder.requireWritable();
    const known = this.#of(batch);
    const { record, job } = known;
    if (job !== null) queue.resume(job);
    else {
      if (known.done === record.names.length) throw new UserError('All of these pictures are done');
      this.#workOf(record);
      if (this.#places(batch).size === 0)
        throw new UserError('These pictures were chosen on another machine; choose them again to do the rest');
      this.#begin(batch);
    }
    this.#context.changed();
    return null;
  }

  /** What is to be made of its pictures. @throws UserError when that cannot be done any more */
  #workOf({ model, direction, size, upscale }: BatchRecord): BatchWork {
    if (upscale) {
      const { upscaler, ...wanted } = upscale;
      return { upscale: this.#models.toUpscale(upscaler), ...wanted };
    }
    if (model === null || !this.#models.has(model))
      throw new UserError('The model of these pictures is not in the library any more; translate them with another');
    return { translate: this.#models.toTranslate(model, direction), own: size === 'own' };
  }

  rename({ batch, title }: Args<'translate.rename'>): null {
    this.#context.folder.requireWritable();
    this.#write(batch, { title });
    return null;
  }

  remove({ batch }: Args<'translate.remove'>): Result<'translate.remove'> {
    const { record, job } = this.#of(batch);
    if (job !== null) throw new UserError('These pictures are being worked on; cancel that first');
    const binned = this.#context.folder.discard('batch', record.title, [`pictures/${batch}`]);
    this.#known.delete(batch);
    this.#context.changed();
    return binned;
  }

  /** None of one that was deleted meanwhile: whoever looks at it will hear of that. */
  results({ batch, from, count }: Args<'translate.results'>): Result<'translate.results'> {
    if (!this.#has(batch)) return { total: 0, results: [] };
    const { record } = this.#of(batch);
    const results = record.names
      .slice(from, from + count)
      .map((name, i) => this.#picture(batch, name, { index: from + i, problem: record.problems[name] ?? null }));
    return { total: record.names.length, results };
  }

  /** What was not read, and what is called otherwise, when the pictures were chosen. */
  notes({ batch }: Args<'translate.notes'>): Result<'translate.notes'> {
    const { skipped, renamed, changed } = this.#of(batch).record;
    return { skipped, renamed, changed: Object.entries(changed).map(([file, why]) => ({ file, why })) };
  }

  /** Marks a result to be kept, or takes the mark away. */
  keep({ batch, index, kept }: Args<'translate.keep'>): null {
    this.#context.folder.requireWritable();
    const name = this.#nameOf(batch, index);
    const others = this.#of(batch).record.kept.filter((each) => each !== name);
    this.#write(batch, { kept: kept ? [...others, name] : others });
    return null;
  }

  /** Takes down what was painted to stay as it was; null where that is nothing (any more). @throws UserError */
  paint({ batch, index, mask }: Args<'translate.mask'>): null {
    this.#context.folder.requireWritable();
    const file = this.#maskFile(batch, index);
    if (mask === null) rmSync(file, { force: true });
    else writeAtomic(file, [mask]);
    this.#context.changed();
    return null;
  }

  /** Where a picture stays as it was; null where nothing was painted on it. */
  mask(batch: string, index: number): string | null {
    const file = this.#maskFile(batch, index);
    return existsSync(file) ? file : null;
  }

  #maskFile(batch: string, index: number): string {
    return this.#maskOf(batch, this.#nameOf(batch, index));
  }

  /** Beside the results, in a folder that no picture's name leads into. */
  #maskOf(batch: string, name: string): string {
    return resultFile(join(this.#folder(batch), '.keep'), name);
  }

  /** What was painted to stay as it was does so in whatever is made of the same picture. */
  #carryMask(name: string, from: string, to: string): void {
    const mask = this.#maskOf(from, name);
    if (existsSync(mask)) writeAtomic(this.#maskOf(to, name), [readFileSync(mask)]);
  }

  /** What other batches made of the same original; nothing for one that was deleted meanwhile. */
  others({ batch, index }: Args<'translate.others'>): Result<'translate.others'> {
    if (!this.#has(batch)) return [];
    const original = this.#places(batch).get(this.#nameOf(batch, index));
    if (original === undefined) return [];
    return this.list().flatMap(({ id }) => {
      const at = this.#of(id).record.names.findIndex((name) => this.#places(id).get(name) === original);
      const output =
        id === batch || at < 0 ? null : this.#picture(id, this.#nameOf(id, at), { index: at, problem: null });
      return output?.output ? [{ batch: id, output: output.output }] : [];
    });
  }

  /** Writes results into a folder; beside what is there, never over it. */
  save({ batch, strength, token, which, format, suffix }: Args<'translate.save'>): Result<'translate.save'> {
    const { queue, tokens } = this.#context;
    const { record } = this.#of(batch);
    const results = this.#folder(batch);
    const wanted =
      typeof which === 'number' ? [this.#nameOf(batch, which)] : which === 'kept' ? record.kept : record.names;
    const pictures = wanted
      .filter((name) => existsSync(resultFile(results, name)))
      .map((name) => ({
        ...{ name, file: this.#places(batch).get(name) ?? name },
        keep: this.mask(batch, record.names.indexOf(name)),
      }));
    if (pictures.length === 0) throw new UserError('There are no results yet');
    const naming = { suffix, format };
    const out = freeFolder(tokens.path(token), record.title, { pictures, naming });
    const { id } = queue.add({
      kind: 'files',
      title: `Saving ${record.title}`,
      arguments: { task: 'saveResults', args: { results, pictures, out, strength, naming } },
    });
    return { job: id, folder: tokens.of(out) };
  }

  /** @throws UserError when there is no such picture */
  #nameOf(batch: string, index: number): string {
    const name = this.#of(batch).record.names[index];
    if (name === undefined) throw new UserError('There is no such picture in it');
    return name;
  }

  /** What kind of animation a picture came as; null where its result does not move. @throws UserError when there is none */
  cameAs(batch: string, index: number): AnimationFormat | null {
    const name = this.#nameOf(batch, index);
    if (picturesIn(this.file(batch, index, 'output')) === 1) return null;
    return animationOfName(this.#places(batch).get(name) ?? name);
  }

  /** A file of a batch, for media. @throws UserError when there is none */
  file(batch: string, index: number, side: 'input' | 'output'): string {
    const name = this.#of(batch).record.names[index];
    const file =
      name === undefined
        ? undefined
        : side === 'output'
          ? resultFile(this.#folder(batch), name)
          : this.#places(batch).get(name);
    if (file === undefined || !existsSync(file))
      throw new UserError(side === 'input' ? 'The original is not there any more' : 'There is no such result');
    return file;
  }

  /** Batches may have come back from the bin: those at work are known better here than on disk. */
  refresh(): void {
    for (const [id, { job }] of this.#known) if (job === null) this.#known.delete(id);
  }

  /** For batches that leave the bin for good. */
  forget(): void {
    const { folder } = this.#context;
    for (const { what, places } of folder.bin())
      if (what === 'batch') for (const batch of Object.keys(places)) forgetPlaces(folder.id, batch);
  }

  #picture(batch: string, name: string, { index, problem }: { index: number; problem: string | null }): BatchPicture {
    const original = this.#places(batch).get(name);
    const input = original === undefined ? undefined : statSync(original, { throwIfNoEntry: false });
    const output = statSync(resultFile(this.#folder(batch), name), { throwIfNoEntry: false });
    const mask = statSync(this.#maskFile(batch, index), { throwIfNoEntry: false });
    // Painting on it makes another picture of it, and taking that back the one before.
    const version = Math.floor((output?.mtimeMs ?? 0) + (mask?.mtimeMs ?? 0));
    const at = (what: string, stamp: number): string => mediaAddress(what, batch, index, stamp);
    const gone = original === undefined ? 'The original is on another machine' : 'The original is not there any more';
    return {
      name,
      state: output ? 'done' : problem === null ? 'waiting' : 'failed',
      problem: output ? (input ? null : gone) : problem,
      input: input ? at('original', Math.floor(input.mtimeMs)) : null,
      output: output ? at('result', version) : null,
      inputThumbnail: input ? at('original-thumb', Math.floor(input.mtimeMs)) : null,
      thumbnail: output ? at('result-thumb', version) : null,
      mask: mask ? at('mask', Math.floor(mask.mtimeMs)) : null,
      download: output ? at('result-file', version) : null,
      pictures: output ? picturesIn(resultFile(this.#folder(batch), name)) : 1,
      kept: this.#of(batch).record.kept.includes(name),
    };
  }

  /** Puts a batch into the queue. */
  #begin(id: string): void {
    this.#write(id, { state: 'queued', message: null, problems: {} });
    const { title: name, upscale } = this.#of(id).record;
    const title = `${upscale ? 'Enlarging' : 'Translating'} ${name}`;
    this.#context.queue.add({ kind: 'translate', title, arguments: { batch: id } });
  }

  #left(id: string, outcome: Outcome): void {
    const known = this.#of(id);
    known.job = null;
    if (outcome.state === 'failed')
      this.#write(id, { state: 'failed', message: this.#withoutPlaces(id, this.#context.explain(outcome.error)) });
    else this.#write(id, known.record.state === 'done' ? {} : { state: 'stopped' });
  }

  async #work(id: string, control: Control): Promise<void> {
    const known = this.#of(id);
    const { names } = known.record;
    const places = this.#places(id);
    const task = {
      how: this.#workOf(known.record),
      pictures: names.map((name) => ({ name, file: places.get(name) ?? name })),
      ...{ out: this.#folder(id), threads: this.#context.threads(), engine: this.#context.engine() },
    };
    this.#write(id, { state: 'running' });
    let told = 0;
    const before = { ...known.record };
    const { problems, changed, tiles } = await workOnBatch(task, this.#context.launch, control, (progress) => {
      known.done = progress.done;
      known.record.problems = progress.problems;
      known.record.changed = { ...before.changed, ...progress.changed };
      known.record.tiles = progress.tiles ?? before.tiles;
      if (performance.now() - told < EVERY) return;
      told = performance.now();
      this.#context.changed();
    });
    await this.#illustrate({ ...known.record, id });
    const failed = Object.keys(problems).length;
    this.#write(id, {
      state: 'done',
      changed: { ...before.changed, ...changed },
      tiles: tiles ?? before.tiles,
      message:
        failed === 0
          ? null
          : `${grouped(failed)} of ${grouped(names.length)} could not be ${known.record.upscale ? 'enlarged' : 'translated'}`,
      problems: Object.fromEntries(
        Object.entries(problems).map(([name, problem]) => [name, this.#withoutPlaces(id, problem)]),
      ),
    });
  }

  /** The model of a batch may have no picture yet. */
  async #illustrate({ id, model, names }: BatchRecord & { id: string }): Promise<void> {
    const made = names.flatMap((name): [string, string][] => {
      const [original, result] = [this.#places(id).get(name), resultFile(this.#folder(id), name)];
      return original !== undefined && existsSync(original) && existsSync(result) ? [[original, result]] : [];
    });
    if (model !== null && made[0]) await this.#models.illustrate(model, made[0]);
  }

  #ids(): string[] {
    return this.#context.folder.list('pictures', (name) => existsSync(join(this.#folder(name), 'batch.json')));
  }

  #folder(id: string): string {
    return this.#context.folder.file('pictures', id);
  }

  #places(id: string): ReadonlyMap<string, string> {
    const known = this.#of(id);
    return (known.places ??= readPlaces(this.#context.folder.id, id));
  }

  /** What is written into the project names originals as the person knows them, without their places on this machine. */
  #withoutPlaces(id: string, text: string): string {
    const named = [...this.#places(id).values()].find((file) => text.includes(file));
    return named === undefined ? text : text.replaceAll(named, basename(named));
  }

  #has(id: string): boolean {
    return this.#known.has(id) || existsSync(join(this.#folder(id), 'batch.json'));
  }

  /** @throws UserError when there is no such batch */
  #of(id: string): Known {
    let known = this.#known.get(id);
    if (!known) {
      if (!this.#has(id)) throw new UserError('Those pictures are not in this project');
      known = this.#load(id);
      this.#known.set(id, known);
    }
    return known;
  }

  #load(id: string): Known {
    const folder = this.#folder(id);
    let record = damagedBatch(id);
    try {
      record = readRecord(join(folder, 'batch.json'), BATCH);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      record.message = 'What is written about these pictures is damaged; they lie in the project, in pictures/';
    }
    if (['queued', 'running', 'paused'].includes(record.state)) {
      const message = 'Maquette was ended meanwhile; resume to make the rest';
      record = { ...record, state: 'stopped', message };
    }
    const done = record.names.filter((name) => existsSync(resultFile(folder, name))).length;
    return { record, done, job: null, places: null };
  }

  #write(id: string, change: Partial<BatchRecord>): void {
    const known = this.#of(id);
    known.record = { ...known.record, ...change };
    writeRecord(join(this.#folder(id), 'batch.json'), known.record);
    this.#context.changed();
  }

  #describe(id: string): Batch {
    const { record, done, job } = this.#of(id);
    const { title, model, direction, size, upscale, created, message, names, problems, kept, tiles } = record;
    const working = job === null ? undefined : this.#context.queue.stateOf(job);
    return {
      ...{ id, title, direction, size, upscale, tiles, created, message, done, job, total: names.length },
      model: model !== null && this.#models.has(model) ? model : null,
      state: working === 'running' || working === 'queued' || working === 'paused' ? working : record.state,
      failed: Object.keys(problems).length,
      ...{ skipped: record.skipped.length, renamed: record.renamed.length, kept: kept.length },
      changed: Object.keys(record.changed).length,
    };
  }
}

const damagedBatch = (id: string): BatchRecord => ({
  ...{ format: 1, title: id, created: '', model: null, direction: 'AtoB', size: 'model', state: 'failed' },
  upscale: null,
  ...{ message: null, names: [], problems: {}, skipped: [], renamed: [], changed: {}, tiles: null, kept: [] },
});

/** Files and folders, or a batch whose pictures are meant. */
type Given = Pick<Args<'translate.start'>, 'tokens' | 'again'>;

/** What a batch begins with. */
interface Chosen {
  pictures: readonly NamedPicture[];
  /** What it is called where nobody says. */
  called: string;
  notes: FileNotes;
}

/** What is to be said of files, by the names that the person knows them by. */
type FileNotes = Record<'skipped' | 'renamed', FileNote[]>;
function notesOf(paths: readonly string[], notes: FileNotes): FileNotes {
  const { note } = namesOf(paths);
  return { skipped: notes.skipped.map(note), renamed: notes.renamed.map(note) };
}

/** A batch by what was dropped. */
function titleOf(paths: readonly string[]): string {
  const first = basename(paths[0]!).slice(0, 100);
  return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`;
}

/** The folder itself where none of the names is taken in it, else a new one inside. */
function freeFolder(
  folder: string,
  title: string,
  { pictures, naming }: { pictures: readonly NamedPicture[]; naming: Naming },
): string {
  if (!pictures.some(({ name }) => savedFiles(folder, name, naming).some(existsSync))) return folder;
  const name =
    title
      .replace(/[/\\:*?"<>|\0]+/g, ' ')
      .replace(/[. ]+$/, '')
      .trim() || 'Pictures';
  let path = join(folder, name);
  for (let i = 2; existsSync(path); i++) path = join(folder, `${name} ${i}`);
  return path;
}
