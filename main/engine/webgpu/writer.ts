/**
 * Writes the WGSL of one place of a value: lines of `let`s in the order in which they are needed. What lies in a buffer is
 * loaded; everything else is written out by its operator's rule (`expressions.ts`). Equal lines are written once.
 */
import { sameShape, sizeOf, type Shape } from '../../../models/graph/tensor.ts';
import { expressions } from './expressions.ts';
import type { Value } from './value.ts';

/** Where in a value: the place in its buffer, one number an axis, or both. All are WGSL expressions of type u32. */
export type Index =
  | { readonly flat: string; readonly coords?: readonly string[] }
  | { readonly coords: readonly string[] };

/** A constant as WGSL. Exact enough: the decimal digits of the double are rounded to the nearest float. */
export const literal = (x: number): string => `f32(${Number.isInteger(x) && Math.abs(x) < 1e15 ? x.toFixed(1) : x})`;

export class Writer {
  readonly lines: string[] = [];
  /** The buffers that are read, in the order of their first use, and the places at which each is. */
  readonly loads = new Map<Value, Set<string>>();
  readonly #inBuffer: (value: Value) => boolean;
  readonly #given = new Map<Value, { at: string; name: string }>();
  readonly #scopes = [new Map<string, string>()];
  readonly #prefix: string;
  #count = 0;

  /** Whether places may be outside of what is read. */
  readonly #strays: boolean;

  /**
   * @param prefix of the names that are written, which no other writer of the same scope may have
   * @param strays whether places may be outside of what is read: then the last number is read instead, and should not be taken
   */
  constructor(inBuffer: (value: Value) => boolean, prefix = 'v', strays = false) {
    this.#inBuffer = inBuffer;
    this.#prefix = prefix;
    this.#strays = strays;
  }

  /** From here on, `value` at the place `at` is what `name` holds: a sum in registers, or another result. */
  give(value: Value, at: string, name: string): void {
    this.#given.set(value, { at, name });
  }

  /** The name of a `let` of this expression. */
  let(expression: string): string {
    const known = this.#find(expression);
    if (known) return known;
    const name = this.#fresh();
    this.lines.push(`let ${name} = ${expression};`);
    this.#scopes.at(-1)!.set(expression, name);
    return name;
  }

  /** The value at a place, as a name. */
  value(value: Value, at: Index): string {
    const given = this.#given.get(value);
    if (given && this.flat(at, value.shape) === given.at) return given.name;
    if (this.#inBuffer(value)) return this.load(value, this.flat(at, value.shape));
    const key = `#${value.id}@${'flat' in at ? at.flat : at.coords.join()}`;
    const known = this.#find(key);
    if (known) return known;
    const name = expressions.write(this, value, at);
    this.#scopes.at(-1)!.set(key, name);
    return name;
  }

  /** What lies in a buffer at a place. */
  load(value: Value, flat: string): string {
    const places = this.loads.get(value) ?? new Set();
    this.loads.set(value, places.add(flat));
    return this.let(`${bufferName(value)}[${this.#strays ? `min(${flat}, ${sizeOf(value.shape) - 1}u)` : flat}]`);
  }

  /** `emit` where the condition holds, else 0: nothing is read out of bounds. */
  when(condition: string, emit: () => string): string {
    const name = this.variable();
    this.block(`if (${condition})`, () => `${name} = ${emit()};`);
    return name;
  }

  /**
   * The same without a branch, so that many loads can be under way at once: for writers of places that may stray.
   */
  chosen(condition: string, value: string): string {
    return this.let(`select(0.0, ${value}, ${condition})`);
  }

  /** A variable that begins at 0. */
  variable(): string {
    const name = this.#fresh();
    this.lines.push(`var ${name} = 0.0;`);
    return name;
  }

  /** A block with a scope of its own; `emit` gives its last line. */
  block(head: string, emit: () => string): void {
    this.lines.push(`${head} {`);
    this.#scopes.push(new Map());
    this.lines.push(emit());
    this.#scopes.pop();
    this.lines.push('}');
  }

  /** The name of a loop's counter. */
  counter(): string {
    return this.#fresh();
  }

  flat(at: Index, shape: Shape): string {
    if ('flat' in at) return sizeOf(shape) === 1 ? '0u' : at.flat;
    let stride = 1;
    const terms: string[] = [];
    for (let i = shape.length - 1; i >= 0; i--) {
      if (shape[i] !== 1) terms.unshift(stride === 1 ? at.coords[i]! : `${at.coords[i]} * ${stride}u`);
      stride *= shape[i]!;
    }
    if (terms.length === 0) return '0u';
    return terms.length === 1 && /^\w+$/.test(terms[0]!) ? terms[0]! : this.let(terms.join(' + '));
  }

  coords(at: Index, shape: Shape): readonly string[] {
    if (at.coords) return at.coords;
    const { flat } = at as { flat: string };
    let stride = sizeOf(shape);
    let outermost = true;
    return shape.map((length) => {
      stride /= length;
      if (length === 1) return '0u';
      const quotient = stride === 1 ? flat : `${flat} / ${stride}u`;
      const coordinate = outermost
        ? quotient
        : stride === 1
          ? `${quotient} % ${length}u`
          : `(${quotient}) % ${length}u`;
      outermost = false;
      return coordinate === flat ? coordinate : this.let(coordinate);
    });
  }

  /** Where a value is read that is repeated up to `shape`, NumPy's way. */
  repeated(at: Index, shape: Shape, { shape: from }: Value): Index {
    if (sameShape(from, shape)) return at;
    if (sizeOf(from) === 1) return { flat: '0u' };
    if (sizeOf(from) === sizeOf(shape) && 'flat' in at) return { flat: at.flat };
    const coords = this.coords(at, shape).slice(shape.length - from.length);
    return { coords: coords.map((each, i) => (from[i] === 1 ? '0u' : each)) };
  }

  #fresh(): string {
    return `${this.#prefix}${this.#count++}`;
  }

  #find(key: string): string | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const name = this.#scopes[i]!.get(key);
      if (name) return name;
    }
    return undefined;
  }
}

/** An expression further on by a constant. */
export const moved = (at: string, by: number): string => (by === 0 ? at : `(${at} + ${by}u)`);

export const bufferName = ({ id }: Value): string => `b${id}`;
