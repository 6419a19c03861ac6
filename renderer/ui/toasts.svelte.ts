/** Lines at the edge of the window, told once. They leave by themselves; what failed leaves with its cause. */
export type ToastLevel = 'info' | 'warning' | 'error';

export interface Toast {
  id: number;
  level: ToastLevel;
  message: string;
  action?: { label: string; run: () => void } | undefined;
  /** What an error is about: it is gone when that works again. */
  about?: string | undefined;
}

/** How long a line that asks for nothing stays, and one that offers something to do. */
const STAY_MS = { told: 7000, offered: 30_000 };
const MOST = 4;

export class Toasts {
  /** The newest is the last. */
  list = $state.raw<readonly Toast[]>([]);
  #next = 0;

  /** Shows a line. An error stays until its cause is gone, the person goes elsewhere, or it is closed. */
  add(level: ToastLevel, message: string, { action, about }: Pick<Toast, 'action' | 'about'> = {}): void {
    if (this.list.some((toast) => toast.message === message)) return;
    const id = this.#next++;
    this.list = [...this.list, { id, level, message, action, about }].slice(-MOST);
    if (level !== 'error') setTimeout(() => this.close(id), action ? STAY_MS.offered : STAY_MS.told);
  }

  /** Takes a line away. */
  close(id: number): void {
    this.#keep((toast) => toast.id !== id);
  }

  /** What failed works now. */
  works(about: string): void {
    this.#keep((toast) => toast.about !== about);
  }

  /** The person is elsewhere: what failed here is not in the way there. */
  elsewhere(): void {
    this.#keep(({ level }) => level !== 'error');
  }

  #keep(which: (toast: Toast) => boolean): void {
    if (!this.list.every(which)) this.list = this.list.filter(which);
  }
}
