/** Teaching by correction: paint over the result, remember it, let a copy of the model learn from it, compare, keep. */
import type { LessonReport } from '../../../../preload/contract/index.ts';
import type { Change } from '../../../canvas/types.ts';
import { openDialog } from '../../../dialogs/dialogs.svelte.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import type { OpenDrawing } from '../open-drawing.svelte.ts';
import { copyOf, surfaceFrom } from '../pictures.ts';
import { layOver } from '../../../canvas/flatten.ts';
import { hexOf, regionOf } from '../pixels.ts';
import { homeOf, lessonState } from './remembered.ts';

/** How long a lesson may take, in minutes. */
export const LESSONS = [0.25, 1, 5] as const;
const words = t.sketch.teach;

/** A lesson that goes on. */
interface Lesson {
  run: string;
  before: string;
}
/** A lesson that is over: both models, and what changed. */
interface Outcome {
  before: string;
  after: string;
  report: LessonReport | null;
  problem: string | null;
}

export class Teaching {
  /** How long the next lesson takes. */
  minutes = $state<(typeof LESSONS)[number]>(1);
  /** The result is painted on, not the drawing. */
  correcting = $state(false);
  /** There is paint over the result that is not remembered. */
  fresh = $state(false);
  busy = $state(false);
  lesson = $state.raw<Lesson | null>(null);
  outcome = $state.raw<Outcome | null>(null);
  /** The result of before the lesson is shown. */
  showBefore = $state(false);
  beforeCanvas = $state.raw<HTMLCanvasElement | null>(null);
  remembered = $state.raw<{ dataset: string; names: readonly string[] } | null>(null);
  /** How many corrections were remembered since the drawing was opened. */
  count = $state(0);
  readonly #drawing: OpenDrawing;
  #activeBefore: string | null = null;
  #taught = false;
  /** The lesson's run was among the project's: before that, the project is only not told of it yet. */
  #seen = false;

  readonly run = $derived.by(() => studio.project?.runs.find(({ id }) => id === this.lesson?.run));
  readonly standing = $derived.by(() => (this.lesson ? lessonState(this.run, studio.project?.models ?? []) : null));
  /** The lesson's job while it waits for its turn. */
  readonly waiting = $derived.by(
    () => studio.jobs.find(({ run, state }) => run === this.lesson?.run && state === 'queued') ?? null,
  );
  readonly progress = $derived.by(() => {
    const live = this.lesson && studio.live.get(this.lesson.run);
    if (live?.progress == null) return null;
    return { share: live.progress, secondsLeft: live.secondsLeft };
  });

  constructor(drawing: OpenDrawing) {
    this.#drawing = drawing;
  }

  hear(change: Change): void {
    if (change.kind === 'pixels') {
      const { document, state } = this.#drawing.editor;
      const role = document.owner(change.layer)?.role;
      if (role === 'correction' && change.layer === state.active) this.fresh = this.#painted() !== null;
      // What was before the lesson belongs to another drawing now.
      else if (role === 'paint') this.beforeCanvas = null;
    }
    // Another layer was chosen, or this one undone away: that is where the person wants to be.
    if (change.kind === 'state') this.correcting = this.#active()?.role === 'correction';
  }

  /** The colour of a correction at a place; null where there is none. */
  colourAt({ x, y }: { x: number; y: number }): string | null {
    const box = { left: Math.floor(x), top: Math.floor(y), width: 1, height: 1 };
    const [r, g, b, a] = this.#drawing.editor.flatten({ box, roles: ['correction'] }).data;
    return a !== undefined && a > 127 ? hexOf(r!, g!, b!) : null;
  }

  toggle(): void {
    if (this.correcting) this.leave();
    else this.enter();
  }

