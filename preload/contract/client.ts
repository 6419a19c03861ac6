/** The window's side of the contract: typed calls, and events that can be subscribed to and ended. */
import type { Args, CallName, EventData, EventName, Result } from './index.ts';
import type { Channel, ErrorCode, ToStudio, ToWindow } from './messages.ts';

/** A call that failed, in words for a person. */
export class CallError extends Error {
  override name = 'CallError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

type Waiting = { resolve: (value: unknown) => void; reject: (error: CallError) => void };
type Listener = (data: never) => void;

export class Client {
  readonly #channel: Channel<ToStudio, ToWindow>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<EventName, Set<Listener>>();
  #calls = 0;
  #closed = false;

  constructor(channel: Channel<ToStudio, ToWindow>) {
    this.#channel = channel;
    channel.onMessage((message) => this.#receive(message));
    channel.onClose(() => this.#end());
  }

  /** Asks the studio. @throws CallError */
  call<K extends CallName>(name: K, args: Args<K>): Promise<Result<K>> {
    if (this.#closed) return Promise.reject(gone());
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#channel.send({ type: 'call', id, name, args });
    });
  }

  /** Hears an event from now on; gives the function that ends it. */
  on<K extends EventName>(name: K, listener: (data: EventData<K>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    if (listeners.size === 0) this.#channel.send({ type: 'subscribe', name });
    listeners.add(listener);
    return () => {
      if (listeners.delete(listener) && listeners.size === 0 && !this.#closed)
        this.#channel.send({ type: 'unsubscribe', name });
    };
  }

  /** Ends the connection; what is waiting fails with `gone`. */
  close(): void {
    this.#channel.close();
    this.#end();
  }

  #receive(message: ToWindow): void {
    if (message.type === 'event') {
      for (const listener of this.#listeners.get(message.name as EventName) ?? []) listener(message.data as never);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'result') waiting?.resolve(message.value);
    else waiting?.reject(new CallError(message.code, message.message));
  }

  #end(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}

const gone = (): CallError => new CallError('gone', 'The connection to the studio is lost');
