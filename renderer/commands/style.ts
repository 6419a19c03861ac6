/** The commands of the Style workspace: live while it is shown. */
import { t } from '../text/en.ts';
import type { Command, IconName, StyleAction } from './command.ts';

const ROWS: readonly (readonly [action: StyleAction, icon: IconName, keys?: string])[] = [
  ['begin', 'import'],
  ['lens', 'lens', 'l'],
  ['previous', 'previous', 'ArrowLeft'],
  ['next', 'next', 'ArrowRight'],
  ['weaker', 'view', 'BracketLeft'],
  ['stronger', 'view', 'BracketRight'],
  ['enlarge', 'picture', 'Enter'],
  ['save-all', 'save', '$mod+s'],
  ['pause', 'pause'],
  ['resume', 'play'],
];

export const STYLE_COMMANDS: readonly Command[] = ROWS.map(([action, icon, keys]): Command => ({
  id: `style-${action}`,
  label: t.style.commands[action],
  icon,
  ...(keys && { keys }),
  ...(keys?.startsWith('Arrow') && {
    help: { keys: keys === 'ArrowLeft' ? '←' : '→', label: t.style.commands[action] },
  }),
  group: 'style',
  when: ({ workspace, style }) => workspace === 'style' && style?.can(action) === true,
  run: ({ style }) => style?.run(action),
}));
