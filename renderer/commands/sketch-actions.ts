/**
 * What can be done with the drawing that is open: each action with its icon, its keys and more keys. The list that all
 * others are typed by: what an action is called (text/en-sketch.ts) and does (workspaces/sketch/actions.ts).
 */

/** Photoshop's and Krita's keys, where Chromium lets them through to a page. Letters by name, signs by where they lie. */
export const SKETCH_ROWS = [
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
      ['gradient', 'gradient', 'Shift+g'],
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
      ['group-layer', 'layers', '$mod+g'],
      ['clip-layer', 'layers', '$mod+Alt+g'],
      ['mask-layer', 'layers', 'k'],
      ['lock-alpha', 'layers', 'Slash'],
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
] as const;

type Digit = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** `opacity-3` is 30 %. Pasting has its keys from the browser. */
export type SketchAction = (typeof SKETCH_ROWS)[number][1][number][0] | `opacity-${Digit}` | 'paste';
