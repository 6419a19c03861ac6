/** What the documents say: links lead somewhere, and commands are ones that the program takes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../root.ts';
import { commands } from './commands.ts';

const DOCUMENTS = ['', 'docs', 'assets', 'assets/upscalers', 'bench']
  .filter((folder) => existsSync(join(ROOT, folder)))
  .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

/** Headings as their anchors: small letters, what is neither letter nor digit gone, spaces as dashes. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The commands of a text's blocks, a line each, without what a shell would not hand on. */
const commandsOf = (text: string): string[][] =>
  [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!
      .replaceAll('\\\n', ' ')
      .split('\n')
      .flatMap((line) => /^(?:npx maquette|maquette --cli) (.+)$/.exec(line.replace(/\s+#.*$/, ''))?.[1]?.trim() ?? [])
      .map((line) => line.split(/\s+/)),
  );

/** Commands that only take what they are given. */
function idle(command: Command): void {
  command.commands.forEach(idle);
  // A command that has others of its own has nothing to do by itself.
  if (command.commands.length === 0) command.action(() => undefined);
}

describe.each(DOCUMENTS)('$file', ({ file, text }) => {
  it('has links that lead somewhere', () => {
    const lost = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to]) => to!)
      .filter((to) => !/^[a-z]+:/.test(to))
      .filter((to) => {
        const [path, anchor] = to.split('#') as [string, string | undefined];
        const target = path === '' ? join(ROOT, file) : join(ROOT, dirname(file), path);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
      });
    expect(lost).toEqual([]);
  });

  it('has commands that the program takes', async () => {
    for (const args of commandsOf(text)) {
      const program = await commands();
      idle(program);
      await expect(program.parseAsync(args, { from: 'user' }), args.join(' ')).resolves.toBeDefined();
    }
  });
});

it('the documents name commands at all', () => {
  expect(DOCUMENTS.flatMap(({ text }) => commandsOf(text)).length).toBeGreaterThan(10);
});
