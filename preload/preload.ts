/**
 * The bridge in Electron: the only code with both sides in reach, so it is small. It hands the window a MessagePort to
 * the studio, and trades dropped files for tokens. Sandboxed: one CommonJS file, nothing but electron.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

ipcRenderer.on('maquette:port', (event) => window.postMessage('maquette:port', window.location.origin, event.ports));

contextBridge.exposeInMainWorld('maquette', {
  connect: () => ipcRenderer.send('maquette:connect'),
  tokenOf: (file: File) => ipcRenderer.invoke('maquette:token', webUtils.getPathForFile(file)),
});
