/** The datasets of an open project: imported, looked at, mended, made from other pictures. */
import { everyWay } from '../datasets/ways.ts';
import { rmSync } from 'node:fs';
import type { Args, Dataset, Entry, Result } from '../../../preload/contract/index.ts';
import { UserError } from '../../errors.ts';
import type { TaskArgs, TaskName, TaskResult } from '../tasks/tasks.ts';
import { describeDataset, type Description } from '../datasets/describe.ts';
import { readManifest, writeManifest } from '../datasets/manifest.ts';
import { doTask } from '../file-jobs.ts';
import { withoutPaths } from '../places.ts';
import { shown } from '../../engine/data/datasets.ts';
import { spread } from '../datasets/spread.ts';
import { mediaAddress, type Context } from './context.ts';

/** What is known of a dataset until its files change. */
interface Known {
  description: Description | null;
  problem: string | null;
  /** Counts changes, so that addresses of changed pictures are new ones. */
  version: number;
}

const THUMBNAILS = 4;

export class Datasets {
  readonly #context: Context;
  readonly #known = new Map<string, Known>();
  #versions = Date.now();

  constructor(context: Context) {
    this.#context = context;
  }

  list(): Dataset[] {
    return this.#ids().map((id) => this.#describe(id));
  }

  has(id: string): boolean {
    return this.#ids().includes(id);
  }

  /** Where a dataset lies. @throws UserError when there is none */
  folder(id: string): string {
    if (!this.has(id)) throw new UserError('That dataset is not in this project any more');
    return this.#context.folder.file('datasets', id);
  }

  /** A file of a dataset, for media. */
  file(id: string, path: string): string {
    return this.#context.folder.file('datasets', id, ...path.split('/'));
  }

  /** The file of the first picture, or null. */
  cover(): string | null {
    for (const id of this.#ids()) {
      const first = this.#look(id).description?.pictures[0]?.sides.at(-1);
      if (first !== undefined) return this.file(id, first);
    }
    return null;
  }

