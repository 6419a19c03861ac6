/** The commands of the Sketch workspace: live while it shows an open drawing. */
import { t } from '../text/en.ts';
import type { Command, HelpGroup, IconName } from './command.ts';
import { SKETCH_ROWS, type SketchAction } from './sketch-actions.ts';

type Row = readonly [action: SketchAction, icon: IconName | undefined, keys?: string, also?: readonly string[]];

/** The table with its icons and keys, as commands take them. */
const ROWS: readonly (readonly [HelpGroup, readonly Row[]])[] = SKETCH_ROWS;

const commandFor = (action: SketchAction, row: Omit<Command, 'id' | 'when' | 'run'>): Command => ({
  id: `sketch-${action}`,
  ...row,
  when: ({ workspace, sketch }) => workspace === 'sketch' && sketch !== null && sketch.can(action),
  run: ({ sketch }) => sketch?.run(action),
});

const opacityRow = (tenths: number): Command =>
  commandFor(`opacity-${tenths as 1}`, {
    label: t.sketch.actions.opacity(tenths * 10),
    keys: `${tenths % 10}`,
    group: 'strokes',
    help: tenths === 1 ? { keys: '1 … 9, 0', label: t.sketch.opacityKeys } : null,
  });

/** The browser gives pasted pictures to the event of that name alone: the key must reach it. */
const paste = commandFor('paste', {
  label: t.sketch.actions.paste,
  icon: 'copy',
  group: 'editing',
  help: { keys: '$mod+v', label: t.sketch.actions.paste },
});

export const SKETCH_COMMANDS: readonly Command[] = [
  ...ROWS.flatMap(([group, rows]) =>
    rows.map(([action, icon, keys, also]) =>
      commandFor(action, {
        label: t.sketch.actions[action as keyof typeof t.sketch.actions] as string,
        ...{ group, ...(icon && { icon }), ...(keys && { keys }), ...(also && { also }) },
      }),
    ),
  ),
  paste,
  ...Array.from({ length: 10 }, (_, i) => opacityRow(i + 1)),
];
