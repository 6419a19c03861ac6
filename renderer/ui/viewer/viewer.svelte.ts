/** Looking closely at one of several pictures, each with up to three sides to switch between and compare. */
import { Comparison } from '../compare/comparison.svelte.ts';
import type { Pixels } from './picture-view.ts';

export interface ViewerSide {
  label: string;
  load: () => Promise<Pixels>;
}
export interface ViewerPicture {
  title: string;
  sides: ViewerSide[];
}
/** What the dialog 'viewer' is opened with. */
export interface ViewerArgs {
  total: number;
  index: number;
  picture: (index: number) => Promise<ViewerPicture | undefined>;
  /** The side to begin with, and the one to compare it with. */
  side?: number;
  other?: number;
}

export class Viewer {
  index = $state(0);
  side = $state(0);
  /** The side to compare with; -1 for none. */
  other = $state(-1);
  readonly comparison = new Comparison();
  scale = $state(1);
  failed = $state(false);
  picture = $state.raw<ViewerPicture | null>(null);
  shown = $state.raw<{ left: Pixels; right: Pixels | null } | null>(null);
  readonly #args: ViewerArgs;
  #turn = 0;

  constructor(args: ViewerArgs) {
    this.#args = args;
    this.index = args.index;
    this.side = args.side ?? 0;
    this.other = args.other ?? -1;
    void this.#load();
  }

  get total(): number {
    return this.#args.total;
  }

  /** Another picture, as far as there are. */
  go(by: number): void {
    const to = Math.max(0, Math.min(this.total - 1, this.index + by));
    if (to === this.index) return;
    this.index = to;
    void this.#load();
  }
  show(side: number): void {
    if (!this.picture?.sides[side]) return;
    if (this.other === side) this.other = this.side;
    this.side = side;
    void this.#draw();
  }
  compare(other: number): void {
    this.other = other;
    void this.#draw();
  }
  /** Compares with the last of the other sides (the truth), or stops comparing. */
  toggleCompare(): void {
    const sides = this.picture?.sides.length ?? 0;
    if (this.other >= 0 || sides < 2) this.compare(-1);
    else this.compare(this.side === sides - 1 ? 0 : sides - 1);
  }

  async #load(): Promise<void> {
    const turn = ++this.#turn;
    const picture = (await this.#args.picture(this.index).catch(() => undefined)) ?? null;
    if (turn !== this.#turn) return;
    this.picture = picture;
    this.side = Math.min(this.side, Math.max(0, (picture?.sides.length ?? 1) - 1));
    if (this.other >= (picture?.sides.length ?? 0)) this.other = -1;
    await this.#draw();
  }

  async #draw(): Promise<void> {
    const turn = ++this.#turn;
    const load = (side: number): Promise<Pixels | null> => this.picture?.sides[side]?.load() ?? Promise.resolve(null);
    try {
      const [left, right] = await Promise.all([load(this.side), load(this.other)]);
      if (turn !== this.#turn) return;
      this.failed = left === null;
      this.shown = left && { left, right };
    } catch {
      if (turn === this.#turn) this.failed = true;
    }
  }
}
