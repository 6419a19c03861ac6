/** Walking through the folders of the host's machine, and choosing there. */
import type { Picked, Place } from '../../preload/contract/index.ts';
import { messageOf, studio } from '../studio.svelte.ts';
import type { PickOptions } from './pick.ts';

/** The folder that was shown last: the next time begins there. */
let last: Picked | null = null;

export class FolderBrowser {
  place = $state.raw<Place | null>(null);
  error = $state<string>();
  active = $state(0);
  /** A path that is being typed and was not gone to. */
  draft = $state<string>();
  chosen = $state.raw<readonly Picked[]>([]);
  readonly entries = $derived(this.place?.entries.filter(({ folder }) => folder || !this.options.folders) ?? []);
  /** What choosing now would give. */
  readonly result = $derived.by(() => {
    if (this.chosen.length > 0) return this.chosen;
    return this.options.folders && this.place ? [this.place.here] : [];
  });

  readonly options: PickOptions;
  /** How many places were asked for: only the newest is shown, in whatever order the answers come. */
  #asked = 0;

  constructor(options: PickOptions) {
    this.options = options;
  }

  /** Shows the folder of last time, where it is still there. */
  async begin(): Promise<void> {
    if (last) await this.open(last);
    if (!last || this.error) await this.open(null);
  }

  /** Shows a folder; home without one. */
  async open(folder: Picked | null): Promise<void> {
    await this.#show(studio.call('files.browse', { token: folder?.token ?? null }));
  }

  /** Shows the folder of a path that was typed, and chooses the file that was meant. @returns whether it is there */
  async goTo(path: string): Promise<boolean> {
    if (path.trim() === '' || !(await this.#show(studio.call('files.goTo', { path })))) return false;
    const { meant } = this.place!;
    const index = this.entries.findIndex(({ name, folder }) => name === meant?.name && !folder);
    if (index >= 0) this.select(index, false);
    return true;
  }

  /** Makes a folder in the one that is shown, and opens it. @returns whether it is made */
  async makeFolder(name: string): Promise<boolean> {
    if (!this.place) return false;
    try {
      const made = await studio.call('files.makeFolder', { token: this.place.here.token, name: name.trim() });
      await this.open(made);
      return true;
    } catch (error) {
      this.error = messageOf(error);
      return false;
    }
  }

  async #show(showing: Promise<Place>): Promise<boolean> {
    const asked = ++this.#asked;
    const { draft } = this;
    try {
      const place = await showing;
      if (asked !== this.#asked) return false;
      this.place = place;
      // What was typed while the answer was under way is kept.
      if (this.draft === draft) this.draft = undefined;
      last = this.place.here;
      this.active = 0;
      this.chosen = [];
      this.error = undefined;
      return true;
    } catch (error) {
      if (asked === this.#asked) this.error = messageOf(error);
      return false;
    }
  }

  /** Selects an entry; with `more`, beside those selected already. */
  select(index: number, more: boolean): void {
    const entry = this.entries[index];
    if (!entry) return;
    this.active = index;
    if (entry.folder && !this.options.folders) {
      this.chosen = [];
      return;
    }
    const others = more && this.options.several ? this.chosen.filter(({ token }) => token !== entry.token) : [];
    const was = more && this.isChosen(entry);
    this.chosen = was ? others : [...others, entry];
  }

  isChosen(entry: Picked): boolean {
    return this.chosen.some(({ token }) => token === entry.token);
  }

  /** Goes into a folder; for a file, gives it as the choice. */
  async enter(index: number): Promise<Picked[] | null> {
    const entry = this.entries[index];
    if (!entry) return null;
    if (!entry.folder) return this.chosen.length > 0 ? [...this.chosen] : [entry];
    await this.open(entry);
    return null;
  }

  /** Moves the active line, as far as there are lines. */
  move(by: number, more: boolean): void {
    this.select(Math.max(0, Math.min(this.entries.length - 1, this.active + by)), more);
  }

  /** All files of the folder. */
  selectAll(): void {
    if (this.options.several) this.chosen = this.entries.filter(({ folder }) => folder === this.options.folders);
  }
}
