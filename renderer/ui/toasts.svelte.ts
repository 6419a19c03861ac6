/** Lines at the edge of the window: told once, gone by themselves unless they are about something that failed. */
export type ToastLevel = 'info' | 'warning' | 'error';

export interface Toast {
  id: number;
  level: ToastLevel;
  message: string;
  action?: { label: string; run: () => void } | undefined;
}

/** How long a line that asks for nothing stays. */
const STAY_MS = 7000;
const MOST = 4;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 0;

  /** Shows a line. An error stays until it is closed; so does one that offers something to do. */
  add(level: ToastLevel, message: string, action?: Toast['action']): void {
    if (this.list.some((toast) => toast.message === message)) return;
    const id = this.#next++;
    this.list = [...this.list, { id, level, message, action }].slice(-MOST);
    if (level !== 'error' && !action) setTimeout(() => this.close(id), STAY_MS);
  }

  /** Takes a line away. */
  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
