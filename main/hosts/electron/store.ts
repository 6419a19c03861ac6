/** Settings in Electron: electron-store, in the folder that the other hosts use too. */
import ElectronStore from 'electron-store';
import { homeFolder } from '../../studio/places.ts';
import type { Store } from '../../studio/settings.ts';

export function openElectronStore(): Store {
  return new ElectronStore<Record<string, unknown>>({
    cwd: homeFolder(),
    name: 'settings',
    clearInvalidConfig: true,
    accessPropertiesByDotNotation: false,
  });
}
