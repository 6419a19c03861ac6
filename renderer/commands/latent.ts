/** The commands of Latent: live while it shows what a generator makes. */
import { t } from '../text/en.ts';
import type { Command, IconName, LatentAction } from './command.ts';

/** `sign`: a key that is looked for by what is written on it, by the workspace itself. */
const ROWS: readonly (readonly [action: LatentAction, icon: IconName, keys?: string, sign?: 'sign'])[] = [
  ['others', 'repeat'],
  ['keep', 'star', 'k'],
  ['more', 'latent', 'm'],
  ['hold', 'lock', 'h'],
  ['mix', 'layers'],
  ['add', 'next', 'a'],
  ['slider', 'plus'],
  ['has', 'plus', 'Equal', 'sign'],
  ['has-not', 'view', 'Minus', 'sign'],
  ['find', 'search'],
  ['save', 'save', '$mod+s'],
];

export const LATENT_COMMANDS: readonly Command[] = ROWS.map(([action, icon, keys, sign]): Command => {
  const label = t.latent.commands[action];
  return {
    ...{ id: `latent-${action}`, label, icon, group: 'latent' },
    ...(sign ? { help: { keys: keys!, label } } : keys && { keys }),
    when: ({ latent }) => latent?.can(action) === true,
    run: ({ latent }) => latent?.run(action),
  };
});
