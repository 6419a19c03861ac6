/** How the command line speaks: JSON lines for scripts, a progress bar for terminals, plain lines for logs. */

/* eslint-disable no-console -- this file is the one place that prints */

/** Seconds as `1:02:03` or `4:05`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0
    ? `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}`
    : `${m}:${String(s).padStart(2, '0')}`;
}

const BAR = 24;
/** A log that is no terminal gets a progress line this often, in milliseconds. */
const LOG_EVERY = 10_000;

export class Output {
  readonly #json: boolean;
  readonly #terminal = process.stderr.isTTY;
  #began = 0;
  #first = 0;
  #logged = 0;
  #drawn = false;

  constructor(json: boolean) {
    this.#json = json;
  }

  /** One JSON object on stdout; only with --json. */
  event(event: { event: string } & Record<string, unknown>): void {
    if (this.#json) process.stdout.write(`${JSON.stringify(event)}\n`);
  }

  /** A line for a person: on stdout, or nowhere with --json. */
  line(text: string): void {
    this.#clear();
    if (!this.#json) console.log(text);
  }

  /** A line that matters also to scripts' logs: on stderr. */
  warning(text: string): void {
    this.#clear();
    console.error(`maquette: ${text}`);
  }

  /** Shows how far long work is, with the time left: as it is given, else from the pace so far. */
  progress(done: number, total: number, text: string, leftMs: number | null = null): void {
    const now = performance.now();
    if (this.#began === 0) [this.#began, this.#first, this.#logged] = [now, done, now];
    if (this.#json) return;
    const pace = (now - this.#began) / Math.max(1, done - this.#first);
    const known = leftMs ?? (done > this.#first ? (total - done) * pace : null);
    const left = known === null ? '' : `${clock(known / 1000)} left`;
    if (this.#terminal) {
      const filled = Math.round((done / Math.max(1, total)) * BAR);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
      process.stderr.write(
        `\r\x1b[K${bar} ${done}/${total} ${left}  ${text}`.slice(0, (process.stderr.columns || 80) + 4),
      );
      this.#drawn = true;
    } else if (now - this.#logged > LOG_EVERY) {
      this.#logged = now;
      console.error(`${done}/${total} ${left} ${text}`);
    }
  }

  #clear(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[K');
    this.#drawn = false;
  }

  /** Ends a progress bar. */
  end(): void {
    this.#clear();
    this.#began = 0;
  }
}
