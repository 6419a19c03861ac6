/** The commands of the Sketch workspace: live while it shows an open drawing. */
import { t } from '../text/en.ts';
import type { Command, HelpGroup, IconName, SketchAction } from './command.ts';

type Row = [action: SketchAction, icon: IconName | undefined, keys?: string, also?: readonly string[]];

/** Photoshop's and Krita's keys, where Chromium lets them through to a page. Letters by name, signs by where they lie. */
const ROWS: readonly (readonly [HelpGroup, readonly Row[]])[] = [
  [
    'tools',
    [
      ['brush', 'brush', 'b'],
      ['eraser', 'eraser', 'e'],
      ['line', 'line', 'u'],
      ['rectangle', 'rectangle', 'Shift+u'],
      ['ellipse', 'ellipse', 'o'],
      ['polygon', 'polygon', 'p'],
      ['fill', 'fill', 'g'],
      ['eyedropper', 'eyedropper', 'i'],
      ['select', 'select', 'm'],
      ['lasso', 'lasso', 'l'],
      ['transform', 'transform', 'v'],
      ['hand', 'hand', 'h'],
    ],
  ],
  [
    'strokes',
    [
      ['smaller', undefined, 'BracketLeft'],
      ['larger', undefined, 'BracketRight'],
      ['softer', undefined, 'Shift+BracketLeft'],
      ['harder', undefined, 'Shift+BracketRight'],
      ['swap', 'repeat', 'x'],
      ['reset-colours', undefined, 'd'],
    ],
  ],
  [
    'editing',
    [
      ['undo', 'undo', '$mod+z'],
      ['redo', 'redo', '$mod+Shift+z', ['$mod+y']],
      ['cut', undefined, '$mod+x'],
      ['copy', 'copy', '$mod+c'],
      ['copy-result', 'copy', '$mod+Shift+c'],
      ['select-all', 'select', '$mod+a'],
      ['deselect', undefined, '$mod+d'],
      ['invert', undefined, '$mod+Shift+i'],
      ['clear', undefined, 'Delete', ['Backspace']],
      ['fill-selection', 'fill', 'Alt+Backspace'],
    ],
  ],
  [
    'layers',
    [
      ['new-layer', 'layers', 'Insert'],
      ['duplicate-layer', 'layers', '$mod+j'],
      ['merge-down', 'layers', '$mod+e'],
      ['layer-above', 'layers', 'PageUp'],
      ['layer-below', 'layers', 'PageDown'],
    ],
  ],
  [
    'looking',
    [
      ['next-view', 'view', 'f', ['Backslash']],
      ['fit', 'view', '$mod+0'],
      ['actual', 'view', '$mod+Shift+Digit0'],
      ['zoom-in', 'view', 'Equal', ['Shift+Equal', 'NumpadAdd']],
      ['zoom-out', 'view', 'Minus', ['NumpadSubtract']],
      ['turn-right', 'view', 'r'],
      ['turn-left', 'view', 'Shift+r'],
      ['mirror-view', 'view', 'Shift+m'],
      ['reset-view', 'view', 'Home'],
      ['panels', 'view', 'Tab'],
    ],
  ],
  [
    'drawing',
    [
      ['wrap', 'repeat', 'w'],
      ['correct', 'pencil', 'c'],
      ['remember', 'pencil'],
      ['from-picture', 'picture'],
      ['save', 'save', '$mod+s'],
      ['export', 'export', '$mod+Shift+e'],
      ['leave', 'sketch'],
    ],
  ],
];

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
