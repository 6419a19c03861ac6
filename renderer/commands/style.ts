/** The commands of Style and Upscale: live while one of them is shown. */
import { t } from '../text/en.ts';
import type { Command, IconName, BatchesAction } from './command.ts';

const ROWS: readonly (readonly [action: BatchesAction, icon: IconName, keys?: string])[] = [
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
  when: ({ batches }) => batches?.can(action) === true,
  run: ({ batches }) => batches?.run(action),
}));
