/** The system's dialogs. Paths stay in main: the contract hands tokens to the window. */
import { BrowserWindow, dialog, type OpenDialogOptions } from 'electron';
import type { Args } from '../../../preload/contract/index.ts';

/** The paths that the person chose; none when they cancelled. */
export async function pickFiles({ folders, several, title }: Args<'files.pick'>): Promise<string[]> {
  const properties: NonNullable<OpenDialogOptions['properties']> = [folders ? 'openDirectory' : 'openFile'];
  if (several) properties.push('multiSelections');
  if (folders) properties.push('createDirectory');
  const options = { title, properties };
  const window = BrowserWindow.getFocusedWindow();
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? [] : filePaths;
}
