/**
 * The model library of an open project: `models/<id>.onnx`, for models that also translate back `<id>.BtoA.onnx`, for
 * those that were pretrained `<id>.pretrained.onnx`, with what a person wrote about it and a picture beside.
 */
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FAMILIES } from '../../../models/families/index.ts';
import type { Args, Direction, Model, ModelDoes, Result } from '../../../preload/contract/index.ts';
import { explainIo, UserError } from '../../errors.ts';
import type { UpscalerFile } from '../../engine/inference/upscale-files.ts';
import { readyUpscaler, readyUpscalers } from '../../engine/inference/ready-upscalers.ts';
import type { ModelFile } from '../../engine/inference/model-file.ts';
import { BACK, backOf, PRETRAINED, pretrainedOf } from '../../engine/training/run-folder.ts';
import { contentHashes } from '../../engine/data/content-hashes.ts';
import { inTaskWorker } from '../tasks/client.ts';
import type { Examined, ModelFacts, ModelShape } from '../inspect-model.ts';
import type { TaskArgs, TaskName, TaskResult } from '../tasks/tasks.ts';
import { readRecord, writeRecord } from '../../records.ts';
import { RoomIndex } from '../room-index.ts';
import { readStarter, starterFile } from '../starters.ts';
import { ABOUT_MODEL, type AboutModel } from '../project-files.ts';
import { KEPT_END } from '../latent/kept.ts';
import { mediaAddress, type Context } from './context.ts';

/** A model that a training made. */
export interface Trained {
  run: string;
  title: string;
  /** `model.onnx`; beside it lies what else there is of it: the way back, what its pretraining left. */
  file: string;
  facts: Pick<ModelFacts, 'family' | 'size' | 'channels' | 'steps'>;
  /** What it made of a picture: input and result, or the result alone; none before the first preview. */
  shown: readonly string[];
  /**
   * The model that it began from, of the library or brought along: it is known by that one's picture as long as it has
   * none of its own.
   */
  from: string | null;
}

const MODEL = /\.onnx$/i;
/** Longer than any model takes that is good for something; a hostile one may keep its reader busy for ever. */
const TRIAL_MS = 30_000;
/** The side of each half of a model's picture, where it was not made by a training. */
const PICTURE = 256;

/** A file that is taken into the library, the one of the way back, and what the pretraining left. */
interface Given {
  file: string;
  back: string | null;
  pretrained: string | null;
}

/** What the files of a model say. */
interface Known {
  /** null where nothing is written about it, or what is written is damaged. */
  about: AboutModel | null;
  bytes: number;
  changed: Date;
  /** Whether its way back lies beside it. */
  hasBack: boolean;
  /** Whether what its pretraining left lies beside it. */
  hasPretrained: boolean;
  hasPicture: boolean;
}

