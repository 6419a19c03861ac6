/** Text that is kept by itself: a moment after typing pauses, and when the field goes away. */

const PAUSE_MS = 700;

export class Autosaved {
  text = $state('');
  state = $state<'kept' | 'typing' | 'saving'>('kept');
  error = $state<string>();
  /** Whether anything was kept since the field came. */
  touched = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #kept: string;
  readonly #save: (text: string) => Promise<void>;

  constructor(text: string, save: (text: string) => Promise<void>) {
    this.text = this.#kept = text;
    this.#save = save;
  }

  /** Hears of typing. */
  type(): void {
    this.state = 'typing';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE_MS);
  }

  /** Keeps what is there now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const text = this.text;
    if (text === this.#kept) return void (this.state = 'kept');
    this.state = 'saving';
    this.touched = true;
    try {
      await this.#save(text);
      this.#kept = text;
      this.error = undefined;
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    }
    if (this.text === text) this.state = 'kept';
  }
}
