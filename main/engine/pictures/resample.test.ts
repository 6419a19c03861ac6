import { describe, expect, it } from 'vitest';
import { values } from '../testing/values.ts';
import { resample } from './resample.ts';

/** A picture whose value at a place is what the function says, in every colour. */
function drawn(width: number, height: number, value: (x: number, y: number) => number, alpha = 255) {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      data.fill(Math.round(value(x, y)), (y * width + x) * 4, (y * width + x) * 4 + 3);
      data[(y * width + x) * 4 + 3] = alpha;
    }
  return { width, height, data };
}

describe('a picture at another size', () => {
  it.each([
    [2, 2],
    [4, 3],
    [0.5, 0.25],
    [1.7, 0.6],
  ])('has everything where it was (%f x %f times)', (across, down) => {
    const [width, height] = [40, 40];
    const to = { width: Math.round(width * across), height: Math.round(height * down) };
    const ramp = resample(
      drawn(width, height, (x, y) => 20 + 3 * x + 2 * y),
      to,
    );
    // Away from the edges, where a ramp ends.
    for (let y = Math.ceil(to.height / 4); y < (to.height * 3) / 4; y++)
      for (let x = Math.ceil(to.width / 4); x < (to.width * 3) / 4; x++) {
        const [u, v] = [((x + 0.5) * width) / to.width - 0.5, ((y + 0.5) * height) / to.height - 0.5];
        expect(Math.abs(ramp[(y * to.width + x) * 4]! - (20 + 3 * u + 2 * v))).toBeLessThan(1);
      }
  });

  it('is itself at its own size, and even where it was even', () => {
    const noise = values(1, 'resample', [7 * 5 * 4], [0, 255]);
    const data = Uint8Array.from(noise, (value, i) => (i % 4 === 3 ? 255 : value));
    expect(resample({ width: 7, height: 5, data }, { width: 7, height: 5 })).toEqual(data);
    for (const value of resample(
      drawn(3, 3, () => 200),
      { width: 11, height: 2 },
    ))
      expect([200, 255]).toContain(value);
  });

  it('takes no colour from what is clear', () => {
    const { data, ...size } = drawn(8, 1, () => 100);
    // The right half is green, and clear.
    for (let x = 4; x < 8; x++) data.set([0, 255, 0, 0], x * 4);
    const result = resample({ ...size, data }, { width: 16, height: 1 });
    for (let x = 0; x < 16; x++) if (result[x * 4 + 3]! > 0) expect(result[x * 4 + 1]).toBe(100);
  });
});
