/** The guides as the window shows them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WORKSPACES } from '../preload/contract/workspaces.ts';
import { ROOT } from '../main/root.ts';
import { readGuide } from './guides.ts';

const DOCS = join(ROOT, 'docs');
const names = readdirSync(DOCS)
  .filter((file) => file.endsWith('.md'))
  .map((file) => basename(file, '.md'));
const isGuide = (name: string): boolean => names.includes(name);

describe('a guide', () => {
  it('has a title, pictures that wait for their addresses, and links to other guides alone', () => {
    const { title, pieces, pictures } = readGuide(
      '# Sketch\n\n![A "drawing"](images/a.webp)\n\n[Train](train.md), [recipes](../assets/) and [lost](none.md).\n\n## More\n',
      isGuide,
    );
    expect([title, pictures]).toEqual(['Sketch', ['images/a.webp']]);
    expect(pieces.join('HERE')).toContain('<img src="HERE" alt="A &quot;drawing&quot;" draggable="false">');
    expect(pieces.join('')).toContain('<a href="#train">Train</a>, recipes and lost.');
    expect(pieces.join('')).toContain('<h3>More</h3>');
  });
  it('shows commands as they are written', () => {
    expect(readGuide('# A\n\n```\ntrain <family> "x"\n```\n', isGuide).pieces.join('')).toContain(
      '<pre tabindex="0"><code>train &lt;family&gt; &quot;x&quot;</code></pre>',
    );
  });
  it.each(names)('%s is one, and its pictures are there', (name) => {
    const { pieces, pictures } = readGuide(readFileSync(join(DOCS, `${name}.md`), 'utf8'), isGuide);
    expect(pieces).toHaveLength(pictures.length + 1);
    expect(pictures.filter((picture) => !existsSync(join(DOCS, picture)))).toEqual([]);
  });
  it('there is for every workspace, and one that leads to all', () => {
    const first = readGuide(readFileSync(join(DOCS, 'README.md'), 'utf8'), isGuide).pieces.join('');
    expect(names).toEqual(expect.arrayContaining([...WORKSPACES]));
    for (const name of names.filter((each) => each !== 'README')) expect(first).toContain(`<a href="#${name}">`);
  });
});
