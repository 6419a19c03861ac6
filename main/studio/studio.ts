/** The studio: what all doors share. It answers the contract; windows come and go, and it goes on. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type {
  Args,
  EventData,
  EventName,
  Picked,
  Project,
  RecentProject,
  Recognised,
  RecognisedAs,
  Result,
} from '../../preload/contract/index.ts';
import { Server, type Answers, type Failure } from '../../preload/contract/server.ts';
import { usualThreads } from '../cores.ts';
import { readyUpscalers } from '../engine/inference/ready-upscalers.ts';
import { forkRole, type Launch } from '../engine/processes/roles.ts';
import { counted } from '../counted.ts';
import { UserError } from '../errors.ts';
import { VERSION } from '../root.ts';
import { browse, goTo, makeFolder } from './browse.ts';
import { TaskWorker, inTaskWorker } from './tasks/client.ts';
import type { TaskResult } from './tasks/tasks.ts';
import { familyForms } from './families.ts';
import { JobQueue, type Ended } from './jobs.ts';
import { answerMedia, type Media } from './media.ts';
import { OpenProject } from './open-project.ts';
import { projectsFolder, shownPath, withoutPaths } from './places.ts';
import { isProject, ProjectFolder } from './project.ts';
import { mediaAddress } from './rooms/context.ts';
import { readStarter, starterIds } from './starters.ts';
import { StudioSettings, type Store } from './settings.ts';
import { Tokens } from './tokens.ts';
import { UPLOADS, Uploads } from './uploads.ts';

/** What a door brings. */
export interface Door {
  host: 'electron' | 'browser';
  store: Store;
  launch?: Launch;
  /** The system's dialog for files; absent where there is none. */
  pick?: (options: Args<'files.pick'>) => Promise<string[]>;
  /** Shows a folder in the system's window for files; absent where there is none. */
  reveal?: (folder: string) => void;
  /** Tells the person through the system that something ended. */
  notify?: (title: string, body: string) => void;
  log: (line: string) => void;
}

/** Events of one kind go out this far apart, in milliseconds; the last one always does. */
const EVERY = 100;

/** How old the time at which a project was last worked on may become, in milliseconds. */
const REMEMBER_MS = 60_000;

export class Studio {
  readonly server: Server;
  readonly tokens = new Tokens();
  readonly settings: StudioSettings;
  readonly queue: JobQueue;
  readonly #door: Door;
  readonly #launch: Launch;
  readonly #worker: TaskWorker;
  readonly #uploads = new Uploads();
  readonly #later = new Map<EventName, NodeJS.Timeout>();
  /** What a window has yet to take in. */
  readonly #opened: Picked[] = [];
  #project: OpenProject | null = null;

  constructor(door: Door) {
    this.#door = door;
    this.#launch = door.launch ?? forkRole;
    this.#worker = new TaskWorker(this.#launch);
    this.settings = new StudioSettings(door.store);
    this.queue = new JobQueue(
      (moved) => {
        this.#tellLater('jobs', () => this.queue.list());
        // Runs and batches are in the state of their jobs.
        if (moved) this.#changed();
      },
      (ended) => this.#jobEnded(ended),
    );
    this.server = new Server({
      answers: this.#answers(),
      explain: (error) => this.explain(error),
      refused: (what) => door.log(`refused: ${what}`),
    });
  }

  get project(): OpenProject | null {
    return this.#project;
  }

