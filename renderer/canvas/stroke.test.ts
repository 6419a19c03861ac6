import { describe, expect, it } from 'vitest';
import { alphaAt, at, bytes, drag, editorOf, pen } from './testing.ts';

describe('a stroke', () => {
  it('is a dot after a click, round and with exactly the colour', () => {
    const editor = editorOf(16, 16);
    editor.down(pen(8, 8));
    editor.up(pen(8, 8));
    expect(at(editor.surface('layer-1'), { x: 7, y: 7 })).toEqual([255, 0, 0, 255]);
    expect([alphaAt(editor, 6, 6), alphaAt(editor, 9, 9)]).toEqual([alphaAt(editor, 9, 6), alphaAt(editor, 6, 9)]);
    expect(alphaAt(editor, 5, 7)).toBe(0);
  });

  it('has its opacity as a ceiling, however often it crosses itself', () => {
    const editor = editorOf(32, 32);
    editor.setBrush('brush', { opacity: 0.5 });
    drag(editor, [
      [4, 16],
      [28, 16],
      [4, 16],
      [28, 16],
    ]);
    expect(alphaAt(editor, 16, 16)).toBe(128);
  });

  it.each([1, 2, 3])('of %i pixels has the area that it should have, at any place of the pixel grid', (size) => {
    for (const shift of [0, 0.25, 0.5, 0.8]) {
      const editor = editorOf(40, 20);
      editor.setBrush('brush', { size });
      drag(editor, [
        [5, 10 + shift],
        [35, 10 + shift],
      ]);
      const column = Array.from({ length: 20 }, (_, y) => alphaAt(editor, 20, y)).reduce(
        (sum, alpha) => sum + alpha,
        0,
      );
      expect(Math.abs(column / 255 - size)).toBeLessThan(0.02);
    }
  });

  it('has no beads: every column of a level line is the same', () => {
    const editor = editorOf(60, 30);
    editor.setBrush('brush', { size: 11, hardness: 0.3 });
    drag(editor, [
      [10, 15.3],
      [17, 15.3],
      [29, 15.3],
      [50, 15.3],
    ]);
    const column = (x: number): number[] => Array.from({ length: 30 }, (_, y) => alphaAt(editor, x, y));
    for (let x = 11; x < 49; x++) expect(column(x)).toEqual(column(10));
  });

  it('is thinner under less pressure, and of full size for a mouse', () => {
    const width = (pressure: number): number => {
      const editor = editorOf(40, 40);
      editor.setBrush('brush', { size: 20, pressureSize: true });
      drag(
        editor,
        [
          [10, 20],
          [30, 20],
        ],
        { pressure },
      );
      return Array.from({ length: 40 }, (_, y) => alphaAt(editor, 20, y)).filter((alpha) => alpha > 127).length;
    };
    expect(width(0.5)).toBe(20);
    expect(width(0.25)).toBeLessThanOrEqual(6);
    expect(width(0.8)).toBe(16);
  });

  it('ends where the pen does, however smooth it is', () => {
    const editor = editorOf(64, 16);
    editor.setBrush('brush', { smoothing: 1 });
    drag(editor, [
      [4, 8],
      [30, 8],
      [60, 8],
    ]);
    expect(alphaAt(editor, 59, 8)).toBe(255);
  });

  it('is straight from the last one with Shift', () => {
    const editor = editorOf(64, 64);
    drag(editor, [[10, 10]]);
    drag(editor, [[50, 50]], { shift: true });
    expect(alphaAt(editor, 30, 30)).toBe(255);
  });

  it('that is cancelled leaves nothing', () => {
    const editor = editorOf(16, 16);
    editor.down(pen(4, 4));
    editor.move([pen(12, 12)]);
    editor.cancel();
    expect(bytes(editor).every((byte) => byte === 0)).toBe(true);
    expect(editor.canUndo).toBe(false);
  });

  it('of the eraser leaves pixels without colour', () => {
    const editor = editorOf(16, 16);
    editor.fillSelection();
    editor.setTool('eraser');
    editor.down(pen(8, 8));
    editor.up(pen(8, 8));
    expect(at(editor.surface('layer-1'), { x: 8, y: 8 })).toEqual([0, 0, 0, 0]);
  });

  it('is masked by the selection, by half where a pixel is half chosen', () => {
    const editor = editorOf(16, 16);
    editor.setTool('lasso');
    drag(editor, [
      [4.5, 0],
      [12, 0],
      [12, 16],
      [4.5, 16],
    ]);
    editor.setTool('brush');
    editor.setBrush('brush', { size: 12 });
    editor.down(pen(8, 8));
    editor.up(pen(8, 8));
    expect([3, 4, 5].map((x) => alphaAt(editor, x, 8))).toEqual([0, 128, 255]);
  });
});

describe('wrap mode', () => {
  it('draws the same picture wherever on the torus it is drawn', () => {
    const path: [number, number][] = [
      [3, 3],
      [9, 5],
      [14, 12],
    ];
    const drawn = (dx: number, dy: number): number[] => {
      const editor = editorOf(20, 16, { wrap: true });
      drag(
        editor,
        path.map(([x, y]) => [x + dx, y + dy]),
      );
      return bytes(editor);
    };
    const plain = drawn(0, 0);
    expect(drawn(20, -16)).toEqual(plain);
    const moved = drawn(11, 9);
    const rolled = plain.map((_, i) => {
      const [x, y] = [Math.floor(i / 4) % 20, Math.floor(i / 80)];
      return moved[(((y + 9) % 16) * 20 + ((x + 11) % 20)) * 4 + (i % 4)]!;
    });
    expect(rolled).toEqual(plain);
  });
});

describe('symmetry', () => {
  it('draws all copies in one step', () => {
    const editor = editorOf(32, 32);
    editor.setSymmetry({ mirrorX: true, mirrorY: true });
    drag(editor, [
      [4, 6],
      [12, 9],
    ]);
    for (const [x, y] of [
      [8, 7],
      [23, 7],
      [8, 24],
      [23, 24],
    ] as const)
      expect(alphaAt(editor, x, y)).toBe(255);
    editor.undo();
    expect(bytes(editor).every((byte) => byte === 0)).toBe(true);
  });
});
