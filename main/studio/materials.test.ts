/** Materials of our own: what is drawn, what it becomes, how high it stands, and that all of it goes on across its borders. */
import { describe, expect, it } from 'vitest';
import { seamScore, type Seams } from '../engine/metrics/seams.ts';
import { material } from './materials.ts';

const SIDE = 64;

/** What changes across the border, against where most changes between any two neighbouring rows or columns. */
function atBorder(data: ArrayLike<number>, side: number, channels = 3): number {
  const picture = { data, width: side, height: side, channels };
  const inside = Array.from({ length: side - 1 }, (_, i) => i + 1);
  const most = (one: (at: number) => Seams): number => Math.max(...inside.map((at) => seamScore(picture, one(at))));
  const [columns, rows] = [most((at) => ({ columns: [at], rows: [] })), most((at) => ({ columns: [], rows: [at] }))];
  const across = seamScore(picture, { columns: [0], rows: [] }) / columns;
  return Math.max(across, seamScore(picture, { columns: [], rows: [0] }) / rows);
}

describe.each([0, 1, 2, 3, 5, 9])('the material %i', (number) => {
  const { kind, drawing, texture, height } = material(number, SIDE);

  it('is the same whenever it is made, and no other one is', () => {
    expect(material(number, SIDE)).toEqual({ kind, drawing, texture, height });
    expect(material(number + 4, SIDE).kind).toBe(kind);
    expect(material(number + 4, SIDE).drawing).not.toEqual(drawing);
  });

  it('is drawn in at most three colours and ink', () => {
    const seen = new Map<string, number>();
    for (let i = 0; i < drawing.length; i += 3) {
      const colour = drawing.subarray(i, i + 3).join();
      seen.set(colour, (seen.get(colour) ?? 0) + 1);
    }
    const shares = [...seen.values()].sort((a, b) => b - a).map((count) => count / SIDE ** 2);
    // The rest is where ink and colour meet.
    expect(shares.slice(0, 4).reduce((a, b) => a + b, 0)).toBeGreaterThan(0.6);
    expect(shares[4] ?? 0).toBeLessThan(0.05);
  });

  it('is low where ink is, and high within its pieces', () => {
    const inked = (i: number): boolean => Math.max(...drawing.subarray(3 * i, 3 * i + 3)) < 60;
    const mean = (of: (i: number) => boolean): number => {
      const found = [...height].filter((_, i) => of(i));
      return found.reduce((sum, value) => sum + value, 0) / found.length;
    };
    expect(mean((i) => !inked(i)) - mean(inked)).toBeGreaterThan(40);
  });

  it('goes on across its borders', () => {
    for (const data of [drawing, texture]) expect(atBorder(data, SIDE)).toBeLessThan(1.05);
    expect(atBorder(height, SIDE, 1)).toBeLessThan(1.05);
  });
});

it('a part of a material does not go on across its borders', () => {
  const { drawing } = material(1, SIDE);
  const part = SIDE - 7;
  const cut = Array.from({ length: part }, (_, y) => [...drawing.subarray(3 * y * SIDE, 3 * (y * SIDE + part))]).flat();
  expect(atBorder(cut, part)).toBeGreaterThan(1.05);
});
