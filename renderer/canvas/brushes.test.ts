import { describe, expect, it } from 'vitest';
import { BRUSHES, brushOf, PRESETS } from './brushes.ts';
import { alphaAt, at, bytes, drag, editorOf, pen } from './testing.ts';
import type { BrushSettings } from './types.ts';

const alphas = (editor: ReturnType<typeof editorOf>): number[] => bytes(editor).filter((_, i) => i % 4 === 3);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A line along x at a pressure, with a brush of 16 px. */
function line(change: Partial<BrushSettings>, pressure = 0.6): ReturnType<typeof editorOf> {
  const editor = editorOf(128, 64);
  editor.setBrush('brush', { size: 16, hardness: 1, ...change });
  editor.down(pen(20, 32, { pressure }));
  editor.move([pen(60, 32, { pressure, time: 10 }), pen(100, 32, { pressure, time: 20 })]);
  editor.up(pen(100, 32, { time: 30 }));
  return editor;
}

describe('brushes', () => {
  it('are known again until something of them is changed', () => {
    for (const name of BRUSHES) {
      expect(brushOf({ size: 9, ...PRESETS[name] })).toBe(name);
      expect(brushOf({ size: 9, ...PRESETS[name], opacity: 0.123 })).toBeNull();
    }
  });

  it('with a ground let it through, the less so the harder they press', () => {
    const even = alphas(line({ pressureOpacity: true }, 1));
    for (const grain of ['paper', 'chalk'] as const) {
      const [light, hard] = [0.3, 1].map((pressure) => alphas(line({ grain, pressureOpacity: true }, pressure)));
      const covered = (of: readonly number[]): number => of.filter((alpha) => alpha > 0).length;
      const whole = covered(even);
      expect(covered(light!) / whole, grain).toBeLessThan(0.8);
      expect(covered(light!), grain).toBeGreaterThan(0);
      expect(sum(hard!), grain).toBeGreaterThan(2 * sum(light!));
      expect(new Set(hard).size, grain).toBeGreaterThan(40);
    }
  });

  it('leave a ground that goes on over the edges of a texture', () => {
    /** How much more pixels differ over the edge than from one to the next elsewhere. */
    const seam = (wrap: boolean): number => {
      const [width, height] = [192, 256];
      const editor = editorOf(width, height, { wrap });
      editor.setBrush('brush', { size: 600, hardness: 1, grain: 'chalk' });
      drag(editor, [[96, 128]]);
      const across = (x: number): number =>
        sum(
          Array.from({ length: height }, (_, y) =>
            Math.abs(alphaAt(editor, x, y) - alphaAt(editor, (x + 1) % width, y)),
          ),
        );
      const elsewhere = sum(Array.from({ length: width - 1 }, (_, x) => across(x))) / (width - 1);
      return across(width - 1) / elsewhere;
    };
    expect(seam(true)).toBeLessThan(1.6);
    expect(seam(false)).toBeGreaterThan(2);
  });

  it('with a chisel are thin one way and broad the other, with smooth edges', () => {
    const width = (angle: number): number => {
      const editor = editorOf(128, 128);
      editor.setBrush('brush', { size: 40, hardness: 1, tip: 'chisel' });
      const [x, y] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
      drag(editor, [
        [64 - 40 * x, 64 - 40 * y],
        [64 + 40 * x, 64 + 40 * y],
      ]);
      // Across the middle of the line.
      return sum(
        Array.from({ length: 241 }, (_, i) => {
          const by = (i - 120) / 4;
          return alphaAt(editor, Math.floor(64 - y * by), Math.floor(64 + x * by)) / 255 / 4;
        }),
      );
    };
    expect(Math.abs(width(-40) - 40 * 0.28)).toBeLessThan(1.5);
    expect(Math.abs(width(50) - 40)).toBeLessThan(1.5);
    const soft = alphas(line({ tip: 'chisel' })).filter((alpha) => alpha > 0 && alpha < 255);
    expect(soft.length).toBeGreaterThan(60);
  });

  it('answer to a touch or only to a hard press, as is set', () => {
    const painted = (firmness: number): number =>
      sum(alphas(line({ firmness, pressureSize: true, pressureOpacity: false }, 0.6)));
    expect(painted(-0.5)).toBeGreaterThan(painted(0));
    expect(painted(0)).toBeGreaterThan(1.3 * painted(0.5));
  });
});

describe('a gradient', () => {
  const begin = () => {
    const editor = editorOf(32, 8);
    editor.setTool('gradient');
    editor.setColour('#000000');
    editor.setSecondary('#ff0000');
    return editor;
  };
  const reds = (editor: ReturnType<typeof editorOf>): number[] =>
    [0, 8, 16, 24, 31].map((x) => at(editor.surface('layer-1'), { x, y: 4 })[0]!);

  it('goes from the first colour to the second one along the drag', () => {
    const editor = begin();
    drag(editor, [
      [8, 4],
      [24, 4],
    ]);
    const [before, start, middle, , after] = reds(editor);
    expect([before, after]).toEqual([0, 255]);
    expect(Math.abs(middle! - 135)).toBeLessThan(4);
    expect(start).toBeLessThan(12);
    expect(editor.undoTitle).toBe('gradient');
  });

  it('goes around where it began, or into nothing, and only over what is chosen', () => {
    const editor = begin();
    editor.set({ gradient: 'radial', gradientTo: 'nothing' });
    editor.setTool('select');
    drag(editor, [
      [0, 0],
      [20, 8],
    ]);
    editor.setTool('gradient');
    drag(editor, [
      [16, 4],
      [28, 4],
    ]);
    const seen = [2, 10, 16, 19, 24].map((x) => alphaAt(editor, x, 4));
    expect(seen[0]).toBe(0);
    expect(seen[4]).toBe(0);
    expect(seen[2]).toBeGreaterThan(230);
    expect(seen[1]).toBeGreaterThan(0);
    expect(seen[3]).toBeGreaterThan(seen[1]!);
  });

  it('is nothing where the pen did not move', () => {
    const editor = begin();
    drag(editor, [[8, 4]]);
    expect(editor.canUndo).toBe(false);
  });
});
