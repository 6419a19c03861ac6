import { describe, expect, it } from 'vitest';
import type { Job } from '../../preload/contract/index.ts';
import type { CommandStudio } from './command.ts';
import { isTyping, shownKeys } from './keys.ts';
import { COMMANDS, commandOf, runCommand } from './registry.ts';

const job = { id: 'j', run: 'r' } as Job;
const did: string[] = [];
const studio = (over: Partial<CommandStudio>): CommandStudio => ({
  project: null,
  running: null,
  paused: null,
  go: (workspace) => did.push(`go ${workspace}`),
  openDialog: (name) => did.push(`dialog ${name}`),
  openProject: () => Promise.resolve(),
  closeProject: () => Promise.resolve(),
  newTraining: () => did.push('new training'),
  toggleTheme: () => did.push('theme'),
  training: (what, { id }) => did.push(`${what} ${id}`),
  ...over,
});

describe('the registry of commands', () => {
  it('has every id once', () => {
    const ids = COMMANDS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('gives no key to two commands', () => {
    const keys = COMMANDS.flatMap((command) => command.keys?.toLowerCase() ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });
  it('runs a command only when it can be run', () => {
    did.length = 0;
    expect(runCommand('go-style', studio({}))).toBe(false);
    expect(runCommand('no-such-thing', studio({}))).toBe(false);
    expect(runCommand('pause-training', studio({ running: job }))).toBe(true);
    expect(runCommand('stop-training', studio({ paused: job }))).toBe(true);
    expect(runCommand('settings', studio({}))).toBe(true);
    expect(did).toEqual(['pause j', 'stop j', 'dialog settings']);
  });
  it('says which command is missing', () => {
    expect(() => commandOf('nothing')).toThrow('There is no command "nothing"');
  });
});

describe('keys', () => {
  it.each([
    ['$mod+Shift+l', false, 'Ctrl+Shift+L'],
    ['$mod+Shift+l', true, '⌘⇧L'],
    ['Shift+?', false, '?'],
    ['$mod+,', false, 'Ctrl+,'],
    ['$mod+Enter', false, 'Ctrl+Enter'],
  ])('are shown: %s, mac %s', (keys, mac, shown) => expect(shownKeys(keys, mac)).toBe(shown));

  it.each([
    [{ tagName: 'INPUT', type: 'text' }, false, true],
    [{ tagName: 'INPUT', type: 'range' }, false, false],
    [{ tagName: 'INPUT', type: 'text' }, true, false],
    [{ tagName: 'DIV' }, false, false],
  ])('are for a field: %o, ctrl %s', (target, ctrlKey, typing) =>
    expect(isTyping({ target, ctrlKey, metaKey: false })).toBe(typing),
  );
});
