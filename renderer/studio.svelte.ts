/**
 * The studio as the window knows it: the connection, and what the host tells over it, kept in step by its events.
 * One instance for the window. What a workspace needs beyond this it keeps itself.
 */
import { SvelteMap } from 'svelte/reactivity';
import { CallError, type Client } from '../preload/contract/client.ts';
import type {
  Starter,
  Upscaler,
  AppInfo,
  Args,
  CallName,
  EventData,
  EventName,
  Job,
  Model,
  ModelDoes,
  Picked,
  Project,
  RecentProject,
  Result,
  RunProgress,
  Settings,
} from '../preload/contract/index.ts';
import type { CommandStudio, SketchFacade, BatchesFacade, LatentFacade } from './commands/command.ts';
import type { WorkspaceName } from '../preload/contract/workspaces.ts';
import { runCommand } from './commands/registry.ts';
import { Connection } from './connection.svelte.ts';
import { dialogs, openDialog } from './dialogs/dialogs.svelte.ts';
import { pickFiles } from './files/pick.ts';
import { host, type Dropped } from './host/host.ts';
import { jobEndings } from './shell/jobs.ts';
import { t } from './text/en.ts';
import { freeTitle } from './text/free-title.ts';
import { Toasts, type Toast } from './ui/toasts.svelte.ts';

/** How many things of a sample are enough to see a model learn. */
const SAMPLE_COUNTS = { renders: 800, portraits: 400, characters: 600 };
/** What an error for want of a connection is about. */
const HOST = 'host';
const DEFAULTS: Settings = {
  ...{ theme: 'system', threads: null, engine: 'auto', notifications: true, lastTraining: {} },
  ...{ palettes: [], shortcuts: {}, scale: 1 },
};

