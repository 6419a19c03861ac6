import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsTogether, surfacesOf } from '../../preload/contract/layers/stack.ts';
import { intersect } from './box.ts';
import type { Place } from './layers.ts';
import { History, type Step } from './history.ts';
import { bytes, drag, editorOf, layer, pen } from './testing.ts';
import type { Editor } from './editor.ts';

const step = (bytes: number, key: string | null = null): Step => ({ title: 'stroke', bytes, key, time: 0 });

describe('a history', () => {
  it('drops the oldest steps beyond its budget, but never the newest', () => {
    const history = new History<Step>(100);
    for (const size of [60, 30, 30, 500]) history.push(step(size));
    expect(history.bytes).toBe(500);
    expect(history.undo()?.bytes).toBe(500);
    expect(history.undo()).toBeNull();
  });

  it('forgets what was undone when something else is done', () => {
    const history = new History<Step>(100);
    history.push(step(1));
    history.undo();
    history.push(step(2));
    expect(history.redoable).toBeNull();
  });

  it('continues a step of the same key for a second', () => {
    const history = new History<Step>(100);
    history.push(step(1, 'opacity a'));
    expect(history.open('opacity a', 900)).not.toBeNull();
    expect(history.open('opacity a', 1100)).toBeNull();
    expect(history.open('opacity b', 10)).toBeNull();
  });
});

/** Everything that undo has to bring back. */
const all = (editor: Editor): unknown => ({
  state: { ...editor.state, active: null, masking: null },
  pixels: surfacesOf(editor.state.layers).map((id) => bytes(editor, id)),
  selection: editor.selection && [...editor.selection.mask],
});

const place = fc.integer({ min: -5, max: 37 });
const which = fc.integer({ min: 0, max: 9 });
const colour = fc.constantFrom('#ff0000', '#00ff00', '#123456');
const some = (editor: Editor, i: number): string => editor.state.layers[i % editor.state.layers.length]!.id;
type Operation = (editor: Editor) => void;
const points = (a: number, b: number, c: number, d: number): [number, number][] => [
  [a, b],
  [c, d],
];
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(place, place, place, place, colour).map(([a, b, c, d, value]): Operation => (editor) => {
    editor.setTool('brush');
    editor.setColour(value);
    drag(editor, points(a, b, c, d));
  }),
  fc
    .tuple(place, place, place, place, fc.constantFrom('eraser', 'line', 'rectangle', 'ellipse', 'select', 'lasso'))
    .map(([a, b, c, d, tool]): Operation => (editor) => {
      editor.setTool(tool);
      drag(editor, [...points(a, b, c, d), [d, a]]);
    }),
  fc.tuple(place, place).map(([x, y]): Operation => (editor) => {
    editor.setTool('fill');
    editor.down(pen(x, y));
  }),
  fc.tuple(place, place, fc.integer({ min: -90, max: 90 })).map(([x, y, rotation]): Operation => (editor) => {
    editor.beginTransform();
    editor.setTransform({ x, y, scaleX: 1.5, scaleY: 1, rotation });
    editor.applyTransform();
  }),
  fc.tuple(which, which, fc.constantFrom('above', 'below', 'into')).map(
    ([i, to, by]): Operation =>
      (editor) =>
        editor.moveLayer(some(editor, i), { [by]: some(editor, to) } as unknown as Place),
  ),
  fc.tuple(which, fc.constantFrom<'multiply' | 'colour'>('multiply', 'colour'), fc.boolean(), fc.boolean()).map(
    ([i, blend, clipped, alphaLocked]): Operation =>
      (editor) =>
        editor.updateLayer(some(editor, i), { blend, clipped, alphaLocked }),
  ),
  which.map(
    (i): Operation =>
      (editor) =>
        editor.groupLayer(some(editor, i), 'Group'),
  ),
  which.map((i): Operation => (editor) => {
    const { layers } = editor.state;
    const id = some(editor, i);
    if (layers.some(({ group }) => group === id)) editor.ungroup(id);
  }),
  which.map((i): Operation => (editor) => {
    const id = some(editor, i);
    if (editor.document.layer(id).mask) editor.removeMask(id);
    else editor.addMask(id);
  }),
  fc.boolean().map(
    (on): Operation =>
      (editor) =>
        editor.setMasking(on),
  ),
  which.map((i): Operation => (editor) => {
    if (editor.canRemove(some(editor, i))) editor.removeLayer(some(editor, i));
  }),
  which.map((i): Operation => (editor) => {
    if (editor.canMergeDown(some(editor, i))) editor.mergeDown(some(editor, i));
  }),
  fc.tuple(which, fc.float({ min: 0, max: 1, noNaN: true })).map(
    ([i, opacity]): Operation =>
      (editor) =>
        editor.updateLayer(some(editor, i), { opacity }),
  ),
  which.map(
    (i): Operation =>
      (editor) =>
        editor.setActive(some(editor, i)),
  ),
  fc.constantFrom<Operation[]>(
    (editor) => editor.addLayer(),
    (editor) => editor.duplicateLayer(editor.state.active),
    (editor) => {
      if (editor.document.surfaces.has(editor.document.target)) editor.clearLayer();
    },
    (editor) => editor.cut(),
    (editor) => editor.fillSelection(),
    (editor) => editor.invertSelection(),
    (editor) => editor.nudge(3, -2),
    (editor) => editor.setWrap(!editor.state.wrap),
    (editor) => {
      const piece = editor.copy();
      if (piece) editor.paste(piece.pixels);
    },
    (editor) => editor.flatten(),
    (editor) => editor.cancel(),
    (editor) => editor.undo(),
    (editor) => editor.redo(),
  ),
);

const undoAll = (editor: Editor): void => {
  while (editor.canUndo) editor.undo();
};
const redoAll = (editor: Editor): void => {
  while (editor.canRedo) editor.redo();
};

describe('any sequence of operations', () => {
  it('is undone to the first bytes and redone to the last', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 25 }), (operations) => {
        const editor = editorOf(32, 24, { layers: [layer('layer-1'), layer('layer-2')] });
        const first = all(editor);
        for (const run of operations) run(editor);
        if (editor.busy) editor.confirm();
        redoAll(editor);
        const last = all(editor);
        expect(holdsTogether(editor.state.layers)).toBe(true);
        for (const id of surfacesOf(editor.state.layers)) {
          const content = editor.contentBox(id);
          if (content) expect(intersect(content, editor.document.extent(id))).toEqual(content);
        }
        undoAll(editor);
        expect(all(editor)).toEqual(first);
        redoAll(editor);
        expect(all(editor)).toEqual(last);
      }),
      { numRuns: 80 },
    );
  });
});

describe('undo', () => {
  it('keeps no step of a stroke that changed nothing', () => {
    const editor = editorOf(16, 16);
    drag(editor, [
      [-50, -50],
      [-40, -50],
    ]);
    expect(editor.canUndo).toBe(false);
  });

  it('folds what a slider does to an opacity into one step', () => {
    const editor = editorOf(8, 8);
    for (const opacity of [0.9, 0.5, 0.2]) editor.updateLayer('layer-1', { opacity });
    editor.undo();
    expect(editor.state.layers[0]!.opacity).toBe(1);
    editor.redo();
    expect(editor.state.layers[0]!.opacity).toBe(0.2);
  });

  it('keeps the touched patches alone', () => {
    const editor = editorOf(1024, 1024);
    drag(editor, [
      [20, 20],
      [40, 40],
    ]);
    expect(editor.historyBytes()).toBe(128 * 128 * 4);
  });
});
