import { describe, expect, it } from 'vitest';
import { ago, clock, figure, minutes, percent, plural } from './numbers.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0:00'],
    [42.4, '0:42'],
    [725, '12:05'],
    [3725, '1:02:05'],
    [-3, '0:00'],
  ])('a clock of %d s', (seconds, shown) => expect(clock(seconds)).toBe(shown));
  it.each([
    [0.5, '30 s'],
    [45, '45 min'],
    [60, '1 h'],
    [90, '1 h 30 min'],
  ])('%d minutes', (n, shown) => expect(minutes(n)).toBe(shown));
  it.each([
    [0, '0'],
    [0.00021, '2.1e-4'],
    [12.34567, '12.35'],
    [0.0512, '0.0512'],
  ])('the figure %d', (n, shown) => expect(figure(n)).toBe(shown));
  it('counts', () => {
    expect(plural(1, 'pair', 'pairs')).toBe('1 pair');
    expect(plural(1200, 'pair', 'pairs')).toBe('1,200 pairs');
    expect(percent(0.514)).toBe('51 %');
  });
  it.each([
    [30, 'just now'],
    [300, '5 minutes ago'],
    [90_000, 'yesterday'],
    [86_400 * 40, '22 Nov 2025'],
  ])('%d seconds ago', (seconds, shown) => {
    const now = Date.UTC(2026, 0, 1, 12);
    expect(ago(new Date(now - seconds * 1000).toISOString(), now)).toBe(shown);
  });
  it('says nothing of a date that is none', () => expect(ago('never')).toBe(''));
});