export class Studio implements CommandStudio {
  readonly connection = new Connection((client) => this.#load(client));
  info = $state.raw<AppInfo | null>(null);
  settings = $state.raw<Settings>(DEFAULTS);
  project = $state.raw<Project | null>(null);
  recent = $state.raw<readonly RecentProject[]>([]);
  jobs = $state.raw<readonly Job[]>([]);
  /** The models that Maquette brings along. */
  starters = $state.raw<readonly Starter[]>([]);
  /** The upscalers that it brings along. */
  upscalers = $state.raw<readonly Upscaler[]>([]);
  workspace = $state<WorkspaceName>('train');
  /** Files on their way to the host. */
  upload = $state.raw<{ done: number; total: number } | null>(null);
  /** What is being prepared for the open project, in words (the sample pictures). */
  preparing = $state<string | null>(null);
  /** Something broke in the window itself. */
  fault = $state<string | null>(null);
  /** Read out by screen readers, seen by nobody. */
  announcement = $state('');
  /** Counts wishes for the Train form; the Train workspace answers them. */
  trainingWishes = $state(0);
  /** What a workspace should show when it is opened next: a model the Library, a dataset Train. */
  focus = $state.raw<{ model: string } | { dataset: string } | null>(null);
  /** The drawing that is open in the Sketch workspace, for its commands. */
  sketch = $state.raw<SketchFacade | null>(null);
  /** The Style workspace while it is shown, for its commands. */
  batches = $state.raw<BatchesFacade | null>(null);
  /** The Latent workspace while it is shown, for its commands. */
  latent = $state.raw<LatentFacade | null>(null);
  readonly toasts = new Toasts();
  /** The newest progress of each run since the window opened. */
  readonly live = new SvelteMap<string, RunProgress>();
  readonly running = $derived(this.jobs.find(({ kind, state }) => kind === 'train' && state === 'running') ?? null);
  readonly paused = $derived(this.jobs.find(({ kind, state }) => kind === 'train' && state === 'paused') ?? null);
  /** Of each error, the call that failed. */
  readonly #failed = new WeakMap<object, string>();

  constructor() {
    dialogs.onUnknown = () => this.toasts.add('info', t.errors.notYet);
    this.listen('settings', (settings) => (this.settings = settings));
    this.listen('project', (project) => this.#takeProject(project));
    this.listen('jobs', (jobs) => this.#takeJobs(jobs));
    this.listen('progress', (progress) => this.live.set(progress.run, progress));
    this.listen('notice', ({ level, message }) => this.toasts.add(level, message));
    this.listen('command', ({ id }) => runCommand(id, this));
  }

  /** Asks the host. @throws CallError */
  call<K extends CallName>(name: K, args: Args<K>): Promise<Result<K>> {
    return this.connection.call(name, args).then(
      (result) => {
        this.toasts.works(name);
        return result;
      },
      (error: unknown) => {
        if (error instanceof Error)
          this.#failed.set(error, error instanceof CallError && error.code === 'gone' ? HOST : name);
        throw error;
      },
    );
  }

  /** Asks the host; a failure becomes a line at the edge of the window. @returns undefined when it failed */
  async attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.toasts.add('error', messageOf(error), { about: this.#failed.get(error as object) });
      return undefined;
    }
  }

  /** Hears an event now and after every reconnection; gives the function that ends it. */
  listen<K extends EventName>(name: K, listener: (data: EventData<K>) => void): () => void {
    return this.connection.listen(name, listener);
  }

  /** Says something to people who hear the screen. */
  announce(text: string): void {
    this.announcement = text;
  }

  /** A fault of the window: logged by the host, and told. */
  report(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.call('app.report', { message: text.slice(0, 10_000) }).catch(() => undefined);
    this.fault ??= error instanceof Error ? error.message : String(error);
  }

  go(workspace: WorkspaceName): void {
    if (workspace !== this.workspace) this.toasts.elsewhere();
    this.workspace = workspace;
  }
  openDialog(name: string, args: object = {}): void {
    void openDialog(name, args);
  }
  toast(level: Toast['level'], message: string, action?: Toast['action']): void {
    this.toasts.add(level, message, { action });
  }
  newTraining(): void {
    this.go('train');
    this.trainingWishes++;
  }
  training(what: 'pause' | 'resume' | 'stop', job: Job): void {
    if (job.run) void this.attempt(this.call(`training.${what}`, { run: job.run }));
  }
  toggleTheme(): void {
    const dark =
      this.settings.theme === 'dark' ||
      (this.settings.theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    void this.set({ theme: dark ? 'light' : 'dark' });
  }
  /** Changes settings; shown at once. */
  async set(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    const settings = await this.attempt(this.call('settings.set', change));
    if (settings) this.settings = settings;
  }

  async openProject(): Promise<void> {
    const [picked] = await pickFiles(this, { folders: true, several: false, title: t.home.openTitle });
    if (picked) await this.enter(this.call('projects.open', { token: picked.token }));
  }
  /** Takes the project that a call gives, and shows it. @returns whether there is one now */
  async enter(opening: Promise<Project>): Promise<boolean> {
    const project = await this.attempt(opening);
    if (!project) return false;
    this.#takeProject(project);
    this.workspace = 'train';
    return true;
  }
  async closeProject(): Promise<void> {
    await this.attempt(this.call('projects.close', {}));
    await this.refreshRecent();
  }
  async refreshRecent(): Promise<void> {
    this.recent = (await this.attempt(this.call('projects.recent', {}))) ?? this.recent;
  }
  /** The models of the open project that do what a workspace needs. */
  modelsThat(does: ModelDoes): Model[] {
    return (this.project?.models ?? []).filter((model) => model.does === does);
  }
  /** Models that Maquette brings along and that the open project does not have. */
  get startersLeft(): Starter[] {
    return this.starters.filter(({ id }) => !this.project?.models.some(({ starter }) => starter === id));
  }
  /** Puts a model that Maquette brings along into the open project; gives what it is called there. */
  async addStarter(starter: string): Promise<string | undefined> {
    return (await this.attempt(this.call('models.addStarter', { starter })))?.model;
  }
  /** A title that no recent project has. */
  #free(title: string): string {
    return freeTitle(
      title,
      this.recent.map((project) => project.title),
    );
  }
  /** Opens what was drawn and kept without a project of its own: that of the last time, else a new one. */
  enterDrawings(): Promise<boolean> {
    const title = t.starters.drawingsTitle;
    const last = this.recent.find((project) => project.title === title && !project.missing);
    const entering = last
      ? this.call('projects.open', { id: last.id })
      : this.call('projects.create', { title, token: null });
    return this.enter(entering);
  }
  /** The same with one of the models that Maquette brings along; gives what it is called there. */
  async startWithStarter(starter: string): Promise<string | undefined> {
    return (await this.enterDrawings()) ? this.addStarter(starter) : undefined;
  }
  /** A project with the sample pictures, for who has none at hand. @returns the dataset */
  async startWithSamples(count?: number): Promise<string | undefined> {
    if (!(await this.enter(this.call('projects.create', { title: this.#free(t.home.sampleTitle), token: null }))))
      return undefined;
    return this.addSamples('renders', count);
  }
  /** Pairs of flat drawings and renders, or two sets of portraits. @returns the dataset */
  async addSamples(
    name: keyof typeof SAMPLE_COUNTS = 'renders',
    count = SAMPLE_COUNTS[name],
  ): Promise<string | undefined> {
    this.preparing = t.home.preparing;
    const made = await this.attempt(this.call('datasets.sample', { name, count }));
    this.preparing = null;
    return made?.dataset;
  }

  /** Dropped or chosen files as tokens; where they have to be sent, `upload` tells how far. */
  async tokensOf(dropped: Dropped[]): Promise<Picked[]> {
    const { client } = this.connection;
    if (!client) throw new CallError('gone', t.errors.noConnection);
    try {
      return await host.tokensOf(dropped, client, (done, total) => (this.upload = { done, total }));
    } finally {
      this.upload = null;
    }
  }

  async #load(client: Client): Promise<void> {
    const [info, settings, project, recent, jobs, starters, upscalers] = await Promise.all([
      client.call('app.info', {}),
      client.call('settings.get', {}),
      client.call('projects.current', {}),
      client.call('projects.recent', {}),
      client.call('jobs.list', {}),
      client.call('starters.list', {}),
      client.call('upscale.list', {}),
    ]);
    this.info = info;
    this.settings = settings;
    this.recent = recent;
    this.jobs = jobs;
    this.starters = starters;
    this.upscalers = upscalers;
    this.#takeProject(project ?? (await this.#openAgain(client)));
    this.toasts.works(HOST);
  }

  /** A studio that began anew has no project open: the one that this window shows is opened again. */
  async #openAgain(client: Client): Promise<Project | null> {
    if (!this.project) return null;
    try {
      return await client.call('projects.open', { id: this.project.id });
    } catch (error) {
      if (!(error instanceof CallError) || error.code === 'gone') throw error;
      this.toasts.add('error', error.message, { about: 'projects.open' });
      return null;
    }
  }

  #takeProject(project: Project | null): void {
    if (project?.id !== this.project?.id) {
      this.live.clear();
      this.toasts.elsewhere();
    }
    this.project = project;
  }

  #takeJobs(jobs: readonly Job[]): void {
    for (const ending of jobEndings(this.jobs, jobs)) this.announce(ending);
    this.jobs = jobs;
  }
}

/** Why a call failed, for a person. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const studio = new Studio();
