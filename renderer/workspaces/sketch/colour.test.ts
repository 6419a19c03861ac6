import { describe, expect, it } from 'vitest';
import { hexOfHsv, hsvOfHex, parsedHex, withRecent, colourAt, partAt, SQUARE } from './colour.ts';

describe('colours', () => {
  it.each(['#000000', '#ffffff', '#a8431c', '#1f5fa8', '#00ff7f', '#7c7c7a'])(
    '%s comes back from hue, saturation and brightness',
    (hex) => expect(hexOfHsv(hsvOfHex(hex))).toBe(hex),
  );
  it.each([
    ['#A8431C', '#a8431c'],
    ['fff', '#ffffff'],
    [' 1f5fa8 ', '#1f5fa8'],
    ['red', null],
    ['#12345', null],
  ])('%j is read as %s', (text, hex) => expect(parsedHex(text)).toBe(hex));
  it('that were used last come first, once', () => {
    expect(withRecent(['#aa0000', '#00aa00'], '#00aa00')).toEqual(['#00aa00', '#aa0000']);
  });
});

describe('the wheel', () => {
  it('has hues on its ring, from red on the right, clockwise', () => {
    expect([partAt(0.9, 0), partAt(0, -0.85), partAt(0.5, 0.5), partAt(0, 0)]).toEqual([
      'ring',
      'ring',
      'square',
      'square',
    ]);
    expect([colourAt('ring', 1, 0), colourAt('ring', 0, 1), colourAt('ring', 0, -1)]).toEqual([
      { h: 0 },
      { h: 90 },
      { h: 270 },
    ]);
  });
  it('has saturation across and brightness up its square, also for a pen that left it', () => {
    expect(colourAt('square', SQUARE, -SQUARE)).toEqual({ s: 1, v: 1 });
    expect(colourAt('square', -SQUARE, SQUARE)).toEqual({ s: 0, v: 0 });
    expect(colourAt('square', 5, 0)).toEqual({ s: 1, v: 0.5 });
  });
});
