import { describe, expect, it, vi } from 'vitest';
import { Editor } from './editor.ts';
import { alphaAt, bytes, drag, editorOf, layer, pen } from './testing.ts';
import type { Change } from './types.ts';

describe('layers', () => {
  it('are drawn on only where they are visible and free', () => {
    const editor = editorOf(8, 8);
    const refused = vi.fn();
    editor.refused = refused;
    editor.updateLayer('layer-1', { locked: true });
    drag(editor, [[4, 4]]);
    editor.updateLayer('layer-1', { locked: false, visible: false });
    drag(editor, [[4, 4]]);
    expect(refused.mock.calls).toEqual([['locked'], ['hidden']]);
    expect(bytes(editor).every((byte) => byte === 0)).toBe(true);
  });

  it('keep one to paint on', () => {
    const editor = editorOf(8, 8, { layers: [layer('a'), layer('b', { role: 'reference' })], active: 'a' });
    expect(editor.canRemove('a')).toBe(false);
    expect(() => editor.removeLayer('a')).toThrow(RangeError);
    editor.removeLayer('b');
    expect(editor.state.layers.map(({ id }) => id)).toEqual(['a']);
  });

  it('merge to what was seen', () => {
    const editor = editorOf(16, 16, { layers: [layer('a', { opacity: 0.6 }), layer('b', { opacity: 0.5 })] });
    drag(editor, [[7, 8]]);
    editor.setActive('b');
    editor.setColour('#0000ff');
    drag(editor, [[9, 8]]);
    const before = editor.flatten().data;
    editor.mergeDown('b');
    const after = editor.flatten().data;
    expect(Math.max(...before.map((byte, i) => Math.abs(byte - after[i]!)))).toBeLessThanOrEqual(2);
    expect(editor.state.layers).toHaveLength(1);
  });

  it('are told apart by ids that no other had', () => {
    const editor = editorOf(4, 4);
    const first = editor.addLayer({ title: 'Sky', pixels: editor.surface('layer-1') });
    editor.undo();
    expect(editor.addLayer()).not.toBe(first);
  });

  it('have the size of the drawing', () => {
    const pixels = new Map([['a', { width: 2, height: 2, data: new Uint8ClampedArray(16) }]]);
    const state = {
      width: 4,
      height: 4,
      wrap: false,
      layers: [layer('a')],
      active: 'a',
      masking: false,
      paper: '#ffffff',
    };
    expect(() => new Editor({ state, pixels })).toThrow(RangeError);
  });
});

describe('shapes', () => {
  it('that are filled have crisp edges on whole pixels', () => {
    const editor = editorOf(16, 16);
    editor.setTool('rectangle');
    editor.set({ filled: true });
    drag(editor, [
      [2.3, 2.4],
      [9.8, 6.6],
    ]);
    expect(editor.contentBox('layer-1')).toEqual({ left: 2, top: 2, width: 8, height: 5 });
    expect(alphaAt(editor, 2, 2)).toBe(255);
  });

  it('are squares with Shift and grow from the centre with Alt', () => {
    const editor = editorOf(32, 32);
    editor.setTool('rectangle');
    editor.set({ filled: true });
    drag(
      editor,
      [
        [16, 16],
        [20, 22],
      ],
      { shift: true, alt: true },
    );
    expect(editor.contentBox('layer-1')).toEqual({ left: 10, top: 10, width: 12, height: 12 });
  });

  it('begin with ink that stands out from the paper', () => {
    const ink = (paper: string) => {
      const { colour, secondary } = new Editor({ state: { ...editorOf(8, 8).state, paper } });
      return [colour, secondary];
    };
    expect(ink('#0a1430')).toEqual(['#ffffff', '#000000']);
    for (const paper of ['#ffffff', '#f4e8d0', 'transparent']) expect(ink(paper)).toEqual(['#000000', '#ffffff']);
  });

  it('of many corners close at the first one; Backspace takes a corner back', () => {
    const editor = editorOf(32, 32);
    editor.setTool('polygon');
    editor.set({ filled: true });
    editor.reach = 2;
    for (const [x, y] of [
      [4, 4],
      [28, 4],
      [30, 30],
    ] as const)
      editor.down(pen(x, y));
    editor.clear();
    expect(editor.busy).toBe(true);
    editor.down(pen(28, 28));
    editor.down(pen(5, 5));
    expect(editor.busy).toBe(false);
    expect([alphaAt(editor, 24, 10), alphaAt(editor, 8, 24)]).toEqual([255, 0]);
    expect(editor.undoTitle).toBe('polygon');
  });
});