  async import({ tokens, title, ...wanted }: Args<'datasets.import'>): Promise<Result<'datasets.import'>> {
    const sources = tokens.map((token) => this.#context.tokens.path(token));
    const make = (folder: string) => ({ task: 'importDataset' as const, args: { sources, folder, title, ...wanted } });
    const { dataset, made } = await this.#make(`Importing ${title}`, title, make);
    return { dataset, count: made.count, skipped: made.skipped, renamed: made.renamed };
  }

  async add({ dataset, tokens, ...wanted }: Args<'datasets.add'>): Promise<Result<'datasets.add'>> {
    const folder = this.folder(dataset);
    const sources = tokens.map((token) => this.#context.tokens.path(token));
    const made = await this.#work('Adding pictures', 'addToDataset', { sources, folder, ...wanted });
    this.#forget(dataset);
    return { count: made.count, skipped: made.skipped, renamed: made.renamed };
  }

  async sample({ name, count }: Args<'datasets.sample'>): Promise<{ dataset: string }> {
    const title = `Sample: ${name}`;
    const make = (folder: string) => ({ task: 'sampleDataset' as const, args: { name, folder, title, count } });
    const { dataset } = await this.#make(`Writing the sample ${name}`, title, make);
    return { dataset };
  }

  async sketches({ dataset: of, title, styles, strengths }: Args<'datasets.sketches'>): Promise<{ dataset: string }> {
    const folder = this.folder(of);
    const make = (out: string) => ({
      task: 'makeSketches' as const,
      args: { folder, out, title, drawings: everyWay(styles, strengths) },
    });
    const { dataset } = await this.#make('Drawing sketches', title, make);
    return { dataset };
  }

  async sketchStyles({ dataset }: Args<'datasets.sketchStyles'>): Promise<Result<'datasets.sketchStyles'>> {
    return { styles: await this.#context.worker.run('suggestStyles', { folder: this.folder(dataset) }) };
  }

  async sketchPreview({
    dataset,
    name,
    style,
    strength,
  }: Args<'datasets.sketchPreview'>): Promise<{ png: Uint8Array }> {
    const description = this.#look(dataset).description;
    const entry = description?.pictures.find((picture) => picture.name === name);
    const finished = entry?.sides.at(-1);
    if (!finished) throw new UserError(`There is no picture "${name}" in this dataset any more`);
    const half = entry?.halves ? { half: 'right' as const } : {};
    const file = this.file(dataset, finished);
    const png = await this.#context.worker.run('sketchOf', { file, style, strength, ...half });
    return { png };
  }

  async cut({ token, plan, title }: Args<'sheets.cut'>): Promise<{ dataset: string }> {
    const file = this.#context.tokens.path(token);
    const make = (folder: string) => ({ task: 'sheetDataset' as const, args: { file, plan, folder, title } });
    const { dataset } = await this.#make('Cutting the sheet', title, make);
    return { dataset };
  }

  entries({ dataset, from, count }: Args<'datasets.entries'>): Result<'datasets.entries'> {
    const { description, version } = this.#look(dataset);
    const all = description?.pictures ?? [];
    const entries = all.slice(from, from + count).map(({ name, sides, heldOut }): Entry => ({
      name,
      heldOut: heldOut ?? false,
      thumbnails: sides.map((side) => mediaAddress('thumb', dataset, version, 256, side)),
      pictures: sides.map((side) => mediaAddress('thumb', dataset, version, 2048, side)),
    }));
    return { total: all.length, entries };
  }

  /** The address of a picture file of a dataset, small. */
  thumbnail(dataset: string, file: string): string {
    return mediaAddress('thumb', dataset, this.#look(dataset).version, 256, shown(this.folder(dataset), file));
  }

  async transparent({ dataset }: Args<'datasets.transparent'>): Promise<Result<'datasets.transparent'>> {
    return { transparent: await this.#context.worker.run('isTransparent', { folder: this.folder(dataset) }) };
  }

  async inspect({ dataset }: Args<'datasets.inspect'>): Promise<Result<'datasets.inspect'>> {
    const folder = this.folder(dataset);
    const { findings } = await this.#work('Checking the pictures', 'inspectDataset', { folder });
    const { path } = this.#context.folder;
    return { findings: findings.map((found) => ({ ...found, message: withoutPaths(found.message, path) })) };
  }

  async fix({ dataset, finding, fix }: Args<'datasets.fix'>): Promise<Result<'datasets.fix'>> {
    const folder = this.folder(dataset);
    this.#context.folder.requireWritable();
    const done = await this.#context.worker.run('applyFix', { folder, finding, fix });
    this.#forget(dataset);
    return done;
  }

  async undoFix({ dataset, undo }: Args<'datasets.undoFix'>): Promise<null> {
    const folder = this.folder(dataset);
    this.#context.folder.requireWritable();
    await this.#context.worker.run('undoFix', { folder, undo });
    this.#forget(dataset);
    return null;
  }

  rename({ dataset, title }: Args<'datasets.rename'>): null {
    this.#context.folder.requireWritable();
    const folder = this.folder(dataset);
    const known = readManifest(folder);
    const kind = this.#look(dataset).description?.kind ?? 'pairs';
    writeManifest(folder, { ...(known ?? { format: 1, kind, created: new Date().toISOString() }), title });
    this.#forget(dataset);
    return null;
  }

  remove({ dataset }: Args<'datasets.remove'>): Result<'datasets.remove'> {
    const binned = this.#context.folder.discard('dataset', this.#describe(dataset).title, [`datasets/${dataset}`]);
    this.#forget(dataset);
    return binned;
  }

  #ids(): string[] {
    return this.#context.folder.list('datasets', (name) => !name.endsWith('.partial'));
  }

  /** Datasets came or changed by work that nobody here waited for. */
  arrived(): void {
    this.refresh();
    this.#context.changed();
  }

  /** Datasets may have come back from the bin. */
  refresh(): void {
    this.#known.clear();
  }

  /** The files of a dataset were changed by others. */
  changed(id: string): void {
    this.#forget(id);
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#context.changed();
  }

  #look(id: string): Known {
    const known = this.#known.get(id) ?? this.#open(id);
    this.#known.set(id, known);
    return known;
  }

  #open(id: string): Known {
    const version = this.#versions++;
    try {
      return { description: describeDataset(this.folder(id)), problem: null, version };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { description: null, problem: error.message, version };
    }
  }

  #describe(id: string): Dataset {
    const { description, problem, version } = this.#look(id);
    const pictures = description?.pictures ?? [];
    const shown = spread(pictures, THUMBNAILS);
    return {
      id,
      title: description?.title ?? id,
      kind: description?.kind ?? 'pictures',
      layout: description?.layout ?? 'pictures',
      count: description?.count ?? 0,
      sets: description?.sets ?? null,
      setNames: description?.setNames ?? null,
      labels: description?.labels ?? [],
      heldOut: description?.heldOut ?? 0,
      leftOut: description?.leftOut ?? 0,
      created: description?.created ?? '',
      thumbnails: shown.map(({ sides }) => mediaAddress('thumb', id, version, 256, sides.at(-1)!)),
      problem: problem === null ? null : withoutPaths(problem, this.#context.folder.path),
    };
  }

  /** Makes a new dataset as a job; nothing is left of one that failed or was cancelled. */
  async #make<K extends TaskName>(
    doing: string,
    title: string,
    make: (folder: string) => { task: K; args: TaskArgs<K> },
  ): Promise<{ dataset: string; made: TaskResult<K> }> {
    this.#context.folder.requireWritable();
    const dataset = this.#context.folder.freshId(title);
    const folder = this.#context.folder.file('datasets', dataset);
    try {
      const { task, args } = make(folder);
      const made = await this.#work(doing, task, args);
      this.#forget(dataset);
      return { dataset, made };
    } finally {
      rmSync(`${folder}.partial`, { recursive: true, force: true });
    }
  }

  /** Long work with pictures, as a job. @throws UserError, also when it is cancelled */
  async #work<K extends TaskName>(title: string, task: K, args: TaskArgs<K>): Promise<TaskResult<K>> {
    const result = await doTask(this.#context.queue, title, [task, args]);
    if (result === undefined) throw new UserError(`${title}: cancelled`);
    return result;
  }
}
