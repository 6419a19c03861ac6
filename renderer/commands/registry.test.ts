import { describe, expect, it } from 'vitest';
import type { Job } from '../../preload/contract/index.ts';
import type { CommandStudio, SketchFacade, BatchesAction } from './command.ts';
import type { SketchAction } from './sketch-actions.ts';
import { isTyping, shownKeys } from './keys.ts';
import { commandsByKey, given, holdersOf, keysOf, pressed } from './own-keys.ts';
import { match } from './match.ts';
import { COMMANDS, commandOf, runCommand } from './registry.ts';

const job = { id: 'j', run: 'r' } as Job;
const did: string[] = [];
const studio = (over: Partial<CommandStudio>): CommandStudio => ({
  project: null,
  workspace: 'train',
  sketch: null,
  batches: null,
  latent: null,
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

const plainKey = (key: string): string => key.toLowerCase().replace(/digit(?=\d)/, '');

describe('the registry of commands', () => {
  it('has every id once', () => {
    const ids = COMMANDS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('gives no key to two commands, unless they are of two workspaces', () => {
    const owner = (id: string): string => /^(sketch|style|latent)-/.exec(id)?.[1] ?? 'everywhere';
    const clashes = [...commandsByKey({})].filter(([key, ids]) => {
      const same = COMMANDS.filter(({ keys, also = [] }) =>
        [keys, ...also].some((each) => each && plainKey(each) === plainKey(key)),
      );
      const owners = [...ids, ...same.map(({ id }) => id).filter((id) => !ids.includes(id))].map(owner);
      return owners.length > 1 && (owners.includes('everywhere') || new Set(owners).size < owners.length);
    });
    expect(clashes).toEqual([]);
  });
  it('has words for every command', () => {
    expect(COMMANDS.filter(({ label }) => typeof label !== 'string' || label === '').map(({ id }) => id)).toEqual([]);
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
  it('translates only where the Style workspace is shown', () => {
    did.length = 0;
    const batches = {
      can: (action: BatchesAction) => action !== 'pause',
      run: (action: BatchesAction) => did.push(action),
    };
    expect(runCommand('style-lens', studio({ workspace: 'style' }))).toBe(false);
    expect(runCommand('style-pause', studio({ workspace: 'style', batches }))).toBe(false);
    expect(runCommand('style-lens', studio({ workspace: 'style', batches }))).toBe(true);
    expect(did).toEqual(['lens']);
  });
  it.each([
    ['enlarge', 'go-upscale'],
    ['upscale', 'go-upscale'],
    ['translate', 'go-style'],
    ['restyle', 'go-style'],
    ['mix', 'go-latent'],
    ['gif', 'go-latent'],
    ['animation', 'go-latent'],
    ['generate', 'go-latent'],
    ['sprite', 'cut-sheet'],
    ['paint', 'go-sketch'],
    ['teach', 'train'],
  ])('is searched by the words of people: %s', (word, id) => {
    const { label, words = [] } = commandOf(id);
    expect([label, ...words].some((each) => each.toLowerCase().split(' ').includes(word))).toBe(true);
  });
  it('makes pictures only where Latent shows some', () => {
    did.length = 0;
    const latent = { can: (action: string) => action !== 'save', run: (action: string) => did.push(action) };
    expect(runCommand('latent-keep', studio({ workspace: 'latent' }))).toBe(false);
    expect(runCommand('latent-save', studio({ workspace: 'latent', latent }))).toBe(false);
    expect(runCommand('latent-keep', studio({ workspace: 'latent', latent }))).toBe(true);
    expect(did).toEqual(['keep']);
  });
  it('draws only where a drawing is open and shown', () => {
    did.length = 0;
    const sketch = (possible: SketchAction[]): SketchFacade => ({
      can: (action) => possible.includes(action),
      run: (action) => did.push(`sketch ${action}`),
      settle: () => Promise.resolve(),
    });
    expect(runCommand('sketch-undo', studio({ workspace: 'sketch' }))).toBe(false);
    expect(runCommand('sketch-undo', studio({ workspace: 'library', sketch: sketch(['undo']) }))).toBe(false);
    expect(runCommand('sketch-undo', studio({ workspace: 'sketch', sketch: sketch([]) }))).toBe(false);
    expect(runCommand('sketch-undo', studio({ workspace: 'sketch', sketch: sketch(['undo']) }))).toBe(true);
    expect(runCommand('sketch-opacity-10', studio({ workspace: 'sketch', sketch: sketch(['opacity-10']) }))).toBe(true);
    expect(did).toEqual(['sketch undo', 'sketch opacity-10']);
  });
  it('writes a drawing down before its project is closed', async () => {
    did.length = 0;
    const sketch: SketchFacade = {
      can: () => true,
      run: () => undefined,
      settle: () => Promise.resolve().then(() => did.push('saved')),
    };
    const closeProject = (): Promise<void> => Promise.resolve(void did.push('closed'));
    runCommand('close-project', studio({ project: { readOnly: false } as never, sketch, closeProject }));
    await expect.poll(() => did).toEqual(['saved', 'closed']);
  });
  it('says which command is missing', () => {
    expect(() => commandOf('nothing')).toThrow('There is no command "nothing"');
  });
});

describe('own keys', () => {
  it('take the place of those that a command comes with', () => {
    const own = given({}, 'sketch-redo', '$mod+Shift+x');
    expect(keysOf(commandOf('sketch-redo'), own)).toEqual(['$mod+Shift+x']);
    expect(commandsByKey(own).get('$mod+y')).toBeUndefined();
    expect(commandsByKey(own).get('$mod+Shift+x')).toEqual(['sketch-redo']);
    expect(keysOf(commandOf('sketch-redo'), given(own, 'sketch-redo', null))).toEqual(['$mod+Shift+z', '$mod+y']);
    expect(keysOf(commandOf('sketch-redo'), given(own, 'sketch-redo', ''))).toEqual([]);
  });
  it('are taken from the command that had them, where both can be run', () => {
    const own = given({}, 'sketch-eraser', 'b');
    expect(keysOf(commandOf('sketch-brush'), own)).toEqual([]);
    expect(commandsByKey(own).get('b')).toEqual(['sketch-eraser']);
    // Back to its own keys, it takes them back.
    const back = given(own, 'sketch-brush', null);
    expect([keysOf(commandOf('sketch-brush'), back), keysOf(commandOf('sketch-eraser'), back)]).toEqual([['b'], []]);
    const style = COMMANDS.find(({ id, keys }) => id.startsWith('style-') && keys)!;
    expect(holdersOf(style.keys!, 'sketch-brush', {}).map(({ id }) => id)).not.toContain(style.id);
  });
  const press = (over: Partial<KeyboardEvent>) =>
    pressed({ key: 'a', code: 'KeyA', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...over });
  it.each([
    [{ key: 'B' }, 'b'],
    [{ key: 'U', shiftKey: true }, 'Shift+u'],
    [{ key: '{', code: 'BracketLeft', shiftKey: true }, 'Shift+BracketLeft'],
    [{ key: 'z', metaKey: true, shiftKey: true }, '$mod+Shift+z'],
    [{ key: '3', code: 'Digit3', altKey: true }, 'Alt+Digit3'],
    [{ key: 'F5', code: 'F5' }, 'F5'],
    [{ key: 'Shift' }, null],
    [{ key: ' ', code: 'Space' }, null],
    [{ key: 'Escape' }, null],
  ] as const)('are read from the keyboard: %o', (over, keys) => expect(press(over)).toBe(keys));
});

describe('keys', () => {
  it.each([
    ['$mod+Shift+l', false, 'Ctrl+Shift+L'],
    ['$mod+Shift+l', true, '⌘⇧L'],
    ['Shift+?', false, '?'],
    ['$mod+,', false, 'Ctrl+,'],
    ['$mod+Enter', false, 'Ctrl+Enter'],
    ['Shift+BracketLeft', false, 'Shift+['],
    ['Shift+BracketLeft', true, '⇧['],
    ['Equal', false, '+'],
  ])('are shown: %s, mac %s', (keys, mac, shown) => expect(shownKeys(keys, mac)).toBe(shown));

  const inside = (role: string) => ({ tagName: 'DIV', closest: (all: string) => (all.includes(role) ? {} : null) });
  it.each([
    ['z', { tagName: 'INPUT', type: 'text' }, true, true],
    ['z', { tagName: 'DIV' }, true, false],
    ['k', { tagName: 'INPUT', type: 'text' }, true, false],
    ['Home', { tagName: 'INPUT', type: 'range' }, false, true],
    ['Home', { tagName: 'DIV' }, false, false],
    ['PageUp', inside('listbox'), false, true],
    ['b', inside('role=menu'), false, true],
    ['b', inside('listbox'), false, false],
    ['Tab', { tagName: 'BUTTON' }, false, true],
    ['Tab', inside('data-canvas-area'), false, false],
  ])('%s in %o, ctrl %s, is for what has the focus: %s', (key, target, ctrlKey, typing) =>
    expect(isTyping({ target, key, ctrlKey, metaKey: false })).toBe(typing),
  );
  it.each([
    [{ tagName: 'INPUT', type: 'text' }, false, true],
    [{ tagName: 'INPUT', type: 'range' }, false, false],
    [{ tagName: 'INPUT', type: 'text' }, true, false],
    [{ tagName: 'DIV' }, false, false],
  ])('are for a field: %o, ctrl %s', (target, ctrlKey, typing) =>
    expect(isTyping({ target, ctrlKey, metaKey: false })).toBe(typing),
  );
});

it.each([
  ['engines', 'engines'],
  ['graphics card', 'engines'],
  ['credits', 'licences'],
])('what is called "%s" is found', (typed, id) => {
  expect(COMMANDS.filter(({ label, words }) => match(label, typed, words) > 0).map((each) => each.id)).toContain(id);
});
