/** The folder of what Maquette keeps for itself on this machine. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Settings, log, and what a running host says of itself. `MAQUETTE_HOME` moves it, for tests and portable use. */
export function homeFolder(): string {
  const { MAQUETTE_HOME, APPDATA, XDG_CONFIG_HOME } = process.env;
  if (MAQUETTE_HOME) return MAQUETTE_HOME;
  if (process.platform === 'win32') return join(APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Maquette');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Maquette');
  return join(XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'maquette');
}
