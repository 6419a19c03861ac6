/** The model library of an open project: `models/<id>.onnx` with what a person wrote about it and a picture beside. */
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Args, Model, Result } from '../../../preload/contract/index.ts';
import { explainIo, UserError } from '../../errors.ts';
import { inDarkroom } from '../darkroom-client.ts';
import type { ModelFacts, ModelShape } from '../inspect-model.ts';
import { readRecord, writeRecord } from '../../records.ts';
import { ABOUT_MODEL, type AboutModel } from '../project-files.ts';
import { mediaAddress, type Context } from './context.ts';

/** A model that a training made. */
export interface Trained {
  run: string;
  title: string;
  file: string;
  facts: ModelFacts;
  /** A preview sheet of the run, with the box of its first row (input, result, truth). */
  sheet: { file: string; box: { left: number; top: number; width: number; height: number } } | null;
}

export class Models {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  list(): Model[] {
    return this.#ids().flatMap((id) => this.#describe(id) ?? []);
  }

  /** A model's file. @throws UserError when there is none */
  file(id: string): string {
    if (!this.#ids().includes(id)) throw new UserError('That model is not in the library any more');
    return this.#context.folder.file('models', `${id}.onnx`);
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
    return this.#context.darkroom.run('modelShape', { file: this.file(id) });
  }

  /** The model that a run made, if it is still in the library. */
  ofRun(run: string): string | null {
    return this.#ids().find((id) => this.#about(id)?.run === run) ?? null;
  }

  /** Puts a run's model into the library, or its newer state in the place of the older. */
  async keep({ run, title, file, facts, sheet }: Trained): Promise<string> {
    const id = this.ofRun(run) ?? this.#context.folder.freshId(title);
    this.#copy(file, id);
    const about = this.#about(id) ?? { title, created: new Date().toISOString(), licence: '', notes: '' };
    this.#write(id, { ...about, ...facts, format: 1, run });
    if (sheet)
      await this.#context.darkroom.run('cropPicture', {
        ...sheet,
        out: this.#context.folder.file('models', `${id}.png`),
      });
    this.#context.changed();
    return id;
  }

  async import({ tokens }: Args<'models.import'>): Promise<Result<'models.import'>> {
    this.#context.folder.requireWritable();
    const models: string[] = [];
    for (const token of tokens) {
      const file = this.#context.tokens.path(token);
      if (!file.toLowerCase().endsWith('.onnx'))
        throw new UserError(`${basename(file)} is not a model; choose an .onnx file`);
      const signal = AbortSignal.timeout(30_000); // a hostile file may keep its reader busy for ever
      const facts = await inDarkroom(this.#context.launch, ['inspectModel', { file }], {
        progress: () => undefined,
        signal,
      });
      const title = basename(file).replace(/\.onnx$/i, '');
      const id = this.#context.folder.freshId(title);
      this.#copy(file, id);
      this.#write(id, {
        ...facts,
        format: 1,
        title,
        created: new Date().toISOString(),
        run: null,
        licence: '',
        notes: '',
      });
      models.push(id);
    }
    this.#context.changed();
    return { models };
  }

  update({ model, title, notes, licence }: Args<'models.update'>): null {
    this.#context.folder.requireWritable();
    this.file(model);
    const about = this.#about(model);
    if (!about)
      throw new UserError('What is written about this model is damaged; delete it, and import the model again');
    const change = Object.fromEntries(
      Object.entries({ title, notes, licence }).filter(([, value]) => value !== undefined),
    );
    this.#write(model, { ...about, ...change });
    this.#context.changed();
    return null;
  }

  remove({ model }: Args<'models.remove'>): Result<'models.remove'> {
    const { folder } = this.#context;
    const files = ['onnx', 'json', 'png']
      .map((end) => `${model}.${end}`)
      .filter((name) => existsSync(folder.file('models', name)));
    const binned = folder.discard(
      'model',
      this.title(model),
      files.map((name) => `models/${name}`),
    );
    this.#context.changed();
    return binned;
  }

  #ids(): string[] {
    return this.#context.folder.list('models', (name) => name.endsWith('.onnx')).map((name) => name.slice(0, -5));
  }

  /** What is written about a model; null where nothing is, or it is damaged. */
  #about(id: string): AboutModel | null {
    const file = this.#context.folder.file('models', `${id}.json`);
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
  }

  #copy(from: string, id: string): void {
    const to = this.#context.folder.file('models', `${id}.onnx`);
    try {
      mkdirSync(this.#context.folder.file('models'), { recursive: true });
      copyFileSync(from, `${to}.tmp`, constants.COPYFILE_FICLONE);
      renameSync(`${to}.tmp`, to);
    } catch (error) {
      rmSync(`${to}.tmp`, { force: true });
      throw explainIo(error, `Cannot copy ${from} into the library`);
    }
  }

  #describe(id: string): Model | null {
    const { folder } = this.#context;
    const stat = statSync(folder.file('models', `${id}.onnx`), { throwIfNoEntry: false });
    if (!stat) return null;
    const about = this.#about(id);
    const version = Math.floor(stat.mtimeMs);
    return {
      id,
      title: about?.title ?? id,
      family: about?.family ?? '',
      size: about?.size ?? null,
      channels: about?.channels ?? null,
      bytes: stat.size,
      steps: about?.steps ?? null,
      licence: about?.licence ?? '',
      notes: about?.notes ?? '',
      created: about?.created ?? stat.mtime.toISOString(),
      run: about?.run ?? null,
      thumbnail: existsSync(folder.file('models', `${id}.png`)) ? mediaAddress('model-picture', id, version) : null,
      download: mediaAddress('model', id, version),
    };
  }
}