  /** An error in words; faults of ours are logged with their stack. */
  explain(error: unknown): Failure {
    if (error instanceof UserError)
      return { code: 'user', message: withoutPaths(error.message, this.#project?.folder.path, this.tokens.picked) };
    this.#door.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const what = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { code: 'fault', message: `Something went wrong in Maquette (${what}); the log has more` };
  }

  tell<K extends EventName>(name: K, data: EventData<K>): void {
    this.server.tell(name, data);
  }

  /** Which file an address below /media/ means. @throws UserError */
  media(path: string): Promise<Media> {
    return answerMedia(
      {
        ...{ project: this.#project, worker: this.#worker, tokens: this.tokens },
        recent: this.settings.recent(),
      },
      path,
    );
  }

  /** Opens a project by its folder. @throws UserError */
  open(path: string): Project {
    if (this.#project?.folder.path === path) return this.#project.describe();
    this.#leave();
    const folder = ProjectFolder.open(path);
    this.#project = new OpenProject({
      folder,
      ...{ queue: this.queue, worker: this.#worker, launch: this.#launch, tokens: this.tokens },
      threads: () => this.#threads(),
      engine: () => this.settings.get().engine,
      explain: (error) => this.explain(error).message,
      changed: () => this.#changed(),
      tell: (name, data) => this.tell(name, data),
    });
    this.#remember();
    this.#changed();
    return this.#project.describe();
  }

  /** Hands files to a window, this one or the next, as if they had been dropped into it. */
  openFiles(paths: readonly string[]): void {
    this.#opened.push(...paths.map((path) => this.tokens.of(path)));
    this.tell('opened', {});
  }

  /** Ends all work and closes the project. */
  async close(): Promise<void> {
    try {
      await this.queue.stopAll();
      this.#closeProject();
    } finally {
      this.#worker.close();
      for (const timer of this.#later.values()) clearTimeout(timer);
    }
  }

  /** Puts the open project first among the recent ones, as it is now. */
  #remember(): void {
    if (!this.#project) return;
    const { id, title, path } = this.#project.folder;
    this.settings.remember({ id, title, path, opened: new Date().toISOString(), cover: this.#project.cover() });
  }

  /** The list of recent projects follows the work, so that it is true also after a crash. */
  #rememberChanges(): void {
    if (!this.#project) return;
    const [known] = this.settings.recent();
    const { title, path } = this.#project.folder;
    const same = known?.path === path && known.title === title && known.cover === this.#project.cover();
    if (!same || Date.now() - Date.parse(known.opened) > REMEMBER_MS) this.#remember();
  }

  #describe(): Project | null {
    return this.#project?.describe() ?? null;
  }

  #changed(): void {
    this.#tellLater('project', () => {
      this.#rememberChanges();
      return this.#describe();
    });
  }

  /** @throws UserError while work is under way */
  #leave(): void {
    if (this.queue.busy) throw new UserError('Jobs are under way in this project; stop them, or wait until they end');
    this.#closeProject();
  }

  #closeProject(): void {
    this.queue.clear();
    try {
      this.#remember();
    } catch (error) {
      // Its folder may be gone, with the disk that it lay on: it is closed all the same.
      this.#door.log(`a project could not be remembered: ${this.explain(error).message}`);
    }
    this.#project?.close();
    this.#project = null;
    this.#changed();
  }

  /** The open project. @throws UserError when none is */
  #open(): OpenProject {
    if (!this.#project) throw new UserError('Open a project first');
    return this.#project;
  }

