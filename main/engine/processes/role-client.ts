/** A process of ours that answers questions: started when first asked, started again when it dies. */
import type { Launch, Role, RoleProcess } from './roles.ts';

interface Waiting<Reply> {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
  partial: (reply: Reply) => boolean;
}

type Body<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

export class RoleClient<Request extends { id: number }, Reply extends { id: number }> {
  readonly #launch: Launch;
  readonly #role: Role;
  readonly #died: (how: string) => Error;
  readonly #waiting = new Map<number, Waiting<Reply>>();
  #process: RoleProcess | undefined;
  #asked = 0;

  /** @param died what those get who wait when the process ends; `how` says it in words ("was killed (SIGKILL)") */
  constructor(launch: Launch, role: Role, died: (how: string) => Error) {
    [this.#launch, this.#role, this.#died] = [launch, role, died];
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Asks, and gives the first reply that is not `partial`. */
  ask(request: Body<Request>, partial: Waiting<Reply>['partial'] = () => false): Promise<Reply> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, partial });
      (this.#process ??= this.#start()).send({ ...request, id });
    });
  }

  /** Ends the process at once; what is waiting fails. */
  close(): void {
    this.#process?.kill();
  }

  #start(): RoleProcess {
    const process = this.#launch(this.#role);
    process.onMessage((message) => {
      const reply = message as Reply;
      const waiting = this.#waiting.get(reply.id);
      if (!waiting || waiting.partial(reply)) return;
      this.#waiting.delete(reply.id);
      waiting.resolve(reply);
    });
    process.onExit((how) => {
      if (this.#process === process) this.#process = undefined;
      const error = this.#died(how);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    return process;
  }
}