  enter(): void {
    const { editor } = this.#drawing;
    this.showBefore = false;
    this.#activeBefore = editor.state.active;
    const layer = this.#layer();
    if (layer) {
      editor.setActive(layer.id);
      if (!layer.visible) editor.updateLayer(layer.id, { visible: true });
      // What a lesson has learned from is over.
      if (this.#taught) editor.clearLayer(layer.id);
    } else editor.addLayer({ title: words.layer, role: 'correction', above: editor.state.layers.at(-1)!.id });
    this.#taught = false;
    this.correcting = true;
  }

  leave(): void {
    if (!this.correcting) return;
    this.correcting = false;
    const { editor } = this.#drawing;
    const { layers } = editor.state;
    const paint = layers.find(({ id }) => id === this.#activeBefore) ?? layers.findLast(({ role }) => role === 'paint');
    if (paint && paint.role !== 'correction') editor.setActive(paint.id);
  }

  /** Keeps the drawing and the corrected result as a pair. */
  async remember(): Promise<void> {
    const { editor, live, model, scaling } = this.#drawing;
    const corrected = this.#painted();
    if (!model || !corrected || !live.has || this.busy) return;
    this.busy = true;
    const where = await this.#where();
    if (where !== undefined) {
      const input = editor.flatten({ paper: true });
      const target = surfaceFrom(live.canvas);
      layOver(target, editor.flatten({ roles: ['correction'] }), { x: 0, y: 0 });
      const kept = await studio.attempt(
        studio.call('teach.remember', {
          ...{ model, scaling, wrap: editor.state.wrap, dataset: where, corrected },
          ...{ input: regionOf(input), target: regionOf(target) },
        }),
      );
      if (kept) this.#keep(kept);
    }
    this.busy = false;
  }

  /** Lets a copy of the model go on for some minutes with what is remembered. */
  async learn(): Promise<void> {
    const { model } = this.#drawing;
    if (!model || !this.remembered || this.lesson || this.busy) return;
    this.busy = true;
    this.dismiss();
    const { dataset, names } = this.remembered;
    const begun = await studio.attempt(
      studio.call('teach.learn', { model, dataset, names: [...names], minutes: this.minutes }),
    );
    this.#seen = false;
    if (begun) this.lesson = { run: begun.run, before: model };
    this.busy = false;
  }

  /** Ends the lesson; what is remembered stays. */
  async cancel(): Promise<void> {
    const { lesson } = this;
    if (!lesson) return;
    const { waiting } = this;
    this.lesson = null;
    await studio.attempt(
      waiting ? studio.call('jobs.cancel', { job: waiting.id }) : studio.call('training.stop', { run: lesson.run }),
    );
    studio.toast('info', words.cancelled);
  }

  /** Called when the project or the lesson changed. */
  follow(): void {
    const { lesson, standing } = this;
    if (!lesson || !standing) return;
    if (standing.state !== 'gone') this.#seen = true;
    else if (!this.#seen) return;
    if (standing.state === 'there') {
      this.lesson = null;
      void this.#arrive(lesson.before, standing.model);
    } else if (standing.state === 'failed' || standing.state === 'gone') {
      this.lesson = null;
      studio.toast('error', words.failed(this.run?.message ?? words.unknown));
    }
  }

  /** Shows the result of before the lesson, or of after it again. */
  async compare(before: boolean): Promise<void> {
    if (!this.outcome) return;
    this.showBefore = before;
    if (!before || this.beforeCanvas) return;
    const { live } = this.#drawing;
    this.beforeCanvas = (await studio.attempt(live.translated(this.outcome.before))) ?? null;
    if (!this.beforeCanvas) this.showBefore = false;
  }

  keep(): void {
    studio.toast('info', words.kept(this.#drawing.modelFacts?.title ?? ''));
    this.dismiss();
  }
  goBack(): void {
    if (!this.outcome) return;
    this.#drawing.model = this.outcome.before;
    studio.toast('info', words.wentBack);
    this.dismiss();
  }
  dismiss(): void {
    this.outcome = null;
    this.showBefore = false;
    this.beforeCanvas = null;
  }

  async #arrive(before: string, after: string): Promise<void> {
    const { editor, live } = this.#drawing;
    this.beforeCanvas = copyOf(live.canvas);
    this.leave();
    const layer = this.#layer();
    if (layer) editor.updateLayer(layer.id, { visible: false });
    this.#taught = true;
    this.fresh = false;
    this.#drawing.model = after;
    this.outcome = { before, after, report: null, problem: null };
    const { dataset, names } = this.remembered!;
    try {
      const report = await studio.call('teach.report', { before, after, dataset, names: [...names] });
      this.#reported(after, { report });
    } catch (error) {
      this.#reported(after, { problem: words.reportFailed(messageOf(error)) });
    }
  }

  #reported(after: string, what: Partial<Outcome>): void {
    if (this.outcome?.after !== after) return;
    this.outcome = { ...this.outcome, ...what };
    const { report } = this.outcome;
    if (report) studio.announce(words.report(report.taught));
  }

  #keep({ dataset, names }: { dataset: string; names: readonly string[] }): void {
    const before = this.remembered?.dataset === dataset ? this.remembered.names : [];
    this.remembered = { dataset, names: [...before.filter((name) => !names.includes(name)), ...names] };
    this.count++;
    this.fresh = false;
    studio.announce(words.remembered(this.count));
  }

  /** The dataset to keep pairs in: the model's own, one that was chosen, null for a new one; undefined: not at all. */
  async #where(): Promise<string | null | undefined> {
    const { project } = studio;
    if (!project) return undefined;
    const chosen = project.datasets.find(({ id }) => id === this.remembered?.dataset);
    const home = chosen ?? homeOf(this.#drawing.modelFacts, project);
    if (home) return home.id;
    const answer = (await openDialog('remember-where')) as { dataset: string | null } | undefined;
    return answer && answer.dataset;
  }

  #active() {
    const { layers, active } = this.#drawing.editor.state;
    return layers.find(({ id }) => id === active);
  }
  #layer() {
    return this.#drawing.editor.state.layers.find(({ role }) => role === 'correction');
  }
  #painted() {
    const layer = this.#layer();
    return layer ? this.#drawing.editor.contentBox(layer.id) : null;
  }
}
