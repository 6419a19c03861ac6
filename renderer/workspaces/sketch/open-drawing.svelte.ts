/** A drawing that is open: its editor, what is shown of it, its live result, its saving and its lessons. */
import { untrack } from 'svelte';
import type { DrawingState, Model, Scaling } from '../../../preload/contract/index.ts';
import { Editor } from '../../canvas/editor.ts';
import type { Change, Surface } from '../../canvas/types.ts';
import { CanvasView } from '../../canvas/view.svelte.ts';
import { studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';
import { withRecent } from './colour.ts';
import { EditorRunes } from './editor-runes.svelte.ts';
import { factsOf, learnFacts } from './facts.svelte.ts';
import { Live } from './live/live.svelte.ts';
import { Saving } from './saving/saving.svelte.ts';
import { Teaching } from './teach/teaching.svelte.ts';

/** What a pen does to colours and to layers that it may not touch. */
const PAINTS = new Set(['brush', 'line', 'rectangle', 'ellipse', 'polygon', 'fill', 'gradient']);

export class OpenDrawing {
  readonly id: string;
  readonly project: string;
  readonly readOnly: boolean;
  readonly editor: Editor;
  readonly runes: EditorRunes;
  readonly view: CanvasView;
  readonly live: Live;
  readonly saving: Saving;
  readonly teaching: Teaching;
  recent = $state.raw<readonly string[]>([]);
  #model = $state<string | null>(null);
  #scaling = $state<Scaling>('tiles');
  #seed = $state(0);
  readonly #ends: (() => void)[] = [];

  /** The studio is there and has this drawing's project open: it can be painted and written down. */
  readonly reachable = $derived.by(() => studio.connection.open && studio.project?.id === this.project);
  readonly listed = $derived.by(() => studio.project?.drawings.find(({ id }) => id === this.id) ?? null);
  readonly title = $derived.by(() => this.listed?.title ?? '');
  /** What a person should know of the file that it was opened from. */
  readonly notes = $derived.by(() => this.listed?.notes ?? []);
  readonly modelFacts: Model | null = $derived.by(
    () => studio.project?.models.find(({ id }) => id === this.#model) ?? null,
  );
  /** Whether the model is (still) in the library. Each news of the project brings new facts, but hardly ever another answer. */
  readonly modelKnown = $derived.by(() => this.modelFacts !== null);
  /** Whether it is larger than what its model was trained at, so that there is a choice of how it is painted. */
  readonly larger = $derived.by(() => {
    const size = this.modelFacts?.size;
    const { width, height } = this.runes.state;
    return size != null && Math.max(width, height) > size;
  });
  readonly palette = $derived.by(() => factsOf(this.#model)?.palette ?? []);
  readonly varies = $derived.by(() => factsOf(this.#model)?.varies ?? false);

  constructor(
    id: string,
    { model, scaling, seed, ...state }: DrawingState,
    { pixels, project, readOnly }: { pixels: ReadonlyMap<string, Surface>; project: string; readOnly: boolean },
  ) {
    this.id = id;
    this.project = project;
    this.readOnly = readOnly;
    this.#model = model;
    this.#scaling = scaling;
    this.#seed = seed;
    const layers = readOnly ? state.layers.map((layer) => ({ ...layer, locked: true })) : state.layers;
    // Corrections are painted in their own mode, which begins when it is asked for.
    const { role } = layers.find(({ id: layer }) => layer === state.active)!;
    const active = role === 'correction' ? layers.findLast((layer) => layer.role === 'paint')!.id : state.active;
    this.editor = new Editor({ state: { ...state, layers, active, masking: false }, pixels });
    if (readOnly) this.editor.setTool('hand');
    this.runes = new EditorRunes(this.editor);
    this.view = new CanvasView({ width: state.width, height: state.height });
    this.live = new Live(this);
    this.saving = new Saving(this);
    this.teaching = new Teaching(this);
    this.editor.refused = (why) => studio.toast('info', t.sketch.tools[why]);
    this.#ends.push(
      this.editor.subscribe((change) => this.#hear(change)),
      this.#follow(),
    );
    if (model) void learnFacts(model);
  }

  get model(): string | null {
    return this.#model;
  }
  set model(model: string | null) {
    if (model === this.#model) return;
    this.#model = model;
    if (model) void learnFacts(model);
    this.#asksAnew();
  }
  get scaling(): Scaling {
    return this.#scaling;
  }
  set scaling(scaling: Scaling) {
    this.#scaling = scaling;
    this.#asksAnew();
  }
  get seed(): number {
    return this.#seed;
  }
  set seed(seed: number) {
    this.#seed = seed;
    this.#asksAnew();
  }

  /** The drawing as it is written down, without its pixels. */
  get state(): DrawingState {
    const { paper, layers, width, height, wrap, active } = this.editor.state;
    return {
      ...{ width, height, wrap, active },
      paper,
      layers: layers.map((layer) => ({ ...layer, title: layer.title.slice(0, 120) })),
      model: this.#model,
      scaling: this.#scaling,
      seed: this.#seed,
    };
  }

  readonly pen = (phase: 'down' | 'move' | 'up'): void => {
    if (phase === 'move') return;
    const down = phase === 'down';
    if (down && PAINTS.has(this.editor.tool) && !this.editor.document.masks)
      this.recent = withRecent(this.recent, this.editor.colour);
    this.live.pen(down);
    // A training gives way; without a connection there is none that could.
    if (studio.connection.open) void studio.attempt(studio.call('paint.pen', { down }));
  };

  /** Takes a layer in hand; one of corrections is worked on over the result. */
  choose(id: string): void {
    const layer = this.editor.state.layers.find((each) => each.id === id);
    if (layer?.role === 'correction' && !this.teaching.correcting && !this.readOnly) this.teaching.enter();
    else this.editor.setActive(id);
  }
  /** A new layer, in hand at once. */
  addLayer(): void {
    const { layers } = this.editor.state;
    this.editor.addLayer({ title: t.sketch.layers.named(layers.length + 1), role: 'paint' });
  }

  /** What the eyedropper takes: over the result, what is seen there; over the drawing, its own colours. */
  samples(result: boolean): void {
    this.editor.sample = result ? (point) => this.teaching.colourAt(point) ?? this.live.colourAt(point) : null;
  }

  /** What is half done is finished, so that it is part of what is written down. */
  finish(): void {
    if (this.runes.floating) this.editor.applyTransform();
    else if (this.editor.busy) this.editor.cancel();
  }

  /** Nothing more is asked or saved. */
  end(): void {
    for (const end of this.#ends) end();
    this.live.end();
    this.saving.end();
  }

  #hear(change: Change): void {
    this.runes.hear(change);
    this.live.hear(change);
    this.saving.hear(change);
    this.teaching.hear(change);
  }

  #asksAnew(): void {
    this.live.restart();
    this.saving.touch();
  }

  /** What happens outside: the connection and the project come and go, models are deleted and come back, lessons end. */
  #follow(): () => void {
    let away = false;
    return $effect.root(() => {
      $effect(() => {
        if (!this.reachable) away = true;
        else if (away) {
          away = false;
          untrack(() => this.#back());
        }
      });
      $effect(() => {
        if (this.modelKnown) untrack(() => this.live.restart());
      });
      $effect(() => this.teaching.follow());
      $effect(() => {
        if (this.live.version > 0) untrack(() => this.saving.resulted());
      });
    });
  }

  /** The studio may know nothing of the picture any more, and not have what was drawn meanwhile. */
  #back(): void {
    this.live.restart();
    void this.saving.save();
  }
}
