/** Picking files and folders: the system's dialog where there is one, else the studio's own. */
import type { AppInfo, Args, CallName, Picked, Result } from '../../preload/contract/index.ts';
import { openDialog } from '../dialogs/dialogs.svelte.ts';

export interface PickOptions {
  /** Folders are picked, not files. */
  folders: boolean;
  several: boolean;
  title: string;
}

interface Asking {
  readonly info: AppInfo | null;
  call<K extends CallName>(name: K, args: Args<K>): Promise<Result<K>>;
  attempt<T>(work: Promise<T>): Promise<T | undefined>;
}

/** Lets the person pick; an empty list when they thought better of it. */
export async function pickFiles(studio: Asking, options: PickOptions): Promise<Picked[]> {
  if (studio.info?.nativeDialogs) return (await studio.attempt(studio.call('files.pick', { ...options }))) ?? [];
  return ((await openDialog('files', options)) as Picked[] | undefined) ?? [];
}
