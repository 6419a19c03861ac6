import { describe, expect, it } from 'vitest';
import { folderName, hasFiles, topOfTransfer, walkTransfer } from './walk.ts';

const file = (name: string): File => new File(['x'], name);

const fileEntry = (path: string): FileSystemEntry =>
  ({
    isFile: true,
    fullPath: path,
    file: (resolve: (file: File) => void) => resolve(file(path.split('/').at(-1)!)),
  }) as unknown as FileSystemEntry;

/** A folder whose reader gives its children in portions of two, as browsers do with a hundred. */
const folderEntry = (path: string, children: FileSystemEntry[]): FileSystemEntry =>
  ({
    isFile: false,
    fullPath: path,
    createReader: () => {
      const left = [...children];
      return { readEntries: (resolve: (part: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)) };
    },
  }) as unknown as FileSystemEntry;

const item = (entry: FileSystemEntry | null, plain: File | null = null): DataTransferItem =>
  ({ kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => plain }) as unknown as DataTransferItem;

const paths = async (transfer: Parameters<typeof walkTransfer>[0]): Promise<string[]> =>
  (await walkTransfer(transfer)).map(({ path }) => path);

describe('what was dropped', () => {
  it('is walked, in portions, folders in folders', async () => {
    const pairs = folderEntry('/art', [
      folderEntry(
        '/art/A',
        ['1', '2', '3'].map((n) => fileEntry(`/art/A/${n}.png`)),
      ),
      folderEntry('/art/B', [fileEntry('/art/B/1.png'), fileEntry('/art/B/.DS_Store')]),
    ]);
    expect(await paths({ items: [item(pairs), item(fileEntry('/lone.png'))] })).toEqual([
      'art/A/1.png',
      'art/A/2.png',
      'art/A/3.png',
      'art/B/1.png',
      'lone.png',
    ]);
  });
  it('falls back to the files of its items, then to its files', async () => {
    expect(await paths({ items: [item(null, file('a.png'))], files: [file('a.png')] })).toEqual(['a.png']);
    expect(await paths({ items: [], files: [file('b.png')] })).toEqual(['b.png']);
    const scripted = { kind: 'file', getAsFile: () => file('c.png') } as unknown as DataTransferItem;
    expect(await paths({ items: [scripted] })).toEqual(['c.png']);
    expect(await paths({})).toEqual([]);
  });
  it('takes no text for files', async () => {
    const text = { kind: 'string', getAsFile: () => null } as unknown as DataTransferItem;
    expect(await paths({ items: [text] })).toEqual([]);
    expect(hasFiles({ types: ['text/plain'] })).toBe(false);
    expect(hasFiles({ types: ['Files'] })).toBe(true);
    expect(hasFiles(null)).toBe(false);
  });
  it('is handed over unopened in Electron', () => {
    expect(topOfTransfer({ files: [file('art')] }).map(({ path }) => path)).toEqual(['art']);
  });
  it('has the name of its one folder', () => {
    const dropped = (...all: string[]) => all.map((path) => ({ file: file('x'), path }));
    expect(folderName(dropped('art/A/1.png', 'art/B/1.png'))).toBe('art');
    expect(folderName(dropped('art/1.png', 'more/1.png'))).toBeNull();
    expect(folderName(dropped('1.png'))).toBeNull();
    expect(folderName([])).toBeNull();
  });
});
