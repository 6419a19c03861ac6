import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearGround, fromBorder } from './ground.ts';

const [W, H] = [9, 7];
/** A picture of one character a pixel: of a colour each. */
function picture(rows: readonly string[]): { width: number; height: number; data: Uint8Array } {
  const colours: Record<string, number[]> = {
    '.': [250, 240, 250, 255],
    ',': [240, 250, 255, 255],
    o: [20, 30, 40, 255],
  };
  return {
    width: rows[0]!.length,
    height: rows.length,
    data: Uint8Array.from(Array.from(rows.join('')).flatMap((c) => colours[c]!)),
  };
}

describe('the ground of a picture', () => {
  it('goes, and what it encloses stays', () => {
    const ring = picture(['..,....', '.ooooo.', '.o...o.', '.o.o.o.', '.o...o.', '.ooooo.', ',......']);
    expect(clearGround(ring)).toEqual([250, 240, 250]);
    const alphas = ring.data.filter((_, i) => i % 4 === 3);
    expect([...alphas].filter((alpha) => alpha === 0)).toHaveLength(24);
    expect([...alphas.subarray(7, 14)]).toEqual([0, 255, 255, 255, 255, 255, 0]);
    expect([...ring.data.subarray(0, 3)]).toEqual([250, 240, 250]);
  });

  it('is none where a picture fills its frame', () => {
    const photograph = picture(['..o', '...', '...']);
    const before = photograph.data.slice();
    expect(clearGround(photograph)).toBeNull();
    expect(photograph.data).toEqual(before);
  });

  it('is all that can be reached from the border, step by step', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: W * H, maxLength: W * H }), (ground) => {
        const marked = new Set<number>();
        fromBorder(
          { width: W, height: H },
          (i) => ground[i]! && !marked.has(i),
          (i) => marked.add(i),
        );
        const reached = new Set<number>();
        const step = (i: number, x: number, y: number): void => {
          if (x < 0 || y < 0 || x >= W || y >= H || !ground[i] || reached.has(i)) return;
          reached.add(i);
          for (const [dx, dy] of [
            [1, 0],
            [-1, 0],
            [0, 1],
            [0, -1],
          ] as const)
            step(i + dx + dy * W, x + dx, y + dy);
        };
        for (let y = 0; y < H; y++)
          for (let x = 0; x < W; x++) if (x % (W - 1) === 0 || y % (H - 1) === 0) step(y * W + x, x, y);
        expect([...marked].sort()).toEqual([...reached].sort());
      }),
    );
  });
});
