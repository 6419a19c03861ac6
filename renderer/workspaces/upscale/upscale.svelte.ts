/** What the Upscale workspace shows and does. One instance, so that coming back finds everything as it was. */
import type { Batch, Model, Upscaler, Upscaling } from '../../../preload/contract/index.ts';
import { BatchesState, type Given } from '../../batches/batches.svelte.ts';
import { Keeping } from '../../batches/easel/keeping.svelte.ts';
import type { Takes } from '../../drop/entrance.ts';
import { studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';

/** How large results are to be. */
export type Measure = 'factor' | 'width' | 'height';

/** What can be asked for: times as large, and pixels. */
export const FACTORS = [0.1, 16] as const;
export const SIDES = [1, 65_536] as const;

class UpscaleState extends BatchesState {
  readonly words = t.upscale;
  override readonly keeping = new Keeping();
  /** Those that are brought along, and the project's own before them. */
  readonly upscalers: readonly Choice[] = $derived([
    ...studio
      .modelsThat('upscale')
      .sort((a, b) => b.created.localeCompare(a.created))
      .map(({ id, title, factor, softer }) => ({
        ...{ id, title, softer, says: t.upscale.yours(factor ?? 1), scale: factor ?? 1 },
      })),
    ...studio.upscalers.map((each) => ({ ...each, softer: null })),
  ]);
  measure = $state<Measure>('factor');
  /** Null: as many times as the upscaler makes by itself. */
  factor = $state<number | null>(null);
  pixels = $state<number | null>(1024);
  wrap = $state(false);
  keepColours = $state(false);
  layers = $state(false);
  /** Of those that have a softer one. */
  softness = $state(0);
  #upscaler = $state('');

  readonly batches: readonly Batch[] = $derived(
    (studio.project?.batches ?? []).filter(({ upscale }) => upscale !== null),
  );
  readonly chosen: Choice | null = $derived(
    this.upscalers.find(({ id }) => id === this.#upscaler) ?? this.upscalers[0] ?? null,
  );
  /** What is wrong with the number that is asked for, in words. */
  readonly wrong: string | undefined = $derived.by(() => {
    const [value, low, high] =
      this.measure === 'factor' ? [this.factor, ...FACTORS] : ([this.pixels, ...SIDES] as const);
    const needed = this.measure !== 'factor';
    if (value === null ? !needed : value >= low && value <= high && (!needed || Number.isInteger(value)))
      return undefined;
    return t.upscale.between(low, high);
  });
  /** What is asked for; null where a number is missing. */
  readonly target: Upscaling['target'] | null = $derived.by(() => {
    if (this.chosen === null) return null;
    if (this.wrong !== undefined) return null;
    if (this.measure === 'factor') return { factor: this.factor ?? this.chosen.scale };
    if (this.pixels === null) return null;
    return this.measure === 'width' ? { width: this.pixels } : { height: this.pixels };
  });
  /** How pictures are to be made larger; null where a number is missing. */
  readonly wanted: Upscaling | null = $derived.by(() => {
    const { chosen, target, wrap, keepColours, layers } = this;
    if (!chosen || !target) return null;
    const softness = chosen.softer === null ? 0 : this.softness;
    return { upscaler: chosen.id, target, wrap, keepColours, softness, layers };
  });
  readonly chosenTitle: string | null = $derived(this.target === null ? null : (this.chosen?.title ?? null));
  readonly canRepeat = $derived.by(() => {
    const { batch, wanted } = this;
    if (!batch?.upscale || !wanted) return false;
    return JSON.stringify(partsOf(wanted)) !== JSON.stringify(partsOf(batch.upscale));
  });

  /** Opens the workspace with one of them. */
  enlargeWith(id: string): void {
    this.choose(id);
    this.begin();
    studio.go('upscale');
  }
  choose(id: string): void {
    this.#upscaler = id;
    this.factor = null;
  }

  howOf({ upscale, tiles }: Batch): (string | false | null)[] {
    const { to, wrapped, keptColours, layered, softened, inTiles } = t.upscale;
    if (!upscale) return [];
    const { target, wrap, keepColours, softness, layers } = upscale;
    const own = this.upscalers.find(({ id }) => id === upscale.upscaler)?.scale;
    const size =
      'factor' in target ? target.factor !== own && to.factor(target.factor) : to.side(target.width, target.height);
    return [
      this.titleOf(upscale.upscaler),
      size,
      wrap && wrapped,
      keepColours && keptColours,
      layers && layered,
      softness > 0 && softened(softness),
      tiles !== null && inTiles(tiles),
    ];
  }
  byOf({ upscale }: Batch): string {
    return this.titleOf(upscale?.upscaler ?? '');
  }
  protected adopt({ upscale }: Batch): void {
    if (!upscale) return;
    const { upscaler, target, wrap, keepColours, softness, layers } = upscale;
    [this.#upscaler, this.wrap, this.keepColours] = [upscaler, wrap, keepColours];
    [this.softness, this.layers] = [softness, layers];
    if ('factor' in target) [this.measure, this.factor] = ['factor', target.factor];
    else if (target.width !== undefined) [this.measure, this.pixels] = ['width', target.width];
    else [this.measure, this.pixels] = ['height', target.height ?? null];
  }
  protected async ask(given: Given): Promise<string> {
    const { batch } = await studio.call('upscale.start', { ...this.wanted!, ...given });
    return batch;
  }

  titleOf(id: string): string {
    return this.upscalers.find((each) => each.id === id)?.title ?? id;
  }

  /** Whatever is dropped here is enlarged. */
  readonly takes: Takes = {
    folders: (picking) => this.start(picking),
    layered: (picking) => this.start(picking),
    pictures: (picking) => this.start(picking),
  };
}

/** What enlarges, as the list of them shows it. */
export type Choice = Pick<Upscaler, 'id' | 'title' | 'says' | 'scale'> & {
  /** What its softness leads to. */
  softer: Model['softer'];
};

const partsOf = ({ upscaler, target, wrap, keepColours, softness, layers }: Upscaling): unknown[] => [
  ...[upscaler, target, wrap, keepColours, softness, layers],
];

export const upscaleState = new UpscaleState();
