/** Importing pictures, step by step: choose, be told what it is, name it, import, read what was left out. */
import type { Dataset, DatasetKind, FileNote, Picked, Recognised, RecognisedAs } from '../../preload/contract/index.ts';
import { pickFiles } from '../files/pick.ts';
import { messageOf, studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { freeTitle } from '../text/free-title.ts';

type Step = 'choose' | 'looking' | 'name' | 'importing' | 'told';

/** What came in, what was left out, and what is called otherwise now. */
interface Done {
  count: number;
  skipped: readonly FileNote[];
  renamed: readonly FileNote[];
}

export class Importing {
  step = $state<Step>('choose');
  recognised = $state.raw<Recognised | null>(null);
  /** What the person wants it to be taken as; null for what it looks like. */
  as = $state<DatasetKind | null>(null);
  /** Whether two sets are taken the other way round. */
  swap = $state(false);
  title = $state(t.importing.suggestion);
  /** The title of the project that is made before anything comes in; null where one is open. */
  project: string | null = null;
  /** The dataset to add to; '' for a new one. */
  into = $state('');
  error = $state<string>();
  done = $state.raw<Done | null>(null);
  /** The targets that the person gave to inputs, where more than one was possible. */
  partners = $state.raw<Readonly<Record<string, string>>>({});
  #picked: readonly Picked[] = [];

  /** All that it can be taken as, what it looks like first. */
  readonly ways: readonly RecognisedAs[] = $derived(
    this.recognised ? [this.recognised, ...this.recognised.others] : [],
  );
  readonly way = $derived(this.ways.find(({ kind }) => kind === this.as) ?? this.ways[0] ?? null);
  /** The two sets as they are taken. */
  readonly sets = $derived.by(() => {
    const sets = this.way?.sets;
    return sets && this.swap ? { a: sets.b, b: sets.a } : (sets ?? null);
  });

  /** Pictures without a partner that nothing is asked about. */
  readonly alone = $derived.by((): readonly FileNote[] => {
    const asked = (this.way?.open ?? []).flatMap(({ inputs, targets }) => [...inputs, ...targets]);
    return (this.way?.alone ?? []).filter((file) => !asked.includes(file)).map((file) => ({ file, why: '' }));
  });

  /** The datasets that could take this in. */
  readonly fitting = $derived.by((): readonly Dataset[] => {
    const kind = this.way?.kind;
    return studio.project?.datasets.filter((dataset) => dataset.kind === kind && dataset.problem === null) ?? [];
  });

  async choose(folders: boolean): Promise<void> {
    const title = folders ? t.importing.chooseFolder : t.importing.choosePictures;
    const picked = await pickFiles(studio, { folders, several: !folders, title });
    if (picked.length > 0) await this.look(Promise.resolve(picked), null);
  }

  /** Finds out what was picked. */
  async look(picking: Promise<Picked[]>, name: string | null): Promise<void> {
    this.step = 'looking';
    this.error = undefined;
    try {
      this.#picked = await picking;
      this.recognised = await studio.call('datasets.recognise', { tokens: this.#tokens() });
      this.as = null;
      this.swap = false;
      this.partners = {};
      const folder = this.#picked.length === 1 && this.#picked[0]!.folder ? this.#picked[0]!.name : null;
      this.title = freeTitle(name ?? folder ?? t.importing.suggestion, this.#taken());
      if (this.recognised.kind === 'nothing') {
        this.error = this.recognised.says;
        this.step = 'choose';
      } else this.step = 'name';
    } catch (error) {
      this.error = messageOf(error);
      this.step = 'choose';
    }
  }

  /** Makes the project, if there is to be a new one. @returns whether one is open now */
  async enter(): Promise<boolean> {
    if (this.project === null) return true;
    if (!(await studio.enter(studio.call('projects.create', { title: this.project, token: null })))) return false;
    this.project = null;
    return true;
  }

  /** Imports. @returns the dataset, or null when it failed (and `error` says why) */
  async run(): Promise<string | null> {
    this.step = 'importing';
    this.error = undefined;
    try {
      if (!(await this.enter())) {
        this.step = 'name';
        return null;
      }
      const { dataset, ...done } = await this.#import();
      this.done = done;
      if (done.skipped.length > 0 || done.renamed.length > 0) this.step = 'told';
      studio.focus = { dataset };
      studio.go('train');
      return dataset;
    } catch (error) {
      this.error = messageOf(error);
      this.step = 'name';
      return null;
    }
  }

  /** Whether a target belongs to an input already. */
  isTaken(target: string): boolean {
    return Object.values(this.partners).includes(target);
  }
  /** Says which target belongs to an input; '' for none. */
  pair(input: string, target: string): void {
    this.partners = { ...this.partners, [input]: target };
  }

  async #import(): Promise<Done & { dataset: string }> {
    const tokens = this.#tokens();
    // Set where it was swapped before it was taken as something else.
    const swap = this.swap && this.sets !== null;
    const partners = Object.entries(this.partners).filter(([, target]) => target !== '');
    if (!this.into)
      return studio.call('datasets.import', { tokens, title: this.title.trim(), as: this.as, swap, partners });
    const added = await studio.call('datasets.add', { dataset: this.into, tokens, swap, partners });
    return { dataset: this.into, ...added };
  }

  #taken(): string[] {
    return studio.project?.datasets.map(({ title }) => title) ?? [];
  }
  #tokens(): string[] {
    return this.#picked.map(({ token }) => token);
  }
}
