/** Watches one run: its curves from the beginning, its newest preview once that is loaded, what the coach says. */
import type { Advice, Curves, Run, RunProgress } from '../../../../preload/contract/index.ts';
import { studio } from '../../../studio.svelte.ts';
import { cellAddress } from '../../../ui/preview.ts';
import { loadPicture } from '../../../ui/viewer/pictures.ts';
import { CurveData } from './curve-data.ts';

const HISTORY_POINTS = 1000;

export class RunWatch {
  /** Plain arrays, for the drawing's sake; `edition` counts their changes. */
  readonly curves = new CurveData();
  edition = $state(0);
  /** The step of the newest preview that is loaded. */
  shownStep = $state<number | null>(null);
  readonly #id: string;
  readonly #run: () => Run;
  #advice = $state.raw<readonly Advice[]>([]);

  #made = $state.raw<Curves['made']>(null);

  readonly live: RunProgress | undefined = $derived.by(() => studio.live.get(this.#id));
  readonly step = $derived.by(() => Math.max(this.#run().step, this.live?.step ?? 0));
  readonly steps = $derived.by(() => this.live?.steps ?? this.#run().steps);
  /** How far it is, 0 to 1; null before that is known. */
  readonly share = $derived.by(() => this.live?.progress ?? (this.steps ? Math.min(1, this.step / this.steps) : null));
  readonly advice = $derived.by(() => this.live?.advice ?? this.#advice);
  /** How varied what a generator makes is, and how much of it are copies; null for others, and before the first preview. */
  readonly made = $derived.by(() => this.live?.made ?? this.#made);
  /** How far held-out results are from what they should be, now and at best; null before the first preview. */
  readonly score = $derived.by(() => {
    void this.edition;
    return this.curves.score();
  });
  readonly speed = $derived.by(() => {
    const ms = this.live?.stepMs;
    return ms && ms > 0 ? { ms, pictures: (1000 * this.#run().batch) / ms } : null;
  });

  constructor(run: () => Run) {
    this.#run = run;
    this.#id = run().id;
  }

  /** Begins to watch; gives the function that ends it. */
  begin(): () => void {
    void this.#load();
    return studio.listen('progress', (progress) => {
      if (progress.run !== this.#id) return;
      this.curves.add(progress);
      this.edition++;
    });
  }

  /** Shows the newest preview, once all of it is loaded: the one before stays until then. */
  async takePreview(step: number): Promise<void> {
    if (step === this.shownStep) return;
    try {
      const cells = this.#run().previewRows.flatMap(({ columns }, row) =>
        columns.map((title) => loadPicture(cellAddress(this.#id, step, row, title))),
      );
      await Promise.all(cells);
      if (step > (this.shownStep ?? -1)) this.shownStep = step;
    } catch {
      // The next one will come; what is shown stays.
    }
  }

  async #load(): Promise<void> {
    const curves = await studio.attempt(studio.call('runs.curves', { run: this.#id, points: HISTORY_POINTS }));
    if (!curves) return;
    this.curves.begin(curves);
    this.#advice = curves.advice;
    this.#made = curves.made;
    this.edition++;
  }
}
