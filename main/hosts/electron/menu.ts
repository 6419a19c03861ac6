/** The application's menu. Its items run the window's commands, by their ids in the command registry. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { WORKSPACES } from '../../../preload/contract/workspaces.ts';
import { VERSION } from '../../root.ts';

type Item = MenuItemConstructorOptions;

export function setupMenu(run: (command: string) => void): void {
  app.setAboutPanelOptions({
    applicationName: 'Maquette',
    applicationVersion: VERSION,
    copyright: 'MIT licence',
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, run)));
}

/** The menu of a platform. */
export function menuTemplate(platform: NodeJS.Platform, run: (command: string) => void): Item[] {
  const mac = platform === 'darwin';
  const command = (label: string, id: string, accelerator?: string): Item => ({
    label,
    id,
    click: () => run(id),
    // The window handles the same keys by its registry: shown here, not registered twice.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const rule: Item = { type: 'separator' };
  const workspaces = WORKSPACES.map((name, i) =>
    command(name.charAt(0).toUpperCase() + name.slice(1), `go-${name}`, `CmdOrCtrl+${i + 1}`),
  );
  return [
    ...(mac ? [{ role: 'appMenu' } satisfies Item] : []),
    {
      label: '&File',
      submenu: [
        command('New project', 'new-project', 'CmdOrCtrl+Shift+N'),
        command('Open project...', 'open-project', 'CmdOrCtrl+O'),
        { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] },
        rule,
        command('Import pictures...', 'import-pictures', 'CmdOrCtrl+I'),
        rule,
        command('Close project', 'close-project'),
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&Training',
      submenu: [
        command('Train...', 'train'),
        command('Pause', 'pause-training'),
        command('Resume', 'resume-training'),
        command('Stop', 'stop-training'),
      ],
    },
    {
      label: '&View',
      submenu: [
        ...workspaces,
        rule,
        command('Commands...', 'palette', 'CmdOrCtrl+K'),
        command('Dark or light', 'toggle-theme'),
        rule,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        command('Guide', 'help', 'F1'),
        command('Keyboard shortcuts', 'shortcuts-help'),
        command('Licences', 'licences'),
        ...(mac ? [] : [{ role: 'about' } satisfies Item]),
      ],
    },
  ];
}
