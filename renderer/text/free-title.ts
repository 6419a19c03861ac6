/** A title that none of the others has: numbered from 2 on where it is taken. */
export function freeTitle(title: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const numbered = n === 1 ? title : `${title} ${n}`;
    if (!taken.includes(numbered)) return numbered;
  }
}
