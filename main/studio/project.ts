/**
 * A project on disk: a folder with pictures, datasets, runs, models and drawings. Every change is written at once, so
 * there is nothing to save and nothing to lose. A project that cannot be changed safely is opened read-only.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { explainIo, UserError } from '../errors.ts';
import { ensureWritableFolder } from '../files.ts';
import { takeLock, type Lock } from '../lock.ts';
import { readRecord, writeRecord } from '../records.ts';
import { BIN, MANIFEST, PROJECT_FORMAT, type BinRecord, type Manifest } from './project-files.ts';
import { sweepUploads } from './uploads.ts';

const ROOMS = ['datasets', 'runs', 'models', 'drawings', 'pictures', 'bin', '.maquette'] as const;

export class ProjectFolder {
  readonly path: string;
  readonly problems: string[] = [];
  #manifest: Manifest;
  #lock: Lock | undefined;

  private constructor(path: string, manifest: Manifest) {
    this.path = path;
    this.#manifest = manifest;
  }

  /** Makes a new project. @throws UserError when the folder holds something already or cannot be written */
  static create(path: string, title: string): ProjectFolder {
    if (existsSync(path) && readdirSync(path).length > 0)
      throw new UserError(`${path} is not empty; choose another name or place`);
    ensureWritableFolder(path);
    const manifest: Manifest = {
      format: PROJECT_FORMAT,
      id: randomBytes(8).toString('hex'),
      title,
      created: new Date().toISOString(),
    };
    writeRecord(join(path, 'project.json'), manifest);
    return ProjectFolder.open(path);
  }

  /**
   * Opens a project. One that is damaged, newer, in use or on a read-only disk is opened read-only with its problems.
   * @throws UserError when the folder is no project at all
   */
  static open(path: string): ProjectFolder {
    if (!existsSync(path)) throw new UserError(`${path} does not exist any more; it may have been moved`);
    if (!isProject(path))
      throw new UserError(`${path} is not a project of Maquette; choose a folder with a project.json`);
    const project = new ProjectFolder(path, { format: 1, id: basename(path), title: basename(path), created: '' });
    project.#attempt(() => (project.#manifest = readRecord(join(path, 'project.json'), MANIFEST)));
    if (!project.readOnly)
      project.#attempt(() => {
        for (const room of ROOMS) ensureWritableFolder(join(path, room));
        project.#lock = takeLock(
          join(path, '.maquette', 'lock'),
          (holder) => `The project is open in another Maquette (process ${holder}); close it there to change it here`,
        );
        project.#sweep();
      });
    return project;
  }

  get id(): string {
    return this.#manifest.id;
  }

  get title(): string {
    return this.#manifest.title;
  }

  get created(): string {
    return this.#manifest.created;
  }

  get readOnly(): boolean {
    return this.problems.length > 0;
  }

  /** @throws UserError when nothing may be changed */
  requireWritable(): void {
    if (this.readOnly)
      throw new UserError(`This project is open read-only (${this.problems[0]}); its models can be exported`);
  }

  close(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  rename(title: string): void {
    this.requireWritable();
    this.#manifest = { ...this.#manifest, title };
    writeRecord(this.file('project.json'), this.#manifest);
  }

  /** A place in the project. @throws UserError when an id is no plain name */
  file(...parts: string[]): string {
    for (const part of parts)
      if (!/^[^/\\\0]+$/.test(part) || part === '..' || part === '.')
        throw new UserError('That is not in this project');
    return join(this.path, ...parts);
  }

  /** The entries of a room that satisfy `is`, oldest name first. */
  list(room: (typeof ROOMS)[number], is: (name: string) => boolean): string[] {
    const folder = this.file(room);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.') && is(name))
      .sort();
  }

  /** A new id in a room that says what it is about. */
  freshId(title: string): string {
    const slug = title
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40);
    return `${slug || 'item'}-${randomBytes(3).toString('hex')}`;
  }

  /** Moves entries (`runs/x`) into the bin; gives their id there. @throws UserError */
  discard(what: BinRecord['what'], title: string, entries: readonly string[]): { bin: string } {
    this.requireWritable();
    const id = this.freshId(title);
    const folder = this.file('bin', id);
    const places = Object.fromEntries(entries.map((entry) => [basename(entry), entry]));
    const record: BinRecord = { format: 1, what, title, deleted: new Date().toISOString(), places };
    mkdirSync(folder, { recursive: true });
    writeRecord(join(folder, 'bin.json'), record);
    for (const entry of entries) move(this.file(...entry.split('/')), join(folder, basename(entry)));
    return { bin: id };
  }

  /** What is in the bin, the newest first. */
  bin(): ({ id: string } & BinRecord)[] {
    return this.list('bin', () => true)
      .flatMap((id) => {
        const file = this.file('bin', id, 'bin.json');
        return existsSync(file) ? [{ id, ...readRecord(file, BIN) }] : [];
      })
      .sort((a, b) => (a.deleted < b.deleted ? 1 : -1));
  }

  /** Puts something back from the bin. @throws UserError when something else has its place now */
  restore(id: string): void {
    this.requireWritable();
    const folder = this.file('bin', id);
    const { places } = readRecord(join(folder, 'bin.json'), BIN);
    for (const [name, place] of Object.entries(places))
      if (existsSync(join(folder, name))) move(join(folder, name), this.file(...place.split('/')));
    rmSync(folder, { recursive: true });
  }

  emptyBin(): void {
    this.requireWritable();
    for (const id of this.list('bin', () => true)) rmSync(this.file('bin', id), { recursive: true });
  }

  /** What a killed studio left half-made goes. */
  #sweep(): void {
    for (const name of readdirSync(this.file('datasets')))
      if (name.endsWith('.partial')) rmSync(this.file('datasets', name), { recursive: true });
    sweepUploads(this.path);
    rmSync(this.file('.maquette', 'exports'), { recursive: true, force: true });
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.problems.push(error.message);
    }
  }
}

/** Whether a folder is, or was, a project: its manifest may be damaged. */
export const isProject = (path: string): boolean =>
  existsSync(join(path, 'project.json')) ||
  ['datasets', 'runs', 'models'].every((room) => existsSync(join(path, room)));

function move(from: string, to: string): void {
  if (existsSync(to)) throw new UserError(`${basename(to)} is there already; rename or delete it first`);
  try {
    mkdirSync(join(to, '..'), { recursive: true });
    renameSync(from, to);
  } catch (error) {
    throw explainIo(error, `Cannot move ${from}`);
  }
}
