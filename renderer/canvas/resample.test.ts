import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { place, placeBack, resample, homeOf } from './resample.ts';
import { at, bytes, drag, editorOf, pen } from './testing.ts';

describe('a transformation', () => {
  it('that changes nothing gives back the same bytes, soft edges of a lasso too, and no step', () => {
    const editor = editorOf(32, 32);
    editor.setBrush('brush', { size: 20, hardness: 0, opacity: 0.7 });
    drag(editor, [[16, 16]]);
    editor.setTool('lasso');
    drag(editor, [
      [5, 5],
      [28, 9],
      [14, 27],
    ]);
    const [before, title] = [bytes(editor), editor.undoTitle];
    editor.beginTransform();
    expect(bytes(editor)).not.toEqual(before);
    editor.applyTransform();
    expect(bytes(editor)).toEqual(before);
    expect(editor.undoTitle).toBe(title);
  });

  it('is put back by cancelling, and by undo', () => {
    for (const back of ['cancel', 'undo'] as const) {
      const editor = editorOf(16, 16);
      drag(editor, [[8, 8]]);
      const before = bytes(editor);
      editor.setTool('transform');
      editor.setTransform({ x: 3, y: 3, scaleX: 2, scaleY: 2, rotation: 10 });
      editor[back]();
      expect(bytes(editor)).toEqual(before);
      expect(editor.tool).toBe('brush');
    }
  });

  it('is thrown away by Delete, in one step', () => {
    const editor = editorOf(16, 16);
    drag(editor, [[8, 8]]);
    const before = bytes(editor);
    editor.setTool('transform');
    editor.clear();
    expect(editor.contentBox('layer-1')).toBeNull();
    editor.undo();
    expect(bytes(editor)).toEqual(before);
  });

  it('moves, scales and rotates by its frame', () => {
    const editor = editorOf(64, 64);
    editor.setTool('rectangle');
    editor.set({ filled: true });
    drag(editor, [
      [10, 10],
      [20, 20],
    ]);
    editor.reach = 2;
    editor.setTool('transform');
    drag(editor, [
      [15, 15],
      [25, 25],
    ]);
    drag(editor, [
      [30, 30],
      [40, 40],
    ]);
    editor.confirm();
    expect(editor.contentBox('layer-1')).toEqual({ left: 20, top: 20, width: 20, height: 20 });
    expect(at(editor.surface('layer-1'), { x: 30, y: 30 })).toEqual([255, 0, 0, 255]);
  });

  it('keeps the colour of soft edges: nothing dark is mixed in', () => {
    const pixels = { width: 2, height: 1, data: Uint8ClampedArray.from([255, 128, 0, 255, 0, 0, 0, 0]) };
    const { pixels: result } = resample(pixels, { x: 10, y: 10, scaleX: 3, scaleY: 3, rotation: 30 });
    for (let i = 0; i < result.data.length; i += 4)
      if (result.data[i + 3]! > 0) expect([...result.data.subarray(i, i + 3)]).toEqual([255, 128, 0]);
  });

  it('has places that go back to where they came from', () => {
    const size = { width: 7, height: 5 };
    const some = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(some, some, some, (x, y, rotation) => {
        const transform = { ...homeOf(size, { x: 3, y: 4 }), scaleX: 1.5, scaleY: -0.5, rotation };
        const back = placeBack(transform, size, place(transform, size, { x, y }));
        expect(back.x).toBeCloseTo(x, 6);
        expect(back.y).toBeCloseTo(y, 6);
      }),
    );
  });

  it('is seen by flatten before it is applied', () => {
    const editor = editorOf(16, 16);
    editor.down(pen(4, 4));
    editor.up(pen(4, 4));
    editor.beginTransform();
    editor.nudge(8, 8);
    expect(at(editor.flatten(), { x: 12, y: 12 })).toEqual([255, 0, 0, 255]);
  });
});
