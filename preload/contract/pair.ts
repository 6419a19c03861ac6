/** Two ends of a channel in one process: for the command line and for tests. Messages are copied, as elsewhere. */
import type { Channel } from './messages.ts';

class End<Out, In> implements Channel<Out, In> {
  other!: End<In, Out>;
  #hear: (message: In) => void = () => undefined;
  readonly #closed: (() => void)[] = [];
  #open = true;

  send(message: Out): void {
    if (!this.#open) return;
    const copy = structuredClone(message);
    queueMicrotask(() => this.other.#receive(copy));
  }

  onMessage(listener: (message: In) => void): void {
    this.#hear = listener;
  }

  onClose(listener: () => void): void {
    this.#closed.push(listener);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#closed) listener();
    this.other.close();
  }

  #receive(message: In): void {
    if (this.#open) this.#hear(message);
  }
}

/** Both ends. */
export function channelPair<A, B>(): [Channel<A, B>, Channel<B, A>] {
  const [a, b] = [new End<A, B>(), new End<B, A>()];
  [a.other, b.other] = [b, a];
  return [a, b];
}