export class Models {
  readonly #context: Context;
  readonly #index = new RoomIndex<Known | null>(
    () => this.#files(),
    (id) => this.#look(id),
  );
  /** The model of each run; made anew when it is asked for after a change. */
  #byRun: Map<string, string> | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  list(): Model[] {
    return this.#index.ids().flatMap((id) => this.#describe(id) ?? []);
  }

  /** A model's file. @throws UserError when there is none, or it does not translate in that direction */
  file(id: string, direction?: Direction): string {
    const directions = this.#directions(id);
    if (direction !== undefined && !directions.includes(direction))
      throw new UserError(`"${this.title(id)}" does not translate ${WAYS[direction]}`);
    const file = this.#place(id, '.onnx');
    return direction === 'BtoA' && directions.length > 1 ? backOf(file) : file;
  }

  /**
   * A model with what must be known to translate with it. @throws UserError when it does not translate in that
   * direction, or was made by another tool and nobody has said yet what it takes
   */
  toTranslate(id: string, direction?: Direction): ModelFile {
    const refused = OTHER_WORK[this.#does(id)];
    if (refused) throw new UserError(`"${this.title(id)}" ${refused}`);
    const known = this.#known(id, direction);
    if (this.#about(id)?.confirmed === false)
      throw new UserError(`"${known.title}" was made by another tool; confirm first how pictures go into it`);
    return known;
  }

  /** A model that upscales, of the library or brought along. @throws UserError where it does not */
  toUpscale(id: string): UpscalerFile {
    if (isReady(id)) return readyUpscaler(id);
    const file = this.file(id);
    if (this.#does(id) !== 'upscale') throw new UserError(`"${this.title(id)}" does not make pictures larger`);
    const title = this.title(id);
    const softer = this.#softer(id);
    if (softer === null) return { file, title, softer };
    if (softer.kind === 'model') return { file, title, softer: this.toUpscale(softer.model) };
    return { file, title, softer: { file: pretrainedOf(file), title: `${title} after its pretraining` } };
  }

  /** A model that tells heights, of the library or brought along. @throws UserError where it does not */
  toTellHeight(id: string): ModelFile {
    if (this.has(id)) {
      if (this.#does(id) !== 'height') throw new UserError(`"${this.title(id)}" does not tell the height of pictures`);
      return this.#known(id);
    }
    const { title, does } = readStarter(id);
    if (does !== 'height') throw new UserError(`"${title}" does not tell the height of pictures`);
    return { file: starterFile(id, 'model.onnx'), title, io: null };
  }

  /** What the softness of an upscaler leads to, where that is there: its own pretraining, or what it was taught from. */
  #softer(id: string): Model['softer'] {
    const { does, from } = this.#about(id) ?? {};
    if (does !== 'upscale') return null;
    if (this.#index.get(id)?.hasPretrained) return { kind: 'pretraining' };
    return from != null && (isReady(from) || this.has(from)) ? { kind: 'model', model: from } : null;
  }

  /** The file of a model that a training begins with: of the library, or an upscaler that is brought along. @throws UserError */
  toBeginWith(id: string): string {
    return isReady(id) ? readyUpscaler(id).file : this.file(id);
  }

  #known(id: string, direction?: Direction): ModelFile {
    return { file: this.file(id, direction), title: this.title(id), io: this.#about(id)?.io ?? null };
  }

  has(id: string): boolean {
    return this.#index.has(id);
  }

  title(id: string): string {
    return this.#about(id)?.title ?? id;
  }

  /** The run that made a model, where that is known. */
  runOf(id: string): string | null {
    return this.#about(id)?.run ?? null;
  }

  /** What the file of a model says of its shape and settings. @throws UserError */
  shape(id: string): Promise<ModelShape> {
    return this.#context.worker.run('modelShape', { file: this.toBeginWith(id) });
  }

  /** The model that a run made, if it is still in the library. */
  ofRun(run: string): string | null {
    this.#byRun ??= new Map(
      this.#index.ids().flatMap((id): [string, string][] => {
        const of = this.#about(id)?.run;
        return of == null ? [] : [[of, id]];
      }),
    );
    return this.#byRun.get(run) ?? null;
  }

  /** Puts a run's model into the library, or its newer state in the place of the older. */
  async keep({ run, title, file, facts, shown, from }: Trained): Promise<string> {
    const id = this.ofRun(run) ?? this.#context.folder.freshId(title);
    const said = await this.#context.worker.run('inspectModel', { file });
    const beside = (other: string): string | null => (existsSync(other) ? other : null);
    this.#copy({ file, back: beside(backOf(file)), pretrained: beside(pretrainedOf(file)) }, id);
    this.#index.forget(id);
    const about = this.#about(id) ?? { title, created: new Date().toISOString(), licence: '', notes: '' };
    const { does, factor, direction, anySize } = said ?? UNSAID;
    this.#write(id, {
      ...about,
      ...facts,
      ...{ format: 2, run, from, does, factor, direction: direction ?? 'AtoB', anySize },
      ...{ io: null, confirmed: true, starter: null },
    });
    if (shown.length > 0)
      await this.#context.worker.run('joinPictures', { files: [...shown], out: this.#place(id, '.png'), side: null });
    else if (from !== null && this.#index.get(from)?.hasPicture && !this.#index.get(id)?.hasPicture)
      copyFileSync(this.#place(from, '.png'), this.#place(id, '.png'));
    this.#changed(id);
    return id;
  }

  /** @throws UserError where it cannot be read */
  #requireAbout(id: string): AboutModel {
    const about = this.#about(id);
    if (about) return about;
    throw new UserError('What is written about this model is damaged; delete it, and import the model again');
  }

  /** Puts a copy of a model into the library that has learned something of the person's own, as which it is known. */
  keepTaught(of: string, file: string, what: string): string {
    const about = this.#requireAbout(of);
    const title = `${this.title(of)}, ${what}`;
    const id = this.#context.folder.freshId(title);
    this.#copy({ file, back: null, pretrained: null }, id);
    this.#index.forget(id);
    this.#write(id, { ...about, title, created: new Date().toISOString(), run: null, from: of, starter: null });
    if (this.#index.get(of)?.hasPicture) copyFileSync(this.#place(of, '.png'), this.#place(id, '.png'));
    this.#changed(id);
    return id;
  }

  /** A model without a picture is known by the first thing that it made: what went in, and what came out. */
  async illustrate(id: string, files: [string, string]): Promise<void> {
    if (!this.has(id) || this.#index.get(id)?.hasPicture) return;
    await this.#context.worker.run('joinPictures', { files, out: this.#place(id, '.png'), side: PICTURE });
    this.#changed(id);
  }

  async import({ tokens }: Args<'models.import'>): Promise<Result<'models.import'>> {
    this.#context.folder.requireWritable();
    const models: string[] = [];
    const known: Result<'models.import'>['skipped'] = [];
    const files = tokens.map((token) => this.#context.tokens.path(token));
    const named = files.filter((file) => MODEL.test(file));
    const apartOf = new Set<string>();
    // Where there is no model at all, the first says so.
    for (const given of inPairs(named.length > 0 ? named : files.slice(0, 1))) {
      const { file, back } = given;
      const { direction, apart, ...facts } = await this.#examine(file);
      const other = back === null ? null : await this.#examine(back);
      if (other && (facts.io || other.family !== facts.family || direction !== 'AtoB' || other.direction !== 'BtoA'))
        throw new UserError(`${basename(file)} and ${basename(back!)} are not the two directions of one model`);
      const title = basename(file).replace(/\.onnx$/i, '');
      const id = this.#context.folder.freshId(title);
      for (const part of apart) apartOf.add(join(dirname(file), ...part.split(/[\\/]/)));
      if (apart.length > 0) await this.#pack(file, id);
      else this.#copy(given, id);
      this.#index.forget(id);
      const twin = this.#twinOf(id);
      if (twin !== undefined) {
        rmSync(this.#place(id, '.onnx'));
        rmSync(backOf(this.#context.folder.file('models', `${id}.onnx`)), { force: true });
        this.#index.forget(id);
        known.push({ file: basename(file), why: `is in the library already, as “${this.title(twin)}”` });
        models.push(twin);
        continue;
      }
      this.#write(id, {
        ...facts,
        ...{ format: 2, title, created: new Date().toISOString(), run: null, from: null, licence: '', notes: '' },
        ...{ direction: direction ?? 'AtoB', confirmed: facts.io === null, starter: null },
      });
      models.push(id);
    }
    const others = files.filter((file) => !named.includes(file) && !apartOf.has(file));
    const unknown = others.map((file) => ({ file: basename(file), why: 'is not a model' }));
    return { models, skipped: [...known, ...unknown] };
  }

  /** Another model that is the same, byte by byte. */
  #twinOf(id: string): string | undefined {
    const { bytes, hasBack } = this.#index.get(id)!;
    const hash = (each: string): string => contentHashes([this.#place(each, '.onnx')])[0]!;
    return this.#index.ids().find((other) => {
      const known = this.#index.get(other);
      return other !== id && known?.bytes === bytes && known.hasBack === hasBack && hash(other) === hash(id);
    });
  }

  /** Puts one of the models that Maquette brings along into the library, once. @throws UserError */
  async addStarter({ starter }: Args<'models.addStarter'>): Promise<Result<'models.addStarter'>> {
    this.#context.folder.requireWritable();
    const there = this.#index.ids().find((id) => this.starterOf(id) === starter);
    if (there !== undefined) return { model: there };
    const { title, licence, notes } = readStarter(starter);
    const file = starterFile(starter, 'model.onnx');
    const facts = await this.#context.worker.run('inspectModel', { file });
    if (!facts) throw new Error(`${file} says nothing about itself`);
    const id = this.#context.folder.freshId(title);
    this.#copy({ file, back: null, pretrained: null }, id);
    copyFileSync(starterFile(starter, 'picture.png'), this.#context.folder.file('models', `${id}.png`));
    this.#write(id, {
      ...facts,
      ...{ format: 2, title, created: new Date().toISOString(), run: null, from: null, licence, notes, starter },
      ...{ direction: facts.direction ?? 'AtoB', io: null, confirmed: true },
    });
    return { model: id };
  }

  /** Which of the models that Maquette brings along a model is. */
  starterOf(id: string): string | null {
    return this.#about(id)?.starter ?? null;
  }

  /** What a file from elsewhere is, tried out in a process that may crash or be ended. @throws UserError */
  #examine(file: string): Promise<Examined> {
    if (!MODEL.test(file)) throw new UserError(`${basename(file)} is not a model; choose an .onnx file`);
    return this.#onTrial(['examineModel', { file, threads: this.#context.threads() }], {
      died: (how) => `${basename(file)} cannot be used: the process that tried it out ${how}`,
      late: `${basename(file)} cannot be used: it takes longer than ${TRIAL_MS / 1000} seconds`,
    });
  }

  /** Takes a model of several files into the library as one. */
  async #pack(file: string, id: string): Promise<void> {
    await this.#onTrial(['packModel', { file, to: this.#context.folder.file('models', `${id}.onnx`) }], {
      died: (how) => `Cannot copy ${file} into the library: the process that reads it ${how}`,
      late: `${basename(file)} takes longer than ${TRIAL_MS / 1000} seconds to be copied`,
    });
  }

  /** Does a task with a model that may be hostile, in a process of its own. @throws UserError */
  async #onTrial<K extends TaskName>(
    task: [K, TaskArgs<K>],
    { died, late }: { died: (how: string) => string; late: string },
  ): Promise<TaskResult<K>> {
    const signal = AbortSignal.timeout(TRIAL_MS);
    try {
      return await inTaskWorker(this.#context.launch, task, { signal, died: (how) => new UserError(died(how)) });
    } catch (error) {
      throw error === signal.reason ? new UserError(late) : error;
    }
  }

  /** One picture through a model. */
  async try({ model, direction, io, token }: Args<'models.try'>): Promise<Result<'models.try'>> {
    const known = this.#known(model, direction);
    const file = this.#context.tokens.path(token);
    if (io && !known.io) throw new UserError('A model of Maquette says itself what it takes');
    return this.#onTrial(
      ['tryModel', { model: { ...known, io: io ?? known.io }, file, threads: this.#context.threads() }],
      {
        died: (how) => `The process that tried the model out ${how}`,
        late: `It takes longer than ${TRIAL_MS / 1000} seconds; try a smaller picture`,
      },
    );
  }

  update({ model, title, notes, licence, io }: Args<'models.update'>): null {
    this.#context.folder.requireWritable();
    this.file(model);
    const about = this.#requireAbout(model);
    if (io && !about.io) throw new UserError('A model of Maquette says itself what it takes');
    const confirmed = io ? true : undefined;
    const change = Object.fromEntries(
      Object.entries({ title, notes, licence, io, confirmed }).filter(([, value]) => value !== undefined),
    );
    this.#write(model, { ...about, ...change });
    return null;
  }

  remove({ model }: Args<'models.remove'>): Result<'models.remove'> {
    const { folder } = this.#context;
    const files = ['.onnx', BACK, PRETRAINED, '.json', '.png', KEPT_END]
      .map((end) => model + end)
      .filter((name) => existsSync(folder.file('models', name)));
    const binned = folder.discard(
      'model',
      this.title(model),
      files.map((name) => `models/${name}`),
    );
    this.#changed(model);
    return binned;
  }

  /** Models may have come back from the bin. */
  refresh(): void {
    this.#index.forgetAll();
    this.#byRun = undefined;
  }

  #changed(id: string): void {
    this.#index.forget(id);
    this.#byRun = undefined;
    this.#context.changed();
  }

  #files(): string[] {
    return this.#context.folder
      .list('models', (name) => name.endsWith('.onnx') && !name.endsWith(BACK) && !name.endsWith(PRETRAINED))
      .map((name) => name.slice(0, -5));
  }

  /** A file of a model. @throws UserError when the model is not there */
  #place(id: string, end: '.onnx' | '.png'): string {
    if (!this.has(id)) throw new UserError('That model is not in the library any more');
    return this.#context.folder.file('models', id + end);
  }

  #directions(id: string): Direction[] {
    if (this.#does(id) !== 'translate') return [];
    this.#place(id, '.onnx'); // refuses one that is not there
    return this.#index.get(id)?.hasBack ? ['AtoB', 'BtoA'] : [this.#about(id)?.direction ?? 'AtoB'];
  }

  #does(id: string): ModelDoes {
    return this.#about(id)?.does ?? 'translate';
  }

  #about(id: string): AboutModel | null {
    return this.has(id) ? (this.#index.get(id)?.about ?? null) : null;
  }

  #look(id: string): Known | null {
    const file = (end: string): string => this.#context.folder.file('models', id + end);
    const stat = statSync(file('.onnx'), { throwIfNoEntry: false });
    return stat
      ? {
          ...{ about: this.#readAbout(file('.json')), bytes: stat.size, changed: stat.mtime },
          ...{ hasBack: existsSync(file(BACK)), hasPretrained: existsSync(file(PRETRAINED)) },
          hasPicture: existsSync(file('.png')),
        }
      : null;
  }

  #readAbout(file: string): AboutModel | null {
    if (!existsSync(file)) return null;
    try {
      return readRecord(file, ABOUT_MODEL);
    } catch (error) {
      if (error instanceof UserError) return null; // the model itself is still there to be exported
      throw error;
    }
  }

  #write(id: string, about: AboutModel): void {
    writeRecord(this.#context.folder.file('models', `${id}.json`), about);
    this.#changed(id);
  }

  /** Its own file last: a model is there as soon as that is. */
  #copy({ file, back, pretrained }: Given, id: string): void {
    const to = this.#context.folder.file('models', `${id}.onnx`);
    const places = [
      [back, backOf(to)],
      [pretrained, pretrainedOf(to)],
      [file, to],
    ] as const;
    for (const [from, place] of places) {
      if (from === null) continue;
      try {
        mkdirSync(this.#context.folder.file('models'), { recursive: true });
        copyFileSync(from, `${place}.tmp`, constants.COPYFILE_FICLONE);
        renameSync(`${place}.tmp`, place);
      } catch (error) {
        rmSync(`${place}.tmp`, { force: true });
        throw explainIo(error, `Cannot copy ${from} into the library`);
      }
    }
  }

  #describe(id: string): Model | null {
    const known = this.#index.get(id);
    if (!known) return null;
    const { about, bytes, changed } = known;
    const version = Math.floor(changed.getTime());
    return {
      id,
      title: about?.title ?? id,
      family: about?.family ?? '',
      familyTitle: FAMILIES.get(about?.family ?? '')?.title ?? about?.family ?? '',
      does: about?.does ?? 'translate',
      size: about?.size ?? null,
      factor: about?.factor ?? null,
      softer: this.#softer(id),
      channels: about?.channels ?? null,
      bytes,
      steps: about?.steps ?? null,
      licence: about?.licence ?? '',
      notes: about?.notes ?? '',
      created: about?.created ?? changed.toISOString(),
      run: about?.run ?? null,
      starter: about?.starter ?? null,
      directions: this.#directions(id),
      anySize: about?.anySize ?? false,
      io: about?.io ?? null,
      confirmed: about?.confirmed ?? true,
      thumbnail: known.hasPicture ? mediaAddress('model-picture', id, version) : null,
      download: mediaAddress('model', id, version),
    };
  }
}

/** Why a model that does something else does not translate. */
const OTHER_WORK: Record<ModelDoes, string | null> = {
  translate: null,
  generate: 'makes pictures from noise; it translates none',
  upscale: 'makes pictures larger; it translates none',
  height: 'tells the height of textures; it translates none',
};

/** What is taken of a model that says nothing of itself. */
const UNSAID = { does: 'translate', factor: null, direction: null, anySize: false } as const;

const isReady = (id: string): boolean => readyUpscalers().some((each) => each.id === id);

const WAYS: Record<Direction, string> = { AtoB: 'from A to B', BtoA: 'from B to A' };

/** Files with their ways back: `x.onnx` and `x.BtoA.onnx` belong together. */
function inPairs(files: readonly string[]): Given[] {
  const backs = new Set(files.map(backOf).filter((back) => files.includes(back)));
  return files
    .filter((file) => !backs.has(file))
    .map((file) => ({ file, back: backs.has(backOf(file)) ? backOf(file) : null, pretrained: null }));
}
