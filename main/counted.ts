/** A number of things in words: `1 pair`, `2 pairs`. */
export const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
