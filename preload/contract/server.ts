/** The studio's side of the contract: validates what arrives, answers, and sends events to those who subscribed. */
import { z } from 'zod';
import { calls, events, type Args, type CallName, type EventData, type EventName, type Result } from './index.ts';
import type { Channel, ErrorCode, ToStudio, ToWindow } from './messages.ts';

/** Every call, answered. A missing one does not compile. */
export type Answers = { [K in CallName]: (args: Args<K>) => Result<K> | Promise<Result<K>> };

/** How the studio's errors look to a window. */
export interface Failure {
  code: ErrorCode;
  message: string;
}

export interface ServerOptions {
  answers: Answers;
  /** Turns whatever was thrown into words; faults are logged there. */
  explain: (error: unknown) => Failure;
  /** Hears of messages that broke the contract. */
  refused: (what: string) => void;
}

const arriving = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.int(), name: z.string(), args: z.unknown() }),
  z.object({ type: z.enum(['subscribe', 'unsubscribe']), name: z.string() }),
]);

/** Serves any number of windows. */
export class Server {
  readonly #options: ServerOptions;
  readonly #windows = new Set<{ channel: Channel<ToWindow, ToStudio>; names: Set<string> }>();
  #answered = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** How many calls have been answered, to whatever window. */
  get answered(): number {
    return this.#answered;
  }

  get windows(): number {
    return this.#windows.size;
  }

  /** Serves one more window, until its channel closes. */
  add(channel: Channel<ToWindow, ToStudio>, closed: () => void = () => undefined): void {
    const window = { channel, names: new Set<string>() };
    this.#windows.add(window);
    channel.onClose(() => {
      this.#windows.delete(window);
      closed();
    });
    channel.onMessage((message: unknown) => {
      const parsed = arriving.safeParse(message);
      if (!parsed.success) this.#options.refused(`a message that is none: ${describe(parsed.error)}`);
      else if (parsed.data.type === 'call')
        void this.#answer(channel, parsed.data.id, parsed.data.name, parsed.data.args);
      else if (!Object.hasOwn(events, parsed.data.name)) this.#options.refused(`no event is named ${parsed.data.name}`);
      else if (parsed.data.type === 'subscribe') window.names.add(parsed.data.name);
      else window.names.delete(parsed.data.name);
    });
  }

  /** Sends an event to the windows that subscribed to it. */
  tell<K extends EventName>(name: K, data: EventData<K>): void {
    const listening = [...this.#windows].filter(({ names }) => names.has(name));
    if (listening.length === 0) return;
    const value = events[name].parse(data);
    for (const { channel } of listening) channel.send({ type: 'event', name, data: value });
  }

  async #answer(channel: Channel<ToWindow, ToStudio>, id: number, name: string, args: unknown): Promise<void> {
    const fail = ({ code, message }: Failure): void => channel.send({ type: 'error', id, code, message });
    if (!Object.hasOwn(calls, name)) {
      this.#options.refused(`no call is named ${name}`);
      fail({ code: 'refused', message: `The studio has no "${name}"` });
      return;
    }
    const contract = calls[name as CallName];
    const parsed = contract.args.safeParse(args);
    if (!parsed.success) {
      this.#options.refused(`${name}: ${describe(parsed.error)}`);
      fail({ code: 'refused', message: describe(parsed.error) });
      return;
    }
    try {
      const answer = this.#options.answers[name as CallName] as (args: unknown) => unknown;
      channel.send({ type: 'result', id, value: contract.result.parse(await answer(parsed.data)) });
      this.#answered++;
    } catch (error) {
      fail(this.#options.explain(error));
    }
  }
}

const describe = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ');
