/** Engine processes in Electron: utility processes, as the fuses forbid forking our own binary. */
import { utilityProcess } from 'electron';
import type { Launch } from '../../engine/processes/roles.ts';
import { built } from '../../root.ts';

export const launchUtility: Launch = (role) => {
  const child = utilityProcess.fork(built(`${role}.js`), [], { serviceName: `Maquette ${role}`, stdio: 'inherit' });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(`ended with status ${code}`)),
    end: () => void child.kill(),
    // `kill` is SIGTERM, which a process inside a native call may not hear.
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
};
