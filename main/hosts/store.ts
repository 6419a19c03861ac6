/** Where settings are kept outside Electron: `conf`, which electron-store is built on, so both read the same file. */
import Conf from 'conf';
import { homeFolder } from '../studio/places.ts';
import type { Store } from '../studio/settings.ts';

/** @throws UserError never; a damaged file is begun anew, as settings are no work */
export function openStore(): Store {
  return new Conf<Record<string, unknown>>({
    cwd: homeFolder(),
    configName: 'settings',
    projectName: 'maquette',
    clearInvalidConfig: true,
    accessPropertiesByDotNotation: false,
  });
}
