/** The order of the library's cards, what a search finds among them, and where a key leads. */
import type { Model } from '../../../preload/contract/index.ts';

export type Sort = 'newest' | 'name';

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The models that hold every word of the query in title, family, licence or notes, in order. */
export function arrange(models: readonly Model[], { query, sort }: { query: string; sort: Sort }): Model[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ title, family, licence, notes }: Model): string =>
    [title, family, licence, notes].join('\n').toLowerCase();
  return models
    .filter((model) => words.every((word) => text(model).includes(word)))
    .sort((a, b) => (sort === 'name' ? byName.compare(a.title, b.title) : b.created.localeCompare(a.created)));
}

/** Where a key leads from a card; null when the key is none of the grid's. */
export function cardAfterKey(
  key: string,
  from: number,
  { total, columns }: { total: number; columns: number },
): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -from,
    End: total - 1 - from,
  };
  const step = steps[key];
  if (step === undefined || total === 0) return null;
  const to = from + step;
  return to < 0 || to >= total ? from : to;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'];

/** A file's size as people read it: "812 bytes", "1.2 MB" */
export function bytes(n: number): string {
  let unit = 0;
  while (n >= 1000 && unit < UNITS.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit > 0 && n < 10 ? n.toFixed(1) : Math.round(n)} ${UNITS[unit]!}`;
}
