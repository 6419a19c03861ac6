/** Cutting a sprite sheet: which, how, what that finds, and the cut. */
import type { CutPlan, Picked, Result } from '../../../../preload/contract/index.ts';
import { pickFiles } from '../../../files/pick.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import { Newest } from '../../../ui/newest.ts';
import { trainState } from '../train.svelte.ts';
import { FIRST, planOf, type FieldName } from './plans.ts';

/** Typing a number asks once it pauses. */
const PAUSE_MS = 220;

export class Cutting {
  token = $state<string | null>(null);
  name = $state('');
  title = $state(t.library.sheet.suggestion);
  mode = $state<CutPlan['mode']>('grid');
  readonly draft = $state<Record<FieldName, number | null>>({ ...numbersOf(FIRST.islands), ...numbersOf(FIRST.grid) });
  found = $state.raw<Result<'sheets.cells'> | null>(null);
  /** Whether what is shown is of older numbers. */
  looking = $state(false);
  /** Why the cells cannot be found, and why the sheet cannot be cut. */
  problem = $state<string>();
  error = $state<string>();
  busy = $state(false);
  readonly plan = $derived(planOf(this.mode, this.draft));
  readonly job = $derived(studio.jobs.find(({ kind, state }) => kind === 'files' && state === 'running') ?? null);
  readonly #newest = new Newest();

  /** Asks for a sheet. @returns whether there is one now */
  async choose(): Promise<boolean> {
    const [picked] = await pickFiles(studio, { folders: false, several: false, title: t.library.sheet.pick });
    if (picked) await this.open(picked);
    return this.token !== null;
  }

  /** Takes a sheet, with the plan that it suggests itself. */
  async open({ token, name }: Pick<Picked, 'token' | 'name'>): Promise<void> {
    this.token = token;
    this.name = name;
    if (name) this.title = name.replace(/\.[^.]+$/, '').slice(0, 120);
    this.found = null;
    this.problem = undefined;
    this.looking = true;
    try {
      const plan = await this.#newest.ask(0, () => studio.call('sheets.suggest', { token }));
      this.mode = plan.mode;
      Object.assign(this.draft, numbersOf(plan));
      await this.look(0);
    } catch (error) {
      this.problem = messageOf(error);
      this.looking = false;
    }
  }

  /** Finds the cells by the numbers of now; the latest call wins. */
  async look(pause = PAUSE_MS): Promise<void> {
    this.looking = true;
    try {
      const found = await this.#newest.ask(pause, () => this.#cells());
      if (found) {
        this.found = found;
        this.problem = undefined;
      }
    } catch (error) {
      this.problem = messageOf(error);
    }
    this.looking = false;
  }

  async #cells(): Promise<Result<'sheets.cells'> | null> {
    const { plan, token } = this;
    return plan && token ? studio.call('sheets.cells', { token, plan }) : null;
  }

  use(mode: CutPlan['mode']): void {
    this.mode = mode;
    void this.look(0);
  }

  /** Cuts. @returns whether it went well; `error` says why not */
  async cut(): Promise<boolean> {
    const { plan, token, title } = this;
    if (!plan || !token) return false;
    this.busy = true;
    this.error = undefined;
    const cells = this.found?.boxes.length ?? 0;
    try {
      const { dataset } = await studio.call('sheets.cut', { token, plan, title: title.trim() });
      trainState.select('dataset', dataset);
      studio.go('train');
      // No button in it: the next step is the dataset's own, in view above.
      studio.toast('info', t.library.sheet.done(cells));
      return true;
    } catch (error) {
      this.error = messageOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** The numbers of a plan, without its mode. */
const numbersOf = (plan: CutPlan): Record<FieldName, number> =>
  Object.fromEntries(Object.entries(plan).filter(([name]) => name !== 'mode')) as Record<FieldName, number>;
