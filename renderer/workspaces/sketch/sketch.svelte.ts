/** What the Sketch workspace shows and does. One instance, so that coming back finds everything as it was. */
import { untrack } from 'svelte';
import type { DrawingState, Picked, Drawing } from '../../../preload/contract/index.ts';
import { surfacesOf } from '../../../preload/contract/layers/stack.ts';
import { openDialog } from '../../dialogs/dialogs.svelte.ts';
import { pickFiles } from '../../files/pick.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';
import { facadeOf } from './actions.ts';
import { OpenDrawing } from './open-drawing.svelte.ts';
import { addExample } from './picture/tracing.svelte.ts';
import { framed } from './pixels.ts';

export const VIEWS = ['beside', 'overlay', 'result'] as const;
export type ViewMode = (typeof VIEWS)[number];

class SketchState {
  /** How drawings are looked at. */
  mode = $state<ViewMode>('beside');
  /** How much of the result the overlay shows. */
  overlay = $state(0.6);
  panels = $state(true);
  /** Which of the kept palettes is shown. */
  palette = $state(0);
  /** The drawing that is being opened. */
  opening = $state<string | null>(null);
  importing = $state(false);
  /** Whether what there is to say of the drawing's file is shown. */
  notes = $state(false);
  #open = $state.raw<OpenDrawing | null>(null);
  /** Of projects that are not open now, by project: drawings of which not all is written down. */

  readonly #kept = new Map<string, OpenDrawing>();

  /** The drawing that is open, while its project is. */
  readonly drawing = $derived(this.#open?.project === studio.project?.id ? this.#open : null);
  readonly drawings = $derived(studio.project?.drawings ?? []);
  readonly readOnly = $derived(studio.project?.readOnly ?? true);
  /** Those that are known to be usable: of a model of another tool a person says first, in Style, what it takes. */
  readonly models = $derived(
    studio
      .modelsThat('translate')
      .filter(({ confirmed }) => confirmed)
      .sort((a, b) => b.created.localeCompare(a.created)),
  );

  /** Models of other tools of which nobody has said yet what they take, the newest first. */
  readonly unsure = $derived(
    studio
      .modelsThat('translate')
      .filter(({ confirmed }) => !confirmed)
      .sort((a, b) => b.created.localeCompare(a.created)),
  );

  constructor() {
    $effect.root(() => {
      $effect(() => {
        if (studio.project) untrack(() => this.#follow());
      });
    });
  }

  async open(id: string): Promise<void> {
    const { project } = studio;
    if (!project || this.opening) return;
    this.opening = id;
    try {
      const { state } = await studio.call('drawings.open', { drawing: id });
      const layers = await Promise.all(
        surfacesOf(state.layers).map(async (layer) => {
          // A layer that is damaged is told of and left empty: the others are worth opening.
          const region = await studio.attempt(studio.call('drawings.pixels', { drawing: id, layer }));
          return region ? [[layer, framed(region, state)] as const] : [];
        }),
      );
      const pixels = new Map(layers.flat());
      this.#take(new OpenDrawing(id, state, { pixels, project: project.id, readOnly: project.readOnly }));
    } catch (error) {
      studio.toasts.add('error', t.sketch.errors.read(messageOf(error)), { about: 'drawings.open' });
    }
    this.opening = null;
  }

  /** Makes a drawing and opens it, with an example of its model's to paint over if that is wanted. @throws CallError */
  async create(title: string, state: DrawingState, { example }: { example: boolean }): Promise<void> {
    const { drawing } = await studio.call('drawings.create', { title, state });
    await this.open(drawing);
    const { model } = state;
    if (example && model && this.#open?.id === drawing) await studio.attempt(addExample(this.#open, model));
  }

  /** A PSD or a picture becomes a drawing. */
  async import(): Promise<void> {
    const title = t.sketch.start.importTitle;
    const [picked] = await pickFiles(studio, { folders: false, several: false, title });
    if (picked) await this.take(Promise.resolve([picked]));
  }

  /** Drawings from files; one alone is opened. */
  async take(picking: Promise<Picked[]>): Promise<void> {
    this.importing = true;
    const made: string[] = [];
    const picked = (await studio.attempt(picking)) ?? [];
    for (const { token } of picked) {
      const done = await studio.attempt(studio.call('drawings.import', { token }));
      if (done) made.push(done.drawing);
    }
    this.importing = false;
    if (made.length !== 1) return;
    await this.open(made[0]!);
    this.notes = true;
  }

  /** Drawings from files, in the place of the one that is open. */
  async takeInstead(picking: Promise<Picked[]>): Promise<void> {
    await this.leave();
    if (!this.#open) await this.take(picking);
  }

  /** Back to the drawings, once everything is written down. */
  async leave(): Promise<void> {
    const drawing = this.#open;
    if (!drawing) return;
    drawing.teaching.leave();
    drawing.finish();
    const saved = await drawing.saving.finish();
    // What could not be saved is not thrown away: the drawing stays open and says why.
    if (saved || drawing.readOnly) this.#take(null);
  }

  /** There are strokes that would be lost with this window. */
  get unsaved(): boolean {
    return this.#kept.size > 0 || (this.#open !== null && this.#open.saving.pending && !this.#open.reachable);
  }

  /** Another project was opened: the drawing of the one before is let go, unless not all of it is written down. */
  #follow(): void {
    const drawing = this.#open;
    const now = studio.project?.id;
    if (!now || drawing?.project === now) return;
    if (drawing?.saving.pending) this.#keep(drawing);
    else this.#take(null);
    const kept = this.#kept.get(now);
    if (!kept) return;
    this.#kept.delete(now);
    this.#take(kept);
  }

  #keep(drawing: OpenDrawing): void {
    const { project } = drawing;
    this.#kept.set(project, drawing);
    this.#open = null;
    studio.sketch = null;
    studio.toast('warning', t.sketch.saving.keptElsewhere, {
      label: t.sketch.saving.openAgain,
      run: () => void studio.enter(studio.call('projects.open', { id: project })),
    });
  }

  rename(id: string, title: string): void {
    void studio.attempt(studio.call('drawings.rename', { drawing: id, title }));
  }
  duplicate(id: string): void {
    void studio.attempt(studio.call('drawings.duplicate', { drawing: id }));
  }
  async remove({ id, title }: Drawing): Promise<void> {
    const binned = await studio.attempt(studio.call('drawings.remove', { drawing: id }));
    if (!binned) return;
    studio.toast('info', t.sketch.start.removed(title), {
      label: t.common.undo,
      run: () => void studio.attempt(studio.call('bin.restore', { id: binned.bin })),
    });
  }
  newDrawing(): void {
    void openDialog('new-drawing');
  }
  /** A new drawing for a model, from wherever one is. */
  async drawWith(model: string): Promise<void> {
    studio.go('sketch');
    await this.leave();
    if (!this.#open) await openDialog('new-drawing', { model });
  }

  #take(drawing: OpenDrawing | null): void {
    this.notes = false;
    this.#open?.end();
    this.#open = drawing;
    studio.sketch = drawing && facadeOf(drawing);
  }
}

export const sketchState = new SketchState();
