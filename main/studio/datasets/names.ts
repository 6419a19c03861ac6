/** Names of pictures in a dataset: safe on every system, short enough for variants, and never taken twice. */
import { readName } from '../../engine/data/names.ts';

export { stemOf } from '../../engine/data/names.ts';

/** Leaves room, in the 255 bytes that file systems allow, for `-2`, `-outline-100` and an extension. */
const MOST_BYTES = 200;

/** Gives out names that differ from each other in more than case: the second `cup` becomes `cup-2`. */
export class Names {
  #taken = new Set<string>();
  #next = new Map<string, number>();

  constructor(taken: Iterable<string> = []) {
    for (const name of taken) this.#taken.add(readName(name));
  }

  /** The wanted name, made safe, or the next free one after it. */
  take(wanted: string): string {
    const safe = safeName(wanted);
    if (this.#claim(safe)) return safe;
    for (let i = this.#next.get(readName(safe)) ?? 2; ; i++) {
      const name = `${safe}-${i}`;
      if (!this.#claim(name)) continue;
      this.#next.set(readName(safe), i + 1);
      return name;
    }
  }

  /** Takes just this name. @returns whether it is safe and was free */
  takeAs(name: string): boolean {
    return safeName(name) === name && this.#claim(name);
  }

  #claim(name: string): boolean {
    if (this.#taken.has(readName(name))) return false;
    this.#taken.add(readName(name));
    return true;
  }
}

/** A name that Windows, macOS and Linux all accept, so that a project can be moved between them. */
export function safeName(wanted: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what Windows refuses
  const clean = wanted.replace(/[<>:"/\\|?*\u0000-\u001f]/g, '-').replace(/^\.+|[. ]+$/g, '');
  const named = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(clean) ? `${clean}-` : clean;
  return cut(named) || 'picture';
}

/** Whether a name has to be cut. */
export const isTooLong = (name: string): boolean => Buffer.byteLength(name) > MOST_BYTES;

/** At most MOST_BYTES of UTF-8, and no half of a character. */
function cut(name: string): string {
  if (!isTooLong(name)) return name;
  let [kept, bytes] = ['', 0];
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > MOST_BYTES) break;
    kept += character;
  }
  return kept;
}
