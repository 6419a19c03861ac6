/** Answers to what is still being changed, such as a slider: asked for once it rests, and only the newest one is given. */
export class Newest {
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks after a pause. What comes of a question that a newer one or `stop` has overtaken is never told. */
  ask<T>(pauseMs: number, question: () => Promise<T>): Promise<T> {
    this.stop();
    const turn = this.#turn;
    return new Promise((resolve, reject) => {
      const unlessOvertaken =
        <A>(tell: (what: A) => void) =>
        (what: A): void => {
          if (turn === this.#turn) tell(what);
        };
      this.#timer = setTimeout(() => void question().then(unlessOvertaken(resolve), unlessOvertaken(reject)), pauseMs);
    });
  }

  stop(): void {
    this.#turn++;
    clearTimeout(this.#timer);
  }
}
