/** Pixels of 8 or 16 bits a value: what is written for one works for the other. */
export type Values = Uint8Array | Uint16Array;

/** The largest value: white, or opaque. */
export const whiteOf = (data: Values): 255 | 65_535 => (data instanceof Uint16Array ? 65_535 : 255);

/** As many zeros, as deep as others. */
export const blankAs = <Data extends Values>(data: Data, length: number): Data =>
  (data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length)) as Data;

/** The nearest value that there is. */
export const nearest = (value: number, white: number): number =>
  value <= 0 ? 0 : value >= white ? white : Math.round(value);
