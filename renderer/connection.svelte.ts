/** How the window stands with the studio, known in this one place: connects, and again whenever that was lost. */
import { CallError, Client } from '../preload/contract/client.ts';
import type { Args, CallName, EventData, EventName, Result } from '../preload/contract/index.ts';
import { host, Refused } from './host/host.ts';
import { t } from './text/en.ts';

const RETRY_MS = [300, 700, 1500, 3000];

type Heard = { [K in EventName]?: Set<(data: EventData<K>) => void> };

export class Connection {
  /** `lost`: nobody answers; `refused`: a studio answers that does not know this window. Both are tried again. */
  state = $state<'connecting' | 'open' | 'lost' | 'refused'>('connecting');
  readonly open = $derived(this.state === 'open');
  readonly #begin: (client: Client) => Promise<void>;
  readonly #heard: Heard = {};
  #client: Client | null = null;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param begin what is asked first of each connection; it is open once that is answered */
  constructor(begin: (client: Client) => Promise<void>) {
    this.#begin = begin;
  }

  get client(): Client | null {
    return this.#client;
  }

  /** Tries now, and then ever less often. */
  async connect(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const channel = await host.connect();
      const client = new Client(channel);
      this.#client = client;
      channel.onClose(() => this.#lost(client));
      for (const name of Object.keys(this.#heard) as EventName[])
        for (const listener of this.#heard[name] ?? []) client.on(name, listener as (data: unknown) => void);
      await this.#begin(client);
      this.state = 'open';
      this.#attempts = 0;
    } catch (error) {
      this.state = error instanceof Refused ? 'refused' : 'lost';
      this.#again();
    }
  }

  /** Asks the studio. @throws CallError */
  call<K extends CallName>(name: K, args: Args<K>): Promise<Result<K>> {
    return this.#client?.call(name, args) ?? Promise.reject(new CallError('gone', t.errors.noConnection));
  }

  /** Hears an event now and after every reconnection; gives the function that ends it. */
  listen<K extends EventName>(name: K, listener: (data: EventData<K>) => void): () => void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows the listeners
    const listeners = ((this.#heard as Record<string, Set<unknown>>)[name] ??= new Set()) as Set<typeof listener>;
    listeners.add(listener);
    const end = this.#client?.on(name, listener);
    return () => {
      listeners.delete(listener);
      end?.();
    };
  }

  #lost(client: Client): void {
    if (client !== this.#client) return;
    this.#client = null;
    if (this.state !== 'open') return; // what is being asked first fails, and is tried again
    this.state = 'lost';
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.connect(), RETRY_MS[Math.min(this.#attempts++, RETRY_MS.length - 1)]);
  }
}
