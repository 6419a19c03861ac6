/**
 * Starts the processes of a training, lets them find each other, and ends both. When one of them
 * dies or loses its device (a driver crash, no memory), both are started again and the run goes on from its last checkpoint.
 */
import { DeviceLost } from '../../errors.ts';
import { EVERYWHERE } from '../engine.ts';
import type { TrainerReply, TrainerRequest, TrainEvent, TrainOptions } from './messages.ts';
import { errorOf, forkRole, type Launch, type RoleProcess } from './roles.ts';
import { forgetAddress, freshAddress } from './wire.ts';

/** A training under way. */
export interface RunningTraining {
  /** Fulfilled when it has ended (also by `stop`). Rejected with a UserError for bad input, an Error for a fault of ours. */
  finished: Promise<void>;
  /** Ends it after the step at hand, with a checkpoint. */
  stop(): void;
  /** Waits after the step at hand, with a checkpoint. */
  pause(): void;
  proceed(): void;
  /** Leaves the processor to others for so many milliseconds, from now. */
  giveWay(ms: number): void;
  /** The processes at work now, for those who watch over them. */
  pids(): (number | undefined)[];
}

/** A process of the engine ended by itself. */
class EngineDied extends Error {
  override name = 'EngineDied';
}

/** Deaths in a row without a checkpoint between them after which starting again would be no help. */
const LIVES = 3;

class Supervisor implements RunningTraining {
  readonly finished: Promise<void>;
  readonly #options: TrainOptions;
  readonly #tell: (event: TrainEvent) => void;
  readonly #launch: Launch;
  #processes: RoleProcess[] = [];
  #trainer: RoleProcess | undefined;
  #wish: 'go' | 'pause' | 'stop' = 'go';
  #deaths = 0;

  constructor(options: TrainOptions, tell: (event: TrainEvent) => void, launch: Launch) {
    this.#options = options;
    this.#tell = tell;
    this.#launch = launch;
    this.finished = this.#live();
  }

  stop(): void {
    this.#want('stop');
  }

  pause(): void {
    this.#want('pause');
  }

  proceed(): void {
    this.#want('go');
  }

  giveWay(ms: number): void {
    this.#request({ type: 'giveWay', ms });
  }

  pids(): (number | undefined)[] {
    return this.#processes.map(({ pid }) => pid);
  }

  #want(wish: 'go' | 'pause' | 'stop'): void {
    if (this.#wish === 'stop') return;
    this.#wish = wish;
    this.#request({ type: wish === 'go' ? 'proceed' : wish });
  }

  #request(request: TrainerRequest): void {
    this.#trainer?.send(request);
  }

  async #live(): Promise<void> {
    for (let options = this.#options; ;) {
      const address = freshAddress();
      try {
        await this.#attempt(options, address);
        return;
      } catch (error) {
        const died = error instanceof EngineDied || error instanceof DeviceLost;
        if (!died || this.#wish === 'stop' || ++this.#deaths >= LIVES) throw error;
        // Whatever it is that dies: the last life is spent where there is least to go wrong.
        const last = this.#deaths === LIVES - 1 && options.engine === 'auto';
        options = { ...options, resume: true, ...(last && { engine: EVERYWHERE }) };
        const where = last ? ', on the processor' : '';
        this.#tell({
          event: 'restarted',
          message: `${error.message}; the run goes on from its last checkpoint${where}`,
        });
      } finally {
        for (const process of this.#processes) process.end();
        this.#processes = [];
        forgetAddress(address);
      }
    }
  }

  #attempt(options: TrainOptions, address: string): Promise<void> {
    const [trainer, loader] = [this.#launch('trainer'), this.#launch('loader')];
    [this.#trainer, this.#processes] = [trainer, [trainer, loader]];
    return new Promise<void>((resolve, reject) => {
      trainer.onMessage((message) => {
        const reply = message as TrainerReply;
        if (reply.type === 'event') this.#hear(reply.event);
        else if (reply.type === 'ended') resolve();
        else reject(errorOf(reply));
      });
      // All that a loader ever says here is that it listens.
      loader.onMessage(() => {
        this.#request({ type: 'train', options, loader: address });
        if (this.#wish !== 'go') this.#request({ type: this.#wish });
      });
      loader.send({ type: 'listen', address });
      trainer.onExit((how) => reject(new EngineDied(`The trainer ${how}`)));
      loader.onExit((how) => reject(new EngineDied(`The loader ${how}`)));
    });
  }

  #hear(event: TrainEvent): void {
    if (event.event === 'checkpoint') this.#deaths = 0;
    this.#tell(event);
  }
}

/** Begins a training in processes of its own. */
export const startTraining = (
  options: TrainOptions,
  tell: (event: TrainEvent) => void,
  launch: Launch = forkRole,
): RunningTraining => new Supervisor(options, tell, launch);
