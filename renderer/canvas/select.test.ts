import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';
import { fromMask, selectPolygon } from './select.ts';
import { at, bytes, drag, editorOf } from './testing.ts';
import type { Editor } from './editor.ts';

const rectangle = (editor: Editor, from: [number, number], to: [number, number], keys = {}): void => {
  editor.setTool('select');
  drag(editor, [from, to], keys);
};
const chosen = (editor: Editor): number => editor.selection?.mask.reduce((sum, value) => sum + value, 0) ?? NaN;

describe('a selection', () => {
  it('of a rectangle is of whole pixels', () => {
    const editor = editorOf(16, 16);
    rectangle(editor, [2.2, 3.4], [6.3, 5.1]);
    expect(editor.selection?.box).toEqual({ left: 2, top: 3, width: 4, height: 2 });
    expect(chosen(editor)).toBe(8 * 255);
  });

  it('grows with Ctrl, shrinks with Alt, and is all after a click', () => {
    const editor = editorOf(16, 16);
    rectangle(editor, [0, 0], [4, 4]);
    rectangle(editor, [2, 0], [8, 4], { mod: true });
    expect(chosen(editor)).toBe(32 * 255);
    rectangle(editor, [0, 0], [8, 2], { alt: true });
    expect(chosen(editor)).toBe(16 * 255);
    rectangle(editor, [5, 5], [5, 5]);
    expect(editor.selection).toBeNull();
  });

  it('is inverted, and undone as painting is', () => {
    const editor = editorOf(8, 8);
    rectangle(editor, [0, 0], [8, 2]);
    editor.invertSelection();
    expect(editor.selection?.box).toEqual({ left: 0, top: 2, width: 8, height: 6 });
    editor.undo();
    expect(chosen(editor)).toBe(16 * 255);
  });

  it('is what copy, cut and paste are about', () => {
    const editor = editorOf(16, 16);
    editor.fillSelection();
    rectangle(editor, [2, 2], [6, 5]);
    const piece = editor.cut()!;
    expect([piece.pixels.width, piece.pixels.height, piece.at]).toEqual([4, 3, { x: 2, y: 2 }]);
    expect(at(editor.surface('layer-1'), { x: 3, y: 3 })).toEqual([0, 0, 0, 0]);
    editor.deselect();
    editor.paste(piece.pixels, { x: 8, y: 8 });
    editor.confirm();
    expect(editor.state.layers).toHaveLength(2);
    expect(editor.contentBox(editor.state.active)).toEqual({ left: 8, top: 8, width: 4, height: 3 });
    editor.undo();
    expect(editor.state.layers).toHaveLength(1);
  });

  it('moves by arrow keys in one step, and nothing is lost on the way', () => {
    const editor = editorOf(16, 16);
    drag(editor, [
      [3, 3],
      [12, 9],
    ]);
    const before = bytes(editor);
    for (let i = 0; i < 12; i++) editor.nudge(1, 0);
    editor.nudge(-11, 0);
    expect(bytes(editor)).not.toEqual(before);
    editor.nudge(-1, 0);
    expect(bytes(editor)).toEqual(before);
    editor.undo();
    expect(bytes(editor).every((byte) => byte === 0)).toBe(true);
  });
});

describe('an outline', () => {
  it('has the corners of a rectangle', () => {
    const selection = selectPolygon(
      [
        { x: 1, y: 1 },
        { x: 4, y: 1 },
        { x: 4, y: 3 },
        { x: 1, y: 3 },
      ],
      { width: 6, height: 6 },
      false,
    )!;
    expect(outline(selection, 6)).toEqual([
      [
        { x: 1, y: 1 },
        { x: 4, y: 1 },
        { x: 4, y: 3 },
        { x: 1, y: 3 },
      ],
    ]);
  });

  it('goes around holes', () => {
    const mask = Uint8Array.from([255, 255, 255, 255, 0, 255, 255, 255, 255]);
    expect(outline(fromMask(mask, { width: 3, height: 3 })!, 3)).toHaveLength(2);
  });
});
