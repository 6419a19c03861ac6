/** A run that trains now: its events added up to what a window can show, a few times a second. */
import type { RunProgress } from '../../preload/contract/index.ts';
import type { TrainEvent } from '../engine/processes/messages.ts';
import { Coach } from './coach.ts';
import { judged } from './held-out.ts';
import { Means } from './means.ts';

/** Milliseconds between two progress events: fast enough to look alive. */
const EVERY = 250;
/** How fast the pace follows: about the last fifty steps. */
const PACE = 0.04;

export class LiveRun {
  readonly #run: string;
  readonly #minutes: number | null;
  readonly #tell: (progress: RunProgress) => void;
  #coach = new Coach(Infinity);
  #steps: number | null = null;
  #step = 0;
  #stepMs = 0;
  /** Milliseconds of the time given that are left, where one was. */
  #leftMs: number | null = null;
  /** Milliseconds from one step to the next, checkpoints and previews included. */
  #pace = 0;
  #last = 0;
  #told = 0;
  #count = 0;
  #losses = new Means();
  #probabilities = new Means();
  #heldOut: RunProgress['heldOut'] = null;
  #made: RunProgress['made'] = null;

  constructor(run: string, minutes: number | null, tell: (progress: RunProgress) => void) {
    this.#run = run;
    this.#minutes = minutes;
    this.#tell = tell;
  }

  get step(): number {
    return this.#step;
  }

  /** 0..1, or null before it is known: by the clock where a time was given, else by the number of steps. */
  get progress(): number | null {
    if (this.#minutes !== null) return this.#leftMs === null ? null : 1 - this.#leftMs / (this.#minutes * 60_000);
    return this.#steps === null ? null : Math.min(1, this.#step / this.#steps);
  }

  get secondsLeft(): number | null {
    if (this.#leftMs !== null) return this.#leftMs / 1000;
    if (this.#minutes !== null) return this.#minutes * 60;
    return this.#steps !== null && this.#pace > 0 ? ((this.#steps - this.#step) * this.#pace) / 1000 : null;
  }

  hear(event: TrainEvent): void {
    if (event.event === 'opened') {
      this.#steps = event.steps;
      this.#coach = new Coach(event.train);
    } else if (event.event === 'budget') this.#steps = event.steps;
    else if (event.event === 'resumed') this.#step = event.step;
    else if (event.event === 'paused' || event.event === 'continued') this.#last = 0;
    else if (event.event === 'preview') {
      if (event.made) this.#coach.made((this.#made = event.made));
      if (event.score === null) return;
      const score = judged(event.score);
      this.#coach.heldOut(score);
      this.#heldOut = { step: event.step, ...score };
    } else if (event.event === 'step') this.#hearStep(event);
  }

  /** Tells what has not been told yet. */
  flush(): void {
    if (this.#count === 0) return;
    this.#tell({
      run: this.#run,
      step: this.#step,
      steps: this.#steps,
      progress: this.progress,
      stepMs: this.#stepMs,
      secondsLeft: this.secondsLeft,
      losses: this.#losses.values(),
      probabilities: this.#probabilities.values(),
      heldOut: this.#heldOut,
      made: this.#made,
      advice: this.#coach.advice(),
    });
    [this.#count, this.#losses, this.#probabilities, this.#heldOut] = [0, new Means(), new Means(), null];
    this.#told = performance.now();
  }

  #hearStep({ step, losses, probabilities, stepMs, leftMs }: TrainEvent & { event: 'step' }): void {
    const now = performance.now();
    if (this.#last > 0) this.#pace += (this.#pace > 0 ? PACE : 1) * (now - this.#last - this.#pace);
    this.#last = now;
    [this.#step, this.#stepMs, this.#leftMs] = [step, stepMs, leftMs];
    this.#count++;
    this.#losses.add(losses);
    this.#probabilities.add(probabilities);
    this.#coach.step({ step, ...probabilities });
    if (now - this.#told > EVERY) this.flush();
  }
}
