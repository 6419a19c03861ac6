/**
 * The guides of docs/ for the window, which shows them without a network: each page becomes a module with its title and its
 * HTML while the window is built, and its pictures files beside it.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Marked, type Tokens } from 'marked';
import type { Plugin } from 'vite';

/** A page: its first heading, and the rest as HTML in pieces between which its pictures' addresses belong. */
export interface GuidePage {
  title: string;
  pieces: string[];
  /** As the page names them, relative to it. */
  pictures: string[];
}

/** Stands in the HTML where the address of a picture will be. */
const PICTURE = '\0';

/**
 * Reads a page. A link to another guide leads to `#name`; of one that leads elsewhere only the words are left, as the window
 * shows nothing but guides.
 * @param isGuide whether there is a guide of that name
 * @throws Error where it does not begin with a heading
 */
export function readGuide(markdown: string, isGuide: (name: string) => boolean): GuidePage {
  const pictures: string[] = [];
  const marked = new Marked({
    renderer: {
      // Below the title of the window's dialog.
      heading({ tokens, depth }: Tokens.Heading): string {
        return `<h${depth + 1}>${this.parser.parseInline(tokens)}</h${depth + 1}>\n`;
      },
      image({ href, text }: Tokens.Image): string {
        pictures.push(href);
        return `<img src="${PICTURE}" alt="${escaped(text)}" draggable="false">`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const words = this.parser.parseInline(tokens);
        const name = /^([\w-]+)\.md$/.exec(href)?.[1];
        return name !== undefined && isGuide(name) ? `<a href="#${name}">${words}</a>` : words;
      },
      // Long lines scroll, so the keyboard must reach them.
      code({ text }: Tokens.Code): string {
        return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
      },
    },
  });
  const [, title, body] = /^# (.+)\n([\s\S]*)$/.exec(markdown) ?? [];
  if (title === undefined || body === undefined) throw new Error('A guide begins with its title');
  const html = marked.parse(body, { async: false });
  return { title, pieces: html.split(PICTURE), pictures };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Makes modules of docs/*.md: `{ title, html }`. */
export const guides = (root: string): Plugin => ({
  name: 'guides',
  transform(code, id) {
    if (dirname(id) !== join(root, 'docs') || !id.endsWith('.md')) return null;
    const isGuide = (name: string): boolean => existsSync(join(root, 'docs', `${name}.md`));
    const { title, pieces, pictures } = readGuide(code, isGuide);
    const imports = pictures.map((picture, i) => `import picture${i} from ${JSON.stringify(`./${picture}`)};\n`);
    const html = pieces.map((piece, i) => JSON.stringify(piece) + (i < pictures.length ? ` + picture${i}` : ''));
    const guide = `{ name: ${JSON.stringify(basename(id, '.md'))}, title: ${JSON.stringify(title)}, html: ${html.join(' + ')} }`;
    return { code: `${imports.join('')}export default ${guide};\n`, map: null, moduleType: 'js' };
  },
});
