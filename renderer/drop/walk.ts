/** What was dropped, as a flat list of files with their paths. Folders are walked where the browser can. */
import type { Dropped } from '../host/host.ts';

/** The parts of `DataTransfer` that are read. */
export interface Transfer {
  items?: ArrayLike<DataTransferItem> | undefined;
  files?: ArrayLike<File> | undefined;
}

/** System files that nobody means to drop. */
const NOISE = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$/i;

/**
 * Lists what was dropped. Call it in the drop event itself: the browser empties the transfer right after.
 * Falls back to the plain files where there are no entries (transfers that a script made have none).
 */
export async function walkTransfer(transfer: Transfer): Promise<Dropped[]> {
  const items = Array.from(transfer.items ?? []).filter(({ kind }) => kind === 'file');
  const found = items.map((item) => ({ entry: entryOf(item), file: item.getAsFile() }));
  const plain = Array.from(transfer.files ?? []);
  const walked = (
    await Promise.all(
      found.map(async ({ entry, file }) =>
        entry ? walkEntry(entry) : file ? [{ file, path: file.webkitRelativePath || file.name }] : [],
      ),
    )
  ).flat();
  const list = walked.length > 0 ? walked : plain.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  return list.filter(({ path }) => !NOISE.test(path));
}

/** The dropped things themselves, folders unopened: what Electron's main asks for. */
export function topOfTransfer(transfer: Transfer): Dropped[] {
  return Array.from(transfer.files ?? []).map((file) => ({ file, path: file.name }));
}

/** Whether files are being dragged, not text or a link. */
export const hasFiles = (transfer: { types: readonly string[] } | null): boolean =>
  transfer?.types.includes('Files') ?? false;

/** A name for what was dropped: of the one folder, else none. */
export function folderName(dropped: readonly Pick<Dropped, 'path'>[]): string | null {
  const tops = new Set(dropped.map(({ path }) => path.split('/')[0]!));
  return tops.size === 1 && dropped[0]?.path.includes('/') ? [...tops][0]! : null;
}

/** Whether a model of any tool is among what was dropped, and not inside a folder of other things. */
export const hasModel = (dropped: readonly Pick<Dropped, 'path'>[]): boolean =>
  dropped.some(({ path }) => /^[^/]*\.onnx$/i.test(path));

/** Whether a file may have layers, and so can be a drawing of its own. */
export const isLayered = ({ path }: Pick<Dropped, 'path'>): boolean => /\.ps[db]$/i.test(path);

// Scripted transfers lack the method, or give null.
const entryOf = (item: DataTransferItem): FileSystemEntry | null =>
  typeof item.webkitGetAsEntry === 'function' ? item.webkitGetAsEntry() : null;

/** The files of an entry, in its order; those of one portion are asked for together. */
async function walkEntry(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path: entry.fullPath.replace(/^\//, '') || file.name }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: Dropped[] = [];
  for (;;) {
    // A reader gives at most a hundred entries at a time.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return files;
    files.push(...(await Promise.all(part.map((child) => walkEntry(child)))).flat());
  }
}