describe('flood fill', () => {
  it('stops at lines, and goes on under their soft edges', () => {
    const editor = editorOf(40, 40);
    editor.setColour('#000000');
    editor.setTool('ellipse');
    editor.setBrush('brush', { size: 3 });
    drag(editor, [
      [6, 6],
      [34, 34],
    ]);
    editor.setTool('fill');
    editor.setColour('#ff0000');
    editor.down(pen(20, 20));
    expect(alphaAt(editor, 2, 2)).toBe(0);
    // From the middle to the line every pixel is full: there is no pale seam.
    for (let x = 20; x < 33; x++) expect(alphaAt(editor, x, 20)).toBe(255);
    for (let i = 0; i < 9; i++) expect(alphaAt(editor, 20 + i, 20 + i)).toBe(255);
  });

  it('crosses the edges in wrap mode alone', () => {
    for (const wrap of [false, true]) {
      const editor = editorOf(16, 8, { wrap });
      editor.setTool('line');
      drag(editor, [
        [8, -4],
        [8, 12],
      ]);
      editor.setTool('fill');
      editor.down(pen(2, 4));
      expect(alphaAt(editor, 14, 4)).toBe(wrap ? 255 : 0);
    }
  });

  it('stays inside the selection', () => {
    const editor = editorOf(8, 8);
    editor.setTool('select');
    drag(editor, [
      [0, 0],
      [4, 8],
    ]);
    editor.setTool('fill');
    editor.down(pen(1, 1));
    expect(editor.contentBox('layer-1')).toEqual({ left: 0, top: 0, width: 4, height: 8 });
  });
});

describe('the eyedropper', () => {
  it('takes what is seen over the paper, and the result first', () => {
    const editor = editorOf(8, 8);
    editor.setBrush('brush', { opacity: 0.5, size: 8 });
    drag(editor, [[4, 4]]);
    editor.setTool('eyedropper');
    editor.down(pen(4, 4));
    expect(editor.colour).toBe('#ff7f7f');
    editor.sample = () => '#010203';
    editor.down(pen(4, 4));
    expect(editor.colour).toBe('#010203');
  });

  it('is the brush while Alt is held', () => {
    const editor = editorOf(8, 8);
    drag(editor, [[4, 4]], { alt: true });
    expect(editor.colour).toBe('#ffffff');
    expect(editor.canUndo).toBe(false);
  });
});

describe('listeners', () => {
  it('are told the pixels of a stroke while it goes on', () => {
    const editor = editorOf(64, 64);
    const changes: Change[] = [];
    editor.subscribe((change) => changes.push(change));
    drag(editor, [
      [10, 10],
      [50, 10],
    ]);
    const running = changes.map((change) => (change.kind === 'pixels' ? change.running : change.kind));
    expect(running.slice(0, 2)).toEqual([true, true]);
    expect(running.slice(-2)).toEqual([false, 'history']);
  });

  it('are told whether a state is another picture', () => {
    const editor = editorOf(8, 8);
    const changes: Change[] = [];
    editor.subscribe((change) => changes.push(change));
    editor.updateLayer('layer-1', { title: 'Sky' });
    editor.updateLayer('layer-1', { visible: false });
    expect(changes.filter(({ kind }) => kind === 'state')).toEqual([
      { kind: 'state', picture: false },
      { kind: 'state', picture: true },
    ]);
  });
});
