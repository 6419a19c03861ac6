/** The dataset doctor's panel: what was found, what was done about it, and taking that back. */
import type { Finding, FixKind } from '../../../../preload/contract/index.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';

export class Doctor {
  findings = $state.raw<readonly Finding[] | null>(null);
  error = $state<string>();
  busy = $state(false);
  readonly #dataset: string;

  constructor(dataset: string) {
    this.#dataset = dataset;
  }

  /** Opens every picture again. */
  async look(): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      this.findings = (await studio.call('datasets.inspect', { dataset: this.#dataset })).findings;
    } catch (error) {
      this.error = messageOf(error);
    }
    this.busy = false;
  }

  /** Does something about a finding; offers to take it back. */
  async fix(finding: Finding, fix: FixKind): Promise<void> {
    this.busy = true;
    const before = this.findings;
    // The contract's copy: a finding comes back as it was given.
    const work = studio.call('datasets.fix', { dataset: this.#dataset, finding, fix });
    const done = await studio.attempt(work);
    this.busy = false;
    if (!done) return;
    this.findings = this.findings?.filter((other) => other !== finding) ?? null;
    studio.toast('info', t.train.doctor.fixed(done.changed), {
      label: t.common.undo,
      run: () => void this.#undo(done.undo, before),
    });
  }

  async #undo(undo: unknown, before: readonly Finding[] | null): Promise<void> {
    if ((await studio.attempt(studio.call('datasets.undoFix', { dataset: this.#dataset, undo }))) === undefined) return;
    this.findings = before;
  }
}
