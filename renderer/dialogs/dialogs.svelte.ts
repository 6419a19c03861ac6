/**
 * The dialogs of the studio, by name. A dialog is a component that gets `args` and `close`; it is loaded when it is first
 * opened. Others are added with `registerDialog`; opening one that nobody added says so and does nothing else.
 */
import type { Component } from 'svelte';

/** What every dialog gets. `close` ends it, with a result for whoever opened it. */
export interface DialogProps {
  args: Record<string, unknown>;
  close: (result?: unknown) => void;
}

type Load = () => Promise<{ default: Component<DialogProps> }>;

export interface OpenDialog {
  id: number;
  name: string;
  view: Component<DialogProps>;
  args: Record<string, unknown>;
  close: (result?: unknown) => void;
}

// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows this list
const known = new Map<string, Load>();

class Dialogs {
  /** From the lowest to the topmost. */
  open = $state.raw<readonly OpenDialog[]>([]);
  /** What is done about a name that nobody registered; the studio shows a line. */
  onUnknown: (name: string) => void = () => undefined;
  #next = 0;

  async show(name: string, args: object): Promise<unknown> {
    const load = known.get(name);
    if (!load) {
      this.onUnknown(name);
      return undefined;
    }
    const view = (await load()).default;
    // A shortcut pressed twice, or a menu's command while its dialog is open, must not stack it.
    if (this.open.some((dialog) => dialog.name === name)) return undefined;
    return new Promise((resolve) => {
      const id = this.#next++;
      const close = (result?: unknown): void => {
        this.open = this.open.filter((dialog) => dialog.id !== id);
        resolve(result);
      };
      this.open = [...this.open, { id, name, view, args: { ...args }, close }];
    });
  }
}

/** The one stack of dialogs; DialogHost.svelte shows it. */
export const dialogs = new Dialogs();

/** Makes a dialog known. */
export function registerDialog(name: string, load: Load): void {
  known.set(name, load);
}

/** Opens a dialog. Gives what it was closed with; undefined when it was dismissed or is not known. */
export function openDialog(name: string, args: object = {}): Promise<unknown> {
  return dialogs.show(name, args);
}
