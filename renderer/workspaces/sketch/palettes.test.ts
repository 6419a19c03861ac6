import { describe, expect, it } from 'vitest';
import { settings } from '../../../preload/contract/schemas.ts';
import { renamed, withColour, withoutColour, withoutPalette, withPalette } from './palettes.ts';

describe('palettes', () => {
  const two = [
    { title: 'Moss', colours: ['#112233', '#445566'] },
    { title: 'Clay', colours: ['#aa5533'] },
  ];
  it('begin with the first colour that is kept, and keep each once', () => {
    const first = withColour([], 0, { colour: '#010203', title: 'My colours' });
    expect(first).toEqual([{ title: 'My colours', colours: ['#010203'] }]);
    expect(withColour(first, 0, { colour: '#010203', title: 'x' })).toEqual(first);
    expect(withColour(two, 1, { colour: '#112233', title: 'x' })[1]!.colours).toEqual(['#aa5533', '#112233']);
  });
  it('lose a colour, get another name, and go', () => {
    expect(withoutColour(two, 0, '#112233')[0]!.colours).toEqual(['#445566']);
    expect(renamed(two, 1, '  Loam ')[1]!.title).toBe('Loam');
    expect(renamed(two, 1, '   ')[1]!.title).toBe('Clay');
    expect(withoutPalette(two, 0)).toEqual([two[1]]);
  });
  it('are settings that are kept', () => {
    const many = Array.from({ length: 600 }, (_, i) => `#${i.toString(16).padStart(6, '0')}`);
    const all = withPalette(two, { title: 'Long', colours: many });
    expect(settings.parse({ palettes: all }).palettes).toEqual(all);
    expect(all[2]!.colours).toHaveLength(512);
    expect(withPalette(Array(64).fill(two[0]), two[1]!)).toHaveLength(64);
  });
});
