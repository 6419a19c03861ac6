import { describe, expect, it } from 'vitest';
import type { Picture } from './pictures.ts';
import { contactSheet } from './sheet.ts';

const flat = (width: number, height: number, pixel: number[]): Picture => ({
  width,
  height,
  channels: pixel.length as 3 | 4,
  data: new Uint8Array(width * height * pixel.length).map((_, i) => pixel[i % pixel.length]!),
});

const at = (sheet: Picture, x: number, y: number): number[] => [
  ...sheet.data.subarray((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3),
];

const RED = [200, 0, 0];

describe('contactSheet', () => {
  it('lays pictures in a grid with gaps, smaller ones in the middle of their cell', () => {
    const sheet = contactSheet([[flat(4, 4, RED), flat(2, 2, RED)], [flat(4, 4, RED)]], { gap: 3 });
    expect([sheet.width, sheet.height, sheet.channels]).toEqual([17, 17, 3]);
    expect(at(sheet, 3, 3)).toEqual(RED);
    expect(at(sheet, 2, 3)).toEqual(at(sheet, 10, 3));
    expect(at(sheet, 11, 4)).toEqual(RED);
    expect(at(sheet, 13, 4)).not.toEqual(RED);
    expect(at(sheet, 3, 10)).toEqual(RED);
    expect(at(sheet, 10, 10)).not.toEqual(RED);
  });

  it('shows premultiplied alpha over white', () => {
    const sheet = contactSheet([[flat(1, 1, [100, 0, 0, 128])]], { gap: 0 });
    expect(at(sheet, 0, 0)).toEqual([227, 127, 127]);
  });

  it('makes room for labels, cut to the width of their column', () => {
    const plain = contactSheet([[flat(40, 8, RED)]], { gap: 4 });
    const labelled = contactSheet([[flat(40, 8, RED)]], { gap: 4, labels: ['i, very much too long'] });
    expect(labelled.height - plain.height).toBe(18);
    expect([0, 1, 2, 3].map((y) => at(labelled, 9, y)[0])).toEqual([236, 236, 236, 236]);
    expect(at(labelled, 8, 4)).toEqual([96, 96, 96]); // the upper bar of the I, three dots wide from the second
    expect(at(labelled, 46, 10)).toEqual([236, 236, 236]);
  });

  it('needs a picture', () => {
    expect(() => contactSheet([[]], { gap: 1 })).toThrow(RangeError);
  });
});
