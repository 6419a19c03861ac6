/**
 * What is known of the things of a room (its runs, its models, its drawings), until they change: a project is described
 * up to ten times a second, and reading every record each time would keep the studio busy.
 */
export class RoomIndex<T> {
  readonly #list: () => string[];
  readonly #load: (id: string) => T;
  readonly #known = new Map<string, T>();
  #ids: readonly string[] | undefined;

  /**
   * @param list the ids that are there
   * @param load reads one
   */
  constructor(list: () => string[], load: (id: string) => T) {
    [this.#list, this.#load] = [list, load];
  }

  ids(): readonly string[] {
    return (this.#ids ??= this.#list());
  }

  has(id: string): boolean {
    return this.ids().includes(id);
  }

  /** What is known of one, read when it is first asked for. */
  get(id: string): T {
    let known = this.#known.get(id);
    if (known === undefined) this.#known.set(id, (known = this.#load(id)));
    return known;
  }

  /** One came, changed or went. */
  forget(id: string): void {
    this.#known.delete(id);
    this.#ids = undefined;
  }

  /** Anything may have changed. */
  forgetAll(): void {
    this.#known.clear();
    this.#ids = undefined;
  }
}
