/** The guides of docs/, as scripts/guides.ts makes them while the window is built; each is loaded when it is read. */
export interface Guide {
  name: string;
  title: string;
  /** Our own words: nothing in it comes from elsewhere. */
  html: string;
}

/** The one that leads to all. */
export const ALL_GUIDES = 'README';

const pages = import.meta.glob<Guide>('../../docs/*.md', { import: 'default' });

/** @throws RangeError where there is none of that name */
export function loadGuide(name: string): Promise<Guide> {
  const load = pages[`../../docs/${name}.md`];
  if (!load) throw new RangeError(`There is no guide "${name}"`);
  return load();
}