  /** Tells what is so in a moment: many changes at once are told once. */
  #tellLater<K extends EventName>(name: K, data: () => EventData<K>): void {
    if (this.#later.has(name)) return;
    this.#later.set(
      name,
      setTimeout(() => {
        this.#later.delete(name);
        try {
          this.tell(name, data());
        } catch (error) {
          this.tell('notice', { level: 'error', message: this.explain(error).message, run: null });
        }
      }, EVERY),
    );
  }

  #jobEnded({ job, error }: Ended): void {
    if (job.state === 'failed') {
      const { message } = this.explain(error);
      this.tell('notice', { level: 'error', message: `${job.title}: ${message}`, run: job.run });
    }
    if (job.kind !== 'files' && this.settings.get().notifications)
      this.#door.notify?.(job.title, JOB_ENDS[job.state as keyof typeof JOB_ENDS]);
  }

  #create({ title, token }: Args<'projects.create'>): Project {
    const inside = token === null ? projectsFolder() : this.tokens.path(token);
    const name =
      title
        .replace(/[/\\:*?"<>|\0]+/g, ' ')
        .replace(/[. ]+$/, '')
        .trim() || 'Project';
    let path = join(inside, name);
    for (let i = 2; existsSync(path); i++) path = join(inside, `${name} ${i}`);
    this.#leave();
    ProjectFolder.create(path, title).close();
    return this.open(path);
  }

  #recent(): RecentProject[] {
    return this.settings.recent().map(({ id, title, path, opened, cover }) => ({
      ...{ id, title, opened, place: shownPath(path), missing: !isProject(path) },
      thumbnail: cover !== null && existsSync(cover) ? mediaAddress('cover', id) : null,
    }));
  }

  #openRecent(id: string): Project {
    const found = this.settings.recent().find((project) => project.id === id);
    if (!found) throw new UserError('That project is not in the list any more; open its folder');
    return this.open(found.path);
  }

  async #cells({ token, plan }: Args<'sheets.cells'>): Promise<Result<'sheets.cells'>> {
    const file = this.tokens.path(token);
    const { boxes, width, height } = await this.#worker.run('sheetCells', { file, plan });
    return { boxes, width, height, picture: mediaAddress('picked', token) };
  }

  /** What dropped files are, what else they can be taken as, and how they look. */
  #sayRecognised({ others, seen, sheet, ...found }: TaskResult<'recognise'>): Recognised {
    const tokenOf = (file: string): string => this.tokens.of(file).token;
    return {
      ...sayWay(found),
      others: others.map(sayWay),
      thumbnails: seen.map((file) => mediaAddress('picked-thumb', tokenOf(file))),
      sheet: sheet && { token: tokenOf(sheet.file), name: basename(sheet.file), cells: sheet.cells },
    };
  }

  #threads(): number {
    return this.settings.get().threads ?? usualThreads();
  }

  #uploadFolder(): string {
    return this.#project && !this.#project.folder.readOnly
      ? this.#project.folder.file(...UPLOADS)
      : join(projectsFolder(), '.uploads');
  }

  #answers(): Answers {
    const done = null;
    const paths = (tokens: readonly string[]): string[] => tokens.map((token) => this.tokens.path(token));
    return {
      'app.info': () => ({
        version: VERSION,
        host: this.#door.host,
        platform: process.platform,
        nativeDialogs: this.#door.pick !== undefined,
        reveals: this.#door.reveal !== undefined,
        projectsPlace: shownPath(projectsFolder()),
      }),
      'app.engines': () =>
        inTaskWorker(this.#launch, ['reportEngines', { threads: this.#threads() }], {
          progress: () => undefined,
          signal: AbortSignal.timeout(120_000),
        }),
      'app.report': ({ message }) => {
        this.#door.log(`window: ${message}`);
        return done;
      },
      'settings.get': () => this.settings.get(),
      'settings.set': (change) => {
        const settings = this.settings.set(change);
        this.tell('settings', settings);
        return settings;
      },
      'files.pick': async (options) => {
        if (!this.#door.pick) throw new UserError('There is no dialog of the system here');
        return (await this.#door.pick(options)).map((path) => this.tokens.of(path));
      },
      'files.opened': () => this.#opened.splice(0),
      'files.browse': ({ token }) => browse(token === null ? homedir() : this.tokens.place(token), this.tokens),
      'files.goTo': ({ path }) => goTo(path, this.tokens),
      'files.reveal': ({ token }) => {
        this.#door.reveal?.(this.tokens.path(token));
        return done;
      },
      'files.makeFolder': ({ token, name }) => makeFolder(this.tokens.place(token), name, this.tokens),
      'files.beginUpload': () => ({ upload: this.#uploads.begin(this.#uploadFolder()) }),
      'files.upload': ({ upload, path, bytes }) => {
        this.#uploads.write(upload, path, bytes);
        return done;
      },
      'files.endUpload': ({ upload }) => this.#uploads.end(upload).map((path) => this.tokens.of(path)),

      'projects.recent': () => this.#recent(),
      'projects.create': (args) => this.#create(args),
      'projects.open': (which) =>
        'id' in which ? this.#openRecent(which.id) : this.open(this.tokens.path(which.token)),
      'projects.current': () => this.#describe(),
      'projects.close': () => {
        this.#leave();
        return done;
      },
      'projects.rename': ({ title }) => {
        this.#open().folder.rename(title);
        this.#changed();
        return done;
      },
      'projects.forget': ({ id }) => {
        this.settings.forget(id);
        return done;
      },
      'bin.restore': ({ id }) => {
        this.#open().folder.restore(id);
        this.#open().refresh();
        this.#changed();
        return done;
      },
      'bin.empty': () => {
        this.#open().batches.forget();
        this.#open().folder.emptyBin();
        this.#open().refresh();
        this.#changed();
        return done;
      },

      'datasets.recognise': async ({ tokens }) =>
        this.#sayRecognised(await this.#worker.run('recognise', { sources: paths(tokens) })),
      'datasets.import': (args) => this.#open().datasets.import(args),
      'datasets.add': (args) => this.#open().datasets.add(args),
      'datasets.sample': (args) => this.#open().datasets.sample(args),
      'datasets.entries': (args) => this.#open().datasets.entries(args),
      'datasets.transparent': (args) => this.#open().datasets.transparent(args),
      'datasets.inspect': (args) => this.#open().datasets.inspect(args),
      'datasets.fix': (args) => this.#open().datasets.fix(args),
      'datasets.undoFix': (args) => this.#open().datasets.undoFix(args),
      'datasets.sketchStyles': (args) => this.#open().datasets.sketchStyles(args),
      'datasets.sketchPreview': (args) => this.#open().datasets.sketchPreview(args),
      'datasets.sketches': (args) => this.#open().datasets.sketches(args),
      'sheets.cells': (args) => this.#cells(args),
      'sheets.suggest': ({ token }) => this.#worker.run('suggestPlan', { file: this.tokens.path(token) }),
      'sheets.cut': (args) => this.#open().datasets.cut(args),
      'datasets.rename': (args) => this.#open().datasets.rename(args),
      'datasets.remove': (args) => this.#open().datasets.remove(args),

      'families.list': () => familyForms(),
      'training.start': (form) => this.#open().runs.start(form),
      'training.pause': (args) => this.#open().runs.pause(args),
      'training.resume': (args) => this.#open().runs.resume(args),
      'training.stop': (args) => this.#open().runs.stop(args),
      'training.tryOut': (args) => this.#open().runs.tryOut(args),
      'training.fork': (args) => this.#open().runs.fork(args),
      'runs.curves': (args) => this.#open().runs.curves(args),
      'runs.rename': (args) => this.#open().runs.rename(args),
      'runs.remove': (args) => this.#open().runs.remove(args),

      'starters.list': () =>
        starterIds().map((id) => {
          const { title, says, family, does } = readStarter(id);
          return { id, title, says, family, does, picture: mediaAddress('starter-picture', id) };
        }),
      'models.addStarter': (args) => this.#open().models.addStarter(args),
      'models.import': (args) => this.#open().models.import(args),
      'models.shape': ({ model }) => this.#open().models.shape(model),
      'models.update': (args) => this.#open().models.update(args),
      'models.try': (args) => this.#open().models.try(args),
      'models.remove': (args) => this.#open().models.remove(args),
      'translate.start': (args) => this.#open().batches.start(args),
      'upscale.start': (args) => this.#open().batches.startUpscaling(args),
      'upscale.list': () => readyUpscalers(),
      'translate.pause': (args) => this.#open().batches.pause(args),
      'translate.resume': (args) => this.#open().batches.resume(args),
      'translate.rename': (args) => this.#open().batches.rename(args),
      'translate.remove': (args) => this.#open().batches.remove(args),
      'translate.notes': (args) => this.#open().batches.notes(args),
      'translate.save': (args) => this.#open().batches.save(args),
      'translate.keep': (args) => this.#open().batches.keep(args),
      'translate.mask': (args) => this.#open().batches.paint(args),
      'translate.others': (args) => this.#open().batches.others(args),
      'translate.results': (args) => this.#open().batches.results(args),

      'drawings.create': (args) => this.#open().drawings.create(args),
      'drawings.open': (args) => this.#open().drawings.open(args),
      'drawings.pixels': (args) => this.#open().drawings.pixels(args),
      'drawings.save': (args) => this.#open().drawings.save(args),
      'drawings.rename': (args) => this.#open().drawings.rename(args),
      'drawings.duplicate': (args) => this.#open().drawings.duplicate(args),
      'drawings.remove': (args) => this.#open().drawings.remove(args),
      'drawings.import': (args) => this.#open().drawings.import(args),
      'drawings.picture': (args) => this.#open().drawings.picture(args),
      'drawings.lines': (args) => this.#open().drawings.lines(args),
      'drawings.export': (args) => this.#open().drawings.export(args),
      'drawings.mapPreview': (args) => this.#open().drawings.mapPreview(args),

      'latent.facts': (args) => this.#open().latent.facts(args),
      'latent.kept': (args) => this.#open().latent.kept(args),
      'latent.keyPictures': (args) => this.#open().latent.keyPictures(args),
      'latent.setKeyPictures': (args) => this.#open().latent.setKeyPictures(args),
      'latent.keep': (args) => this.#open().latent.keep(args),
      'latent.drop': (args) => this.#open().latent.drop(args),
      'latent.slider': (args) => this.#open().latent.slider(args),
      'latent.dropSlider': (args) => this.#open().latent.dropSlider(args),
      'latent.find': (args) => this.#open().latent.find(args),
      'latent.learn': (args) => this.#open().latent.learn(args),
      'latent.nearest': (args) => this.#open().latent.nearest(args),
      'latent.path': (args) => this.#open().latent.path(args),
      'latent.saveVideo': (args) => this.#open().latent.saveVideo(args),
      'latent.export': (args) => this.#open().latent.export(args),
      'paint.translate': (args) => this.#open().painting.translate(args),
      'paint.pen': (args) => this.#open().painting.pen(args),
      'paint.facts': (args) => this.#open().painting.facts(args),
      'paint.example': (args) => this.#open().painting.example(args),
      'teach.remember': (args) => this.#open().lessons.remember(args),
      'teach.learn': (args) => this.#open().lessons.learn(args),
      'teach.report': (args) => this.#open().lessons.report(args),

      'jobs.list': () => this.queue.list(),
      'jobs.pause': ({ job }) => {
        this.queue.pause(job);
        return done;
      },
      'jobs.resume': ({ job }) => {
        this.queue.resume(job);
        return done;
      },
      'jobs.cancel': ({ job }) => {
        this.queue.cancel(job);
        return done;
      },
      'jobs.move': ({ job, to }) => {
        this.queue.move(job, to);
        return done;
      },
      'jobs.clear': () => {
        this.queue.clear();
        return done;
      },
    };
  }
}

const JOB_ENDS = { done: 'Done', failed: 'It failed; Maquette says why', cancelled: 'Stopped' };

/** What dropped files are, in a line for the person. */
function sayWay(found: TaskResult<'recognise'>['others'][number]): RecognisedAs {
  const { skipped, alone, open } = found;
  const notes = { skipped, alone, open };
  if (found.kind === 'nothing') return { kind: 'nothing', count: 0, says: found.reason, sets: null, ...notes };
  if (found.kind === 'sets') {
    const [a, b] = [found.a, found.b].map(({ folder, count }) => ({ title: basename(folder), count }));
    const sets = { a: a!, b: b! };
    return { kind: 'sets', count: a!.count + b!.count, says: 'Two folders of pictures', sets, ...notes };
  }
  const { kind, count } = found;
  const says =
    found.kind === 'labelled'
      ? `${counted(count, 'picture', 'pictures')} with ${found.labels.length} labels: ${found.labels.slice(0, 5).join(', ')}`
      : found.kind === 'pictures'
        ? `${counted(count, 'picture', 'pictures')} in one set`
        : found.a === undefined
          ? counted(count, 'pair of pictures', 'pairs of pictures')
          : `Two folders whose names match: ${counted(count, 'pair', 'pairs')}`;
  return { kind, count, says, sets: null, ...notes };
}
