/** What the Latent workspace shows and does. One instance, so that coming back finds everything as it was. */
import { untrack } from 'svelte';
import type {
  GeneratorFacts,
  KeptPicture,
  MadeFormat,
  Model,
  Part,
  Picked,
  Recipe,
  Result,
  VideoFormat,
  Wish,
} from '../../../preload/contract/index.ts';
import type { LatentAction, LatentFacade } from '../../commands/command.ts';
import { importing, type Take, type Takes, type What } from '../../drop/entrance.ts';
import { openDialog } from '../../dialogs/dialogs.svelte.ts';
import { pickFiles } from '../../files/pick.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';
import { GalleryState, type GalleryEntry } from '../../ui/gallery/gallery.svelte.ts';

/** What the gallery shows: drawn anew, kept, near one, or made of two. */
export type Source = 'seeds' | 'kept' | 'near' | 'mix';

export interface MadeEntry extends GalleryEntry {
  wish: Wish;
}

/** Nobody scrolls further, and `Other pictures` gives as many again. */
const ENDLESS = 5000;
/** From one to the other, where two are mixed. */
const HALFWAY = [0.25, 0.5, 0.75];
const SEEDS = 2 ** 32;

const randomSeed = (): number => Math.floor(Math.random() * SEEDS);
/** The seed of the i-th picture of a gallery: far from the next gallery's. */
const seedOf = (base: number, i: number): number => (base + i * 2654435761) % SEEDS;

/** A slider in the making: pictures that have something, and some that have not. */
export interface Marking {
  having: readonly Wish[];
  without: readonly Wish[];
}

/** A picture of the person's own that was looked for: as it was picked, and how the model sees it. */
interface Original extends Picked {
  address: string;
}

const keyOf = (wish: Wish): string => JSON.stringify(wish);

/** What a command does, and when it can. */
interface Deed {
  can: () => boolean;
  run: () => unknown;
}

class LatentState implements LatentFacade {
  readonly gallery = new GalleryState<MadeEntry>();
  facts = $state.raw<GeneratorFacts | null>(null);
  kept = $state.raw<readonly KeptPicture[]>([]);
  source = $state<Source>('seeds');
  /** The one that is shown large. */
  chosen = $state.raw<Wish | null>(null);
  /** The one that another is to be chosen for, to be mixed with it. */
  mixing = $state.raw<Wish | null>(null);
  marking = $state.raw<Marking | null>(null);
  markingTitle = $state('');
  truncation = $state(1);
  /** How far pictures like the one asked for are from it. */
  distance = $state(0.3);
  /** The part of the chosen picture that is to stay while the rest is varied. */
  part = $state.raw<Part | null>(null);
  /** The label of each input; `''` is any. */
  labels = $state<Record<string, string>>({});
  path = $state.raw<readonly Wish[]>([]);
  nearest = $state.raw<Result<'latent.nearest'> | 'looking'>(null);
  /** A picture that was dropped, while nobody has said what for. */
  dropped = $state.raw<Picked | null>(null);
  /** What the job is called that looks for a picture of the person's own. */
  finding = $state<string | null>(null);
  /** The pictures that were looked for, by where they were found: in which model, and by what recipe. */
  #originals = $state.raw<Readonly<Record<string, Original>>>({});
  saving = $state(false);
  error = $state<string>();
  #model = $state('');
  #base = $state(randomSeed());
  /** What the pictures that are near, or mixed, come from. */
  #of = $state.raw<readonly Wish[]>([]);
  /** The part of it that stays in those that are near. */
  #held = $state.raw<Part | null>(null);
  #asked = 0;

