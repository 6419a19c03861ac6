/** Which dialogs there are. */
import { registerDialog } from './dialogs/dialogs.svelte.ts';

/** Makes them all known, once. */
export function registerDialogs(): void {
  registerDialog('new-project', () => import('./dialogs/NewProject.svelte'));
  registerDialog('files', () => import('./files/FileBrowser.svelte'));
  registerDialog('import', () => import('./dialogs/ImportPictures.svelte'));
  registerDialog('confirm', () => import('./dialogs/Confirm.svelte'));
  registerDialog('settings', () => import('./dialogs/settings/Settings.svelte'));
  registerDialog('palette', () => import('./commands/Palette.svelte'));
  registerDialog('shortcuts-help', () => import('./commands/Shortcuts.svelte'));
  registerDialog('help', () => import('./help/Help.svelte'));
  registerDialog('viewer', () => import('./ui/viewer/Viewer.svelte'));
  registerDialog('fork', () => import('./workspaces/train/run/Fork.svelte'));
  registerDialog('sketches', () => import('./workspaces/train/sketches/Sketches.svelte'));
  registerDialog('sprite-sheet', () => import('./workspaces/train/sprite-sheet/SpriteSheet.svelte'));
  registerDialog('batch-notes', () => import('./batches/BatchNotes.svelte'));
  registerDialog('save-results', () => import('./batches/SaveResults.svelte'));
  registerDialog('new-drawing', () => import('./workspaces/sketch/start/NewDrawing.svelte'));
  registerDialog('from-picture', () => import('./workspaces/sketch/picture/FromPicture.svelte'));
  registerDialog('dropped-picture', () => import('./workspaces/sketch/picture/DroppedPicture.svelte'));
  registerDialog('remember-where', () => import('./workspaces/sketch/teach/RememberWhere.svelte'));
  registerDialog('export-drawing', () => import('./workspaces/sketch/export/ExportDrawing.svelte'));
}
