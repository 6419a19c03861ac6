/** The studio in Electron: a table of contents. Everything that may be asked for stands before the window opens. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { app, shell } from 'electron';
import { nodeBinary } from '../node.ts';
import { ROOT } from '../root.ts';
import { Studio } from '../studio/studio.ts';
import { pickFiles } from './electron/dialogs.ts';
import { hearFiles, setupInstance } from './electron/instance.ts';
import { setupMenu } from './electron/menu.ts';
import { notifier } from './electron/notifications.ts';
import { setupPorts } from './electron/ports.ts';
import { registerScheme, setupProtocol } from './electron/protocol.ts';
import { setupSecurity } from './electron/security.ts';
import { endSelfCheck, prepareSelfCheck } from './electron/self-check.ts';
import { openElectronStore } from './electron/store.ts';
import { Windows } from './electron/windows.ts';
import { openLog } from './log.ts';

// A package's own command line: `maquette --cli train ...`.
const cli = process.argv.indexOf('--cli');
if (cli >= 0) {
  const args = [join(ROOT, 'bin', 'maquette.js'), ...process.argv.slice(cli + 1)];
  process.exit(spawnSync(nodeBinary(), args, { stdio: 'inherit' }).status ?? 1);
}

// Before anything is read or kept: `maquette --self-check` has a home of its own.
const checked = process.argv.includes('--self-check') ? prepareSelfCheck() : null;

app.setName('Maquette');
app.enableSandbox();
registerScheme();
const files = hearFiles();

const first = app.requestSingleInstanceLock();
if (!first) app.quit(); // the running one hears of it and comes to the front

await app.whenReady();
if (first) {
  const store = openElectronStore();
  const studio = new Studio({
    ...{
      host: 'electron',
      store,
      pick: pickFiles,
      reveal: (folder) => void shell.openPath(folder),
      log: openLog(),
    },
    notify: notifier(() => windows.show()),
  });
  const windows = new Windows(studio, store);
  setupSecurity();
  setupProtocol(studio);
  setupPorts(studio);
  setupMenu((id) => studio.tell('command', { id }));
  setupInstance(studio, windows, files);
  windows.show();
  if (checked !== null) await endSelfCheck(studio, checked);
}
