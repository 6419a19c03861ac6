/** A whole number as people read it: `12,345`. */
export const grouped = (n: number): string => whole.format(n);
const whole = new Intl.NumberFormat('en');

/** A number of things in words: `1 pair`, `2,000 pairs`. */
export const counted = (n: number, one: string, many: string): string => `${grouped(n)} ${n === 1 ? one : many}`;

/** Bytes as people read them: `1.3 GB`. */
export const inGigabytes = (bytes: number): string => `${Math.max(0.1, bytes / 1e9).toFixed(1)} GB`;
