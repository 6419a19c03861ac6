import { describe, expect, it } from 'vitest';
import { hexOfHsv, hsvOfHex, parsedHex, withRecent } from './colour.ts';

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
