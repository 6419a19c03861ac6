/** What the Style workspace shows and does. One instance, so that coming back finds everything as it was. */
import type { Batch, Direction, Model, Picked, TranslationSize } from '../../../preload/contract/index.ts';
import { BatchesState, type Given } from '../../batches/batches.svelte.ts';
import type { Takes } from '../../drop/entrance.ts';
import { pickFiles } from '../../files/pick.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';
import { directionsOf } from '../directions.ts';

/** What fills the place beside the column. */
type View = 'begin' | 'batch' | 'io';

class StyleState extends BatchesState {
  readonly words = t.style;
  importing = $state(false);
  #model = $state('');
  #direction = $state<Direction>('AtoB');
  #size = $state<TranslationSize>('model');
  /** What a model of another tool takes is asked for. */
  #aboutIo = $state(false);
  /** A model was chosen, which is asked about where that is needed; it may be one that is only about to be listed. */
  #asking = $state(false);

  /** Newest first. */
  readonly models: readonly Model[] = $derived(
    studio.modelsThat('translate').sort((a, b) => b.created.localeCompare(a.created)),
  );
  readonly batches: readonly Batch[] = $derived(
    (studio.project?.batches ?? []).filter(({ upscale }) => upscale === null),
  );
  /** The chosen model, else the one of what is shown, else the newest. */
  readonly chosen: Model | null = $derived(
    this.models.find(({ id }) => id === this.#model) ??
      this.models.find(({ id }) => id === this.batch?.model) ??
      this.models[0] ??
      null,
  );
  readonly chosenTitle: string | null = $derived(this.chosen?.confirmed ? this.chosen.title : null);
  readonly direction: Direction = $derived(
    this.chosen?.directions.includes(this.#direction) ? this.#direction : (this.chosen?.directions[0] ?? 'AtoB'),
  );
  /** A model without a size of its own works at each picture's. */
  readonly size: TranslationSize = $derived(this.chosen?.size === null ? 'own' : this.#size);
  readonly view: View = $derived.by(() => {
    if (this.chosen?.io && (this.#aboutIo || (this.#asking && !this.chosen.confirmed))) return 'io';
    if (this.showsBatch) return 'batch';
    return this.chosen?.confirmed === false ? 'io' : 'begin';
  });
  readonly canRepeat = $derived.by(() => {
    const { batch, chosen } = this;
    if (!batch || !chosen?.confirmed) return false;
    return chosen.id !== batch.model || this.direction !== batch.direction || this.size !== batch.size;
  });

  howOf({ model: id, direction, size }: Batch): (string | false | null)[] {
    const model = studio.project?.models.find((each) => each.id === id);
    return [
      model?.title ?? t.style.gone,
      model !== undefined && model.directions.length > 1 && directionsOf(model.run)[direction],
      size === 'own' && t.style.ofOwnSize,
    ];
  }
  byOf({ model: id }: Batch): string {
    return studio.project?.models.find((each) => each.id === id)?.title ?? t.style.gone;
  }
  protected adopt({ model, direction, size }: Batch): void {
    [this.#direction, this.#size, this.#aboutIo, this.#asking] = [direction, size, false, false];
    if (model !== null) this.#model = model;
  }
  protected async ask(given: Given): Promise<string> {
    const { chosen, direction, size } = this;
    const { batch } = await studio.call('translate.start', { model: chosen!.id, direction, size, ...given });
    // It is shown with what it is made by, also before it is listed.
    [this.#model, this.#direction, this.#size, this.#aboutIo, this.#asking] = [
      chosen!.id,
      direction,
      size,
      false,
      false,
    ];
    return batch;
  }

  /** Chooses a model; one of another tool is asked about first. */
  choose(id: string): void {
    this.#model = id;
    [this.#asking, this.#aboutIo] = [true, false];
    this.error = undefined;
  }
  set wantedDirection(direction: Direction) {
    this.#direction = direction;
  }
  set wantedSize(size: TranslationSize) {
    this.#size = size;
  }
  /** Pictures for a model, from wherever one is. */
  restyleWith(id: string): void {
    this.choose(id);
    this.begin();
    studio.go('style');
  }
  override begin(): void {
    [this.#asking, this.#aboutIo] = [false, false];
    super.begin();
  }
  /** Shows what a model of another tool takes. */
  askIo(): void {
    this.#aboutIo = true;
  }
  /** Whether there is anything to do without the model that is asked about. */
  readonly canLeaveIo = $derived(this.batch !== null || this.models.some(({ confirmed }) => confirmed));

  /** Not now: another model takes its place, where there is one. */
  leaveIo(): void {
    const ready = this.models.find(({ confirmed }) => confirmed);
    if (!this.chosen?.confirmed && ready) this.#model = ready.id;
    [this.#asking, this.#aboutIo, this.beginning] = [false, false, false];
  }

  /** What is dropped here: models are chosen, everything else is translated. */
  readonly takes: Takes = {
    models: (picking) => this.importModels(picking),
    folders: (picking) => this.start(picking),
    layered: (picking) => this.start(picking),
    pictures: (picking) => this.start(picking),
  };

  /** Takes models into the library, and chooses the first. */
  async importModels(picking: Promise<Picked[]>): Promise<void> {
    this.importing = true;
    this.error = undefined;
    try {
      const tokens = (await picking).map(({ token }) => token);
      const { models, skipped } = await studio.call('models.import', { tokens });
      if (models[0] !== undefined) this.choose(models[0]);
      // It is seen in the list, and one of another tool is asked about.
      studio.announce(t.library.imported(models.length));
      if (skipped.length > 0) studio.toast('warning', t.library.leftOut(skipped));
    } catch (error) {
      this.error = messageOf(error);
    }
    this.importing = false;
  }
  async pickModels(): Promise<void> {
    const picked = await pickFiles(studio, { folders: false, several: true, title: t.library.importTitle });
    if (picked.length > 0) await this.importModels(Promise.resolve(picked));
  }
}

export const styleState = new StyleState();
