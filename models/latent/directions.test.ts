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
  it('leads from those without to those with it', () => {
    const trait = noise(16);
    const [having, without]: [Float32Array[], Float32Array[]] = [[], []];
    while (having.length < 10 || without.length < 10) {
      const one = noise(16);
      (dot(one, trait) > 0 ? having : without).push(one);
    }
    const found = directionTo(having.slice(0, 10), without.slice(0, 10));
    expect(dot(found, trait) / Math.sqrt(dot(trait, trait))).toBeGreaterThan(0.5);
    expect(dot(found, found)).toBeCloseTo(1, 5);
  });

  it('needs an example of each', () => {
    expect(() => directionTo([noise(4)], [])).toThrow(/Both sides need/);
    const same = noise(4);
    expect(() => directionTo([same], [same])).toThrow(/the same/);
  });
});
