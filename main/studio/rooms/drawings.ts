/** The drawings of an open project: `drawings/<id>/`. Their files are read and written by the task worker. */
import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Args, Drawing, Result } from '../../../preload/contract/index.ts';
import { explainIo, UserError } from '../../errors.ts';
import { inTaskWorker } from '../tasks/client.ts';
import { doTask } from '../file-jobs.ts';
import { readDrawing, thumbnailFile, writeDrawing } from '../drawings/drawing-record.ts';
import { homeFolder, withoutPaths } from '../places.ts';
import { RoomIndex } from '../room-index.ts';
import { mediaAddress, type Context } from './context.ts';
import type { Models } from './models.ts';

/** Longer than any picture takes; a hostile file may keep its reader busy for ever. */
const IMPORT_MS = 60_000;

export class Drawings {
  readonly #context: Context;
  readonly #models: Models;
  /** Of each drawing, the save under way: the next one begins when it has ended. */
  readonly #saving = new Map<string, Promise<unknown>>();
  readonly #index = new RoomIndex<Drawing>(
    () => this.#context.folder.list('drawings', (name) => !name.endsWith('.partial')),
    (id) => this.#describe(id),
  );
  /** Files made to be downloaded, by their id. */
  readonly #exports = new Map<string, string>();

  constructor(context: Context, models: Models) {
    [this.#context, this.#models] = [context, models];
  }

  list(): Drawing[] {
    return this.#index
      .ids()
      .map((id) => this.#index.get(id))
      .sort((a, b) => (a.changed < b.changed ? 1 : -1));
  }

  /** The file of the newest drawing's picture, or null. */
  cover(): string | null {
    const drawing = this.list().find(({ thumbnail }) => thumbnail);
    return drawing ? thumbnailFile(this.folder(drawing.id)) : null;
  }

  /** Drawings may have come back from the bin. */
  refresh(): void {
    this.#index.forgetAll();
  }

  #changed(id: string): void {
    this.#index.forget(id);
    this.#context.changed();
  }

  /** Where a drawing lies. @throws UserError when there is none */
  folder(id: string): string {
    const folder = this.#context.folder.file('drawings', id);
    if (!existsSync(folder)) throw new UserError('That drawing is not in this project any more');
    return folder;
  }

  create({ title, state }: Args<'drawings.create'>): { drawing: string } {
    this.#context.folder.requireWritable();
    const drawing = this.#context.folder.freshId(title);
    const now = new Date().toISOString();
    const folder = this.#context.folder.file('drawings', drawing);
    writeDrawing(folder, { title, created: now, changed: now, state, notes: [], pixels: {} });
    this.#changed(drawing);
    return { drawing };
  }

  open({ drawing }: Args<'drawings.open'>): Result<'drawings.open'> {
    const { title, state } = readDrawing(this.folder(drawing));
    return { title, state };
  }

  pixels({ drawing, layer }: Args<'drawings.pixels'>): Promise<Result<'drawings.pixels'>> {
    return this.#context.worker.run('readLayer', { folder: this.folder(drawing), layer });
  }

  async save({ drawing, ...changes }: Args<'drawings.save'>): Promise<null> {
    this.#context.folder.requireWritable();
    const folder = this.folder(drawing);
    const before = this.#saving.get(drawing) ?? Promise.resolve();
    const save = before
      .catch(() => undefined) // told to whoever asked for it
      .then(() => this.#context.worker.run('saveDrawing', { folder, ...changes }));
    this.#saving.set(drawing, save);
    await save;
    if (this.#saving.get(drawing) === save) this.#saving.delete(drawing);
    this.#changed(drawing);
    return null;
  }

  rename({ drawing, title }: Args<'drawings.rename'>): null {
    this.#context.folder.requireWritable();
    const folder = this.folder(drawing);
    writeDrawing(folder, { ...readDrawing(folder), title });
    this.#changed(drawing);
    return null;
  }

  duplicate({ drawing }: Args<'drawings.duplicate'>): { drawing: string } {
    this.#context.folder.requireWritable();
    const record = readDrawing(this.folder(drawing));
    const title = `${record.title} copy`.slice(0, 120);
    const copy = this.#context.folder.freshId(title);
    const folder = this.#context.folder.file('drawings', copy);
    try {
      cpSync(this.folder(drawing), folder, { recursive: true });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw explainIo(error, 'Cannot copy the drawing');
    }
    const now = new Date().toISOString();
    writeDrawing(folder, { ...record, title, created: now, changed: now });
    this.#changed(copy);
    return { drawing: copy };
  }

  remove({ drawing }: Args<'drawings.remove'>): Result<'drawings.remove'> {
    this.folder(drawing);
    const binned = this.#context.folder.discard('drawing', this.#describe(drawing).title, [`drawings/${drawing}`]);
    this.#changed(drawing);
    return binned;
  }

  async import({ token }: Args<'drawings.import'>): Promise<Result<'drawings.import'>> {
    this.#context.folder.requireWritable();
    const file = this.#context.tokens.path(token);
    const drawing = this.#context.folder.freshId(basename(file));
    const folder = this.#context.folder.file('drawings', drawing);
    try {
      mkdirSync(folder, { recursive: true });
      await inTaskWorker(this.#context.launch, ['importDrawing', { file, folder }], {
        progress: () => undefined,
        signal: AbortSignal.timeout(IMPORT_MS),
      });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    this.#changed(drawing);
    return { drawing };
  }

  picture({ token, ...frame }: Args<'drawings.picture'>): Promise<Result<'drawings.picture'>> {
    return this.#context.worker.run('bringPicture', { file: this.#context.tokens.path(token), ...frame });
  }

  lines({ token, ...options }: Args<'drawings.lines'>): Promise<Result<'drawings.lines'>> {
    return this.#context.worker.run('bringLines', { file: this.#context.tokens.path(token), ...options });
  }

  async export({ drawing, options }: Args<'drawings.export'>): Promise<Result<'drawings.export'>> {
    const id = this.#context.folder.freshId('export');
    const out = this.#exportFolder(id);
    const args = { ...this.#exportArgs(drawing, options), out };
    const title = `Exporting ${this.#describe(drawing).title}`;
    const made = await doTask(this.#context.queue, title, ['exportDrawing', args]);
    if (!made) throw new UserError('The export was cancelled');
    this.#exports.set(id, made.file);
    const name = basename(made.file);
    return { download: mediaAddress('export', id, name), name, bytes: made.bytes };
  }

  async mapPreview({ drawing, options, size }: Args<'drawings.mapPreview'>): Promise<Result<'drawings.mapPreview'>> {
    const args = { ...this.#exportArgs(drawing, options), size };
    const png = await inTaskWorker(this.#context.launch, ['previewMap', args], {
      progress: () => undefined,
      signal: AbortSignal.timeout(IMPORT_MS),
    });
    return { png };
  }

  /** A file that was exported, for media. @throws UserError */
  exported(id: string): string {
    const file = this.#exports.get(id);
    if (file === undefined) throw new UserError('That export is gone; export it again');
    return file;
  }

  #exportFolder(id: string): string {
    const { folder } = this.#context;
    return folder.readOnly ? join(homeFolder(), 'exports', id) : folder.file('.maquette', 'exports', id);
  }

  #exportArgs(drawing: string, options: Args<'drawings.export'>['options']) {
    const folder = this.folder(drawing);
    const { model } = readDrawing(folder).state;
    const used = model === null ? null : this.#models.toTranslate(model);
    const height = options.height === null ? null : this.#models.toTellHeight(options.height);
    return { folder, options, model: used, height, threads: this.#context.threads() };
  }

  #describe(id: string): Drawing {
    const folder = this.#context.folder.file('drawings', id);
    const picture = statSync(thumbnailFile(folder), { throwIfNoEntry: false });
    const thumbnail = picture ? mediaAddress('drawing', id, Math.floor(picture.mtimeMs)) : null;
    try {
      const { title, created, changed, state, notes } = readDrawing(folder);
      const { width, height, model } = state;
      return { id, title, width, height, model, created, changed, thumbnail, notes, problem: null };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const problem = withoutPaths(error.message, this.#context.folder.path);
      const nothing = { width: 0, height: 0, model: null, created: '', changed: '', notes: [] };
      return { id, title: id, ...nothing, thumbnail, problem };
    }
  }
}
