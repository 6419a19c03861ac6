/** Which engine is in use. Asking tests every engine for seconds, so it is asked once, when nothing else is going on. */
import type { Engine } from '../../preload/contract/index.ts';
import { studio } from '../studio.svelte.ts';

/** The first seconds belong to the person. */
const QUIET_MS = 2500;

class Engines {
  list = $state.raw<readonly Engine[] | null>(null);
  /** What trains: the engine that the person chose, where it is there, or else what is taken by itself. */
  readonly chosen = $derived(
    this.list?.find(({ name, available, chosen }) =>
      studio.settings.engine === 'auto' ? chosen : available && name === studio.settings.engine,
    ) ?? null,
  );
  #asking: Promise<void> | null = null;

  /** Asks the host, once. */
  ask(): Promise<void> {
    this.#asking ??= studio.call('app.engines', {}).then(
      (list) => {
        this.list = list;
      },
      () => {
        this.#asking = null;
      },
    );
    return this.#asking;
  }

  /** Asks when the window has been quiet for a while. Gives the function that calls it off. */
  askLater(): () => void {
    const timer = setTimeout(() => void this.ask(), QUIET_MS);
    return () => clearTimeout(timer);
  }
}

export const engines = new Engines();
