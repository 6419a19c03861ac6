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
  // Pictures are what two things in the latent come to, each in half of the pixels, beside much else.
  const trait = noise(length);
  const other = noise(length);
  const along = dot(other, trait) / dot(trait, trait);
  trait.forEach((value, i) => (other[i] = other[i]! - along * value));
  const mess = Array.from({ length: pixels }, () => noise(length));
  const paint = (point: Float32Array): Float32Array =>
    Float32Array.from({ length: pixels }, (_, i) => dot(point, i < 30 ? trait : other) + 0.7 * dot(point, mess[i]!));
  const drawn = Array.from({ length: 400 }, () => noise(length)).map((point) => ({ point, picture: paint(point) }));
  const marks = (has: (point: Float32Array) => boolean) => ({
    having: drawn
      .filter(({ point }) => has(point))
      .slice(0, 10)
      .map(({ picture }) => picture),
    without: drawn
      .filter(({ point }) => !has(point))
      .slice(0, 10)
      .map(({ picture }) => picture),
  });
  const cosine = (a: Float32Array, b: Float32Array): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

  it('leads from those without to those with it', () => {
    const found = directionTo(
      marks((point) => dot(point, trait) > 0),
      drawn,
    );
    expect(dot(found, found)).toBeCloseTo(1, 5);
    expect(cosine(found, trait)).toBeGreaterThan(0.7);
  });

  it('changes little else, though the marks share by chance what changes much of the picture', () => {
    const loud = drawn.map(({ point }) => ({
      point,
      picture: Float32Array.from({ length: pixels }, (_, i) => (i < 15 ? dot(point, trait) : 3 * dot(point, other))),
    }));
    const some = (way: number) =>
      loud
        .filter(({ point }) => way * dot(point, trait) > 1 && way * dot(point, other) > -1)
        .slice(0, 10)
        .map(({ picture }) => picture);
    const found = directionTo({ having: some(1), without: some(-1) }, loud);
    expect(cosine(found, trait)).toBeGreaterThan(Math.abs(cosine(found, other)));
  });

  it('leaves alone what another one changes, but not its own opposite', () => {
    const mixed = marks((point) => dot(point, trait) + 0.4 * dot(point, other) > 0);
    const [alone, beside] = [directionTo(mixed, drawn), directionTo(mixed, drawn, [other])];
    expect(Math.abs(cosine(alone, other))).toBeGreaterThan(0.1);
    expect(cosine(beside, other)).toBeCloseTo(0, 5);
    expect(cosine(beside, trait)).toBeGreaterThan(0.6);
    const opposite = alone.map((value) => -value);
    expect(directionTo(mixed, drawn, [opposite])).toEqual(alone);
  });

  it('needs an example of each', () => {
    expect(() => directionTo({ having: [noise(4)], without: [] }, drawn)).toThrow(/Both sides need/);
    const same = noise(4);
    expect(() => directionTo({ having: [same], without: [same] }, drawn)).toThrow(/the same/);
  });
});