  /** Newest first. */
  readonly models: readonly Model[] = $derived(
    studio.modelsThat('generate').sort((a, b) => b.created.localeCompare(a.created)),
  );
  readonly model: Model | null = $derived(this.models.find(({ id }) => id === this.#model) ?? this.models[0] ?? null);
  readonly readOnly = $derived(studio.project?.readOnly ?? true);
  /** What changes when the model has learned more. */
  readonly version = $derived(this.model?.download.split('/').at(-1) ?? '');
  /** Whether the pictures that are near have a part in common. */
  readonly holds = $derived(this.source === 'near' && this.#held !== null);
  readonly canShowOthers = $derived(this.source === 'seeds' || this.source === 'near');
  readonly isKept = $derived(this.chosen ? this.#keptOf(this.chosen) !== undefined : false);

  choose(id: string): void {
    this.#model = id;
    Object.assign(this, {
      chosen: null,
      mixing: null,
      marking: null,
      part: null,
      path: [],
      facts: null,
      kept: [],
      source: 'seeds',
      labels: {},
    });
  }

  /** Shows what a model makes, from wherever one is. */
  exploreWith(id: string): void {
    if (id !== this.model?.id) this.choose(id);
    studio.go('latent');
  }

  /** Asks what the model takes and what is kept of it, and shows pictures. Called when another model is shown. */
  async open(): Promise<void> {
    const { model } = this;
    if (!model) return;
    this.error = undefined;
    try {
      const [facts, kept, path] = await Promise.all([
        studio.call('latent.facts', { model: model.id }),
        studio.call('latent.kept', { model: model.id }),
        studio.call('latent.keyPictures', { model: model.id }),
      ]);
      if (this.model?.id !== model.id) return;
      [this.facts, this.kept, this.path] = [facts, kept, path];
    } catch (error) {
      this.error = messageOf(error);
    }
  }

  /** The address of a picture. */
  address(wish: Wish): string {
    return `/media/made/${encodeURIComponent(this.model!.id)}/${this.version}/${encodeURIComponent(JSON.stringify(wish))}`;
  }

  /** Everything that decides what the gallery shows. */
  readonly #shown = $derived({
    ...{
      source: this.source,
      base: this.#base,
      of: this.#of,
      held: this.#held,
      kept: this.kept,
      facts: this.facts,
      marking: this.marking,
    },
    ...{ truncation: this.truncation, distance: this.distance, labels: { ...this.labels }, version: this.version },
  });

  /** Fills the gallery. To be called again when what it shows changes, which this reads. */
  show(): void {
    const { source } = this.#shown;
    const entries = source === 'kept' || source === 'mix' ? this.#finite().map((wish) => this.#entry(wish)) : null;
    const load = (from: number, count: number): MadeEntry[] =>
      entries?.slice(from, from + count) ??
      Array.from({ length: Math.min(count, ENDLESS - from) }, (_, i) => this.#entry(this.#drawn(from + i), from + i));
    untrack(() => {
      this.gallery.show(entries?.length ?? ENDLESS, (from, count) => Promise.resolve(load(from, count)));
      this.gallery.fetch();
    });
  }

  can(action: LatentAction): boolean {
    return this.#deeds[action].can();
  }
  run(action: LatentAction): void {
    void this.#deeds[action].run();
  }
  /** Of the chosen picture, while nothing else is being chosen. */
  #ofChosen(run: (chosen: Wish) => unknown, can = (): boolean => true): Deed {
    return {
      can: () => this.chosen !== null && this.mixing === null && can(),
      run: () => run(this.chosen!),
    };
  }
  readonly #marks = (side: keyof Marking): Deed =>
    this.#ofChosen(
      () => this.mark(side),
      () => this.marking !== null,
    );
  readonly #deeds: Readonly<Record<LatentAction, Deed>> = {
    others: { can: () => this.canShowOthers, run: () => this.others() },
    keep: this.#ofChosen(
      (chosen) => this.toggleKept(chosen),
      () => !this.readOnly,
    ),
    more: this.#ofChosen((chosen) => this.more(chosen)),
    hold: this.#ofChosen(() => this.hold()),
    mix: this.#ofChosen((chosen) => this.beginMix(chosen)),
    add: this.#ofChosen((chosen) => this.addToPath(chosen)),
    has: this.#marks('having'),
    'has-not': this.#marks('without'),
    slider: this.#ofChosen(
      () => this.beginMarking(),
      () => !this.readOnly && this.marking === null,
    ),
    find: { can: () => this.model !== null && this.finding === null, run: () => this.findPicked() },
    save: this.#ofChosen(
      (chosen) => this.save([chosen], 'pictures'),
      () => !this.saving,
    ),
  };

  /** Pictures that were not seen yet. */
  others(): void {
    this.#base = randomSeed();
    this.gallery.goTo(0);
  }

  /** Chooses a picture, or the second one of a mix. */
  pick(wish: Wish): void {
    if (this.mixing) this.#mix(this.mixing, wish);
    else this.chosen = wish;
  }

  /** Marks a part that stays, in the middle until it is moved; or lets it go. */
  hold(): void {
    this.part = this.part ? null : { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75 };
  }

  /** Shows more like one; where a part is marked, those in which it stays. */
  more(wish: Wish): void {
    this.#of = [wish];
    this.#held = this.part;
    Object.assign(this, { source: 'near', mixing: null, chosen: wish });
    this.others();
  }

  beginMix(wish: Wish): void {
    Object.assign(this, { mixing: wish, marking: null });
  }
  /** What was begun is given up. @returns whether there was anything */
  giveUp(): boolean {
    const begun = [this.mixing, this.marking, this.dropped, this.part].some((one) => one !== null);
    Object.assign(this, { mixing: null, marking: null, dropped: null, part: null });
    return begun;
  }

  async toggleKept(wish: Wish): Promise<void> {
    const { model, readOnly } = this;
    if (!model || readOnly) return;
    const before = this.#keptOf(wish);
    if (before) {
      this.kept = this.kept.filter(({ id }) => id !== before.id);
      await studio.attempt(studio.call('latent.drop', { model: model.id, kept: before.id }));
      return;
    }
    const kept = await studio.attempt(studio.call('latent.keep', { model: model.id, wish }));
    if (kept) this.kept = [...this.kept, kept];
  }

  /** What is dropped: one picture may be meant to be found, and what is to become of it is asked. */
  readonly takes: Takes = Object.fromEntries(
    (['pictures', 'layered'] as const).map((what): [What, Take] => [
      what,
      async (picking, dropped) => {
        const picked = await picking;
        if (picked.length > 1) return importing(picking, dropped);
        Object.assign(this, { dropped: picked[0] ?? null, mixing: null, marking: null });
      },
    ]),
  );
  async findDropped(): Promise<void> {
    const { dropped } = this;
    this.dropped = null;
    if (dropped) await this.find(dropped);
  }
  importDropped(): void {
    const { dropped } = this;
    this.dropped = null;
    if (dropped) void openDialog('import', { picked: Promise.resolve([dropped]), name: null });
  }
  /** Lets the person pick a picture of her own, and looks for it. */
  async findPicked(): Promise<void> {
    const [picked] = await pickFiles(studio, { folders: false, several: false, title: t.latent.findTitle });
    if (picked) await this.find(picked);
  }
  /** Looks for a picture of the person's own among all that the model can make, and shows what comes nearest. */
  async find(picked: Picked): Promise<void> {
    const { token, name } = picked;
    const { model, finding } = this;
    if (!model || finding !== null) return;
    const labels = this.chosen?.labels ?? {};
    const title = t.latent.finding(name);
    this.finding = title;
    const found = await studio.attempt(studio.call('latent.find', { model: model.id, token, labels, title }));
    this.finding = null;
    if (!found || this.model?.id !== model.id) return;
    this.#remember(found.recipe, { ...picked, address: found.original });
    this.chosen = { recipe: found.recipe, truncation: 1, labels, moves: {} };
  }
  #remember(recipe: Recipe, original: Original): void {
    this.#originals = { ...this.#originals, [this.#placeOf({ recipe })]: original };
  }
  #placeOf({ recipe }: Pick<Wish, 'recipe'>): string {
    return `${this.#model || this.model?.id} ${JSON.stringify(recipe)}`;
  }

  /** Whether a picture was found for one of the person's own that the model has not learned. */
  canLearn(wish: Wish): boolean {
    return wish.recipe.kind === 'found' && this.originalOf(wish) !== null && this.finding === null && !this.readOnly;
  }
  /** Has a copy of the model learn the picture that this one was found for, and goes on with that copy. */
  async learn({ recipe, labels }: Wish): Promise<void> {
    const { model } = this;
    const original = this.#originals[this.#placeOf({ recipe })];
    if (!model || !original || this.finding !== null) return;
    const title = t.latent.learningYours(original.name);
    this.finding = title;
    const { token } = original;
    const learned = await studio.attempt(studio.call('latent.learn', { model: model.id, token, labels, title }));
    this.finding = null;
    if (!learned || this.model?.id !== model.id) return;
    this.choose(learned.model);
    this.source = 'kept';
    this.#remember(learned.recipe, original);
  }
  /** The job that looks for a picture. */
  readonly findingJob = $derived(
    studio.jobs.find(({ title, state }) => title === this.finding && state !== 'cancelled' && state !== 'failed') ??
      null,
  );
  /** The picture that one was found for, where it is known. */
  originalOf(wish: Wish): string | null {
    return this.#originals[this.#placeOf(wish)]?.address ?? null;
  }

  /** Moves a slider of the chosen picture. */
  slide(id: string, by: number): void {
    if (!this.chosen) return;
    const others = Object.entries(this.chosen.moves).filter(([other]) => other !== id);
    this.chosen = { ...this.chosen, moves: Object.fromEntries(by === 0 ? others : [...others, [id, by]]) };
  }
  unmoved(): void {
    if (this.chosen) this.chosen = { ...this.chosen, moves: {} };
  }

  beginMarking(): void {
    Object.assign(this, { marking: { having: [], without: [] }, markingTitle: '', mixing: null });
  }
  endMarking(): void {
    this.marking = null;
  }
  /** Marks the chosen picture; again on the same side, and it is unmarked. */
  mark(side: keyof Marking): void {
    const { marking, chosen } = this;
    if (!marking || !chosen) return;
    const others = (wishes: readonly Wish[]): Wish[] => wishes.filter((wish) => keyOf(wish) !== keyOf(chosen));
    const was = marking[side].length !== others(marking[side]).length;
    const next = { having: others(marking.having), without: others(marking.without) };
    if (!was) next[side].push(chosen);
    this.marking = next;
  }
  async makeSlider(): Promise<void> {
    const { model, marking, markingTitle } = this;
    if (!model || !marking) return;
    const asked = { having: [...marking.having], without: [...marking.without] };
    const title = markingTitle.trim();
    const made = await studio.attempt(studio.call('latent.slider', { model: model.id, title, ...asked }));
    if (!made) return;
    this.marking = null;
    await this.open();
  }
  async dropSlider(slider: string): Promise<void> {
    if (!this.model) return;
    const dropped = await studio.attempt(studio.call('latent.dropSlider', { model: this.model.id, slider }));
    if (dropped === undefined) return;
    this.slide(slider, 0);
    await this.open();
  }

  addToPath(wish: Wish): void {
    this.#setPath([...this.path, wish]);
  }
  takeOut(at: number): void {
    this.#setPath(this.path.filter((_, i) => i !== at));
  }
  /** What is in it is written at once; where the project cannot be written to it lasts as long as the window. */
  #setPath(path: readonly Wish[]): void {
    this.path = path;
    if (this.model && !this.readOnly)
      void studio.attempt(studio.call('latent.setKeyPictures', { model: this.model.id, wishes: [...path] }));
  }
  move(at: number, by: number): void {
    const path = [...this.path];
    const [taken] = path.splice(at, 1);
    path.splice(Math.max(0, Math.min(path.length, at + by)), 0, taken!);
    this.#setPath(path);
  }

  /** Looks for the learned picture that is most like one; the answer for another picture is dropped. */
  async lookForNearest(wish: Wish): Promise<void> {
    const asked = ++this.#asked;
    this.nearest = 'looking';
    const nearest = await studio.attempt(studio.call('latent.nearest', { model: this.model!.id, wish }));
    if (asked === this.#asked) this.nearest = nearest ?? null;
  }

  /** Makes a file and saves it. */
  async save(wishes: readonly Wish[], as: MadeFormat, fps = 12): Promise<void> {
    if (!this.model || this.saving || wishes.length === 0) return;
    await this.#download(studio.call('latent.export', { model: this.model.id, wishes: [...wishes], as, fps }));
  }
  /** Saves a video that the window made. */
  async saveVideo(video: Uint8Array, as: VideoFormat): Promise<void> {
    if (!this.model || this.saving) return;
    await this.#download(studio.call('latent.saveVideo', { model: this.model.id, video, as }));
  }
  async #download(making: Promise<Result<'latent.export'>>): Promise<void> {
    this.saving = true;
    const made = await studio.attempt(making);
    this.saving = false;
    if (!made) return;
    Object.assign(document.createElement('a'), { href: made.download, download: made.name }).click();
    studio.announce(t.latent.saved(made.name));
  }

  #entry(wish: Wish, i?: number): MadeEntry {
    const mark = this.#markOf(wish);
    const name = i === undefined ? '' : t.latent.picture(i + 1);
    return { wish, name, heldOut: false, thumbnails: [this.address(wish)], mark };
  }

  #markOf(wish: Wish): string | undefined {
    const among = (wishes: readonly Wish[]): boolean => wishes.some((one) => keyOf(one) === keyOf(wish));
    if (this.marking) return among(this.marking.having) ? '+' : among(this.marking.without) ? '−' : undefined;
    return this.source !== 'kept' && this.#keptOf(wish) ? '★' : undefined;
  }

  /** The i-th picture of an endless gallery. */
  #drawn(i: number): Wish {
    const seed = seedOf(this.#base, i);
    if (this.source === 'near') {
      const [of] = this.#of as [Wish];
      const near = { of: of.recipe, seed, distance: this.distance };
      return { ...of, recipe: this.#held ? { kind: 'held', ...near, ...this.#held } : { kind: 'near', ...near } };
    }
    return { recipe: { kind: 'seed', seed }, truncation: this.truncation, labels: this.#labelsOf(seed), moves: {} };
  }

  /** What was asked for; where any will do, one after another. */
  #labelsOf(seed: number): Record<string, string> {
    return Object.fromEntries(
      (this.facts?.labels ?? []).map(({ name, choices }) => [
        name,
        this.labels[name] ? this.labels[name] : choices[seed % choices.length]!,
      ]),
    );
  }

  #finite(): Wish[] {
    if (this.source === 'kept') return this.kept.map(({ wish }) => wish).reverse();
    const [a, b] = this.#of as [Wish, Wish];
    const made = (recipe: Recipe): Wish => ({ ...a, recipe });
    const mixes = (coarse: Wish, fine: Wish): Wish[] =>
      Array.from({ length: Math.max(0, (this.facts?.levels ?? 1) - 1) }, (_, i) =>
        made({ kind: 'mix', coarse: coarse.recipe, fine: fine.recipe, level: i + 1 }),
      );
    const between = HALFWAY.map((at) => made({ kind: 'between', from: a.recipe, to: b.recipe, at }));
    return [...mixes(a, b), ...mixes(b, a), ...between];
  }

  #mix(a: Wish, b: Wish): void {
    this.#of = [a, b];
    Object.assign(this, { mixing: null, source: 'mix' });
    this.gallery.goTo(0);
  }

  #keptOf(wish: Wish): KeptPicture | undefined {
    return this.kept.find((kept) => keyOf(kept.wish) === keyOf(wish));
  }
}

export const latentState = new LatentState();

/** The pictures that a picture was made from: the recipes within its own. */
export const parentsOf = ({ recipe, ...rest }: Wish): Wish[] =>
  Object.values(recipe)
    .filter((part): part is Recipe => typeof part === 'object')
    .map((parent) => ({ ...rest, recipe: parent }));
