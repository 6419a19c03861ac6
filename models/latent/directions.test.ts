import { describe, expect, it } from 'vitest';
import { Random } from '../graph/random.ts';
import { directionTo, strongestDirections } from './directions.ts';

const random = new Random(5, 'directions');
const noise = (length: number): Float32Array => random.normal(new Float32Array(length));
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('the strongest directions', () => {
  it('are those along which the weights change most, at right angles, and leave out what is not the latent', () => {
    // Two planted directions: one of strength 30, one of 10, in noise; two more columns are a label's.
    const [n, columns, rows] = [24, 26, 200];
    const [first, second] = strongestDirections([{ data: noise(n * n), rows: n, columns: n }], n, 2) as [
      Float32Array,
      Float32Array,
    ];
    const data = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      const [a, b] = [30 * noise(2)[0]!, 10 * noise(2)[0]!];
      for (let i = 0; i < n; i++) data[r * columns + i] = a * first[i]! + b * second[i]! + noise(2)[0]!;
      data[r * columns + n] = 1000;
    }
    const found = strongestDirections([{ data, rows, columns }], n, 3);
    expect(Math.abs(dot(found[0]!, first))).toBeGreaterThan(0.98);
    expect(Math.abs(dot(found[1]!, second))).toBeGreaterThan(0.95);
    for (const [i, one] of found.entries())
      for (const [j, other] of found.entries()) expect(dot(one, other)).toBeCloseTo(i === j ? 1 : 0, 5);
  });
});

describe('a direction by examples', () => {
  const [length, pixels] = [16, 60];
  // Pictures are what two things come to, each in half of the pixels, beside much else. The latent has two levels.
  const trait = noise(length);
  const other = noise(length);
  const along = dot(other, trait) / dot(trait, trait);
  trait.forEach((value, i) => (other[i] = other[i]! - along * value));
  const mess = Array.from({ length: pixels }, () => noise(2 * length));
  const level = (point: Float32Array, n: number): Float32Array => point.subarray(n * length, (n + 1) * length);
  /** @param at the levels in which the trait and the other thing live, and how loud the other is */
  const world = (at: { trait: number; other: number; loud: number }) => {
    const paint = (point: Float32Array): Float32Array =>
      new Float32Array(pixels).map((_, i) => {
        const shown = i < 30 ? dot(level(point, at.trait), trait) : at.loud * dot(level(point, at.other), other);
        return shown + 0.5 * dot(point, mess[i]!);
      });
    const drawn = Array.from({ length: 400 }, () => noise(length)).map((z) => {
      const point = Float32Array.of(...z, ...z);
      return { point, picture: paint(point) };
    });
    const moved = drawn.map(({ point, picture }) => {
      const step = noise(2 * length).map((value) => value / 2);
      return { step, before: picture, after: paint(point.map((value, i) => value + step[i]!)) };
    });
    const marks = (has: (z: Float32Array) => number) => ({
      having: drawn.filter(({ point }) => has(level(point, 0)) > 0).slice(0, 10),
      without: drawn.filter(({ point }) => has(level(point, 0)) < 0).slice(0, 10),
    });
    return { moved, marks };
  };
  const cosine = (a: Float32Array, b: Float32Array): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const none = new Float32Array(length);

  it('leads from those without to those with it', () => {
    const { moved, marks } = world({ trait: 1, other: 0, loud: 1 });
    const found = directionTo(
      marks((z) => dot(z, trait)),
      moved,
      length,
    );
    expect(dot(found, found)).toBeCloseTo(1, 5);
    expect(cosine(level(found, 1), trait)).toBeGreaterThan(0.8);
  });

  it('leaves other levels alone, though the marks share by chance what changes much of the picture there', () => {
    const { moved, marks } = world({ trait: 0, other: 1, loud: 1.5 });
    const found = directionTo(
      marks((z) => (Math.abs(dot(z, trait)) > 2 ? dot(z, trait) + 0.3 * dot(z, other) : 0)),
      moved,
      length,
    );
    expect(cosine(level(found, 0), trait)).toBeGreaterThan(0.8);
    expect(level(found, 1)).toEqual(none);
  });

  it('leaves alone what another one changes, but not its own opposite', () => {
    const { moved, marks } = world({ trait: 0, other: 0, loud: 0.3 });
    const mixed = marks((z) => dot(z, trait) + 0.2 * dot(z, other));
    // The other one moves all levels; what it does in levels that do not take part is no matter.
    const beside = Float32Array.of(...other, ...noise(length));
    const alone = directionTo(mixed, moved, length);
    const found = directionTo(mixed, moved, length, [beside]);
    expect(Math.abs(cosine(level(alone, 0), other))).toBeGreaterThan(0.1);
    expect(cosine(level(found, 0), other)).toBeCloseTo(0, 5);
    expect(cosine(level(found, 0), trait)).toBeGreaterThan(0.6);
    const opposite = alone.map((value) => -value);
    expect(directionTo(mixed, moved, length, [opposite])).toEqual(alone);
  });

  it('needs an example of each', () => {
    const { moved, marks } = world({ trait: 0, other: 1, loud: 1 });
    const { having } = marks((z) => dot(z, trait));
    expect(() => directionTo({ having, without: [] }, moved, length)).toThrow(/Both sides need/);
    const same = having.slice(0, 1);
    expect(() => directionTo({ having: same, without: same }, moved, length)).toThrow(/the same/);
  });
});
