import { describe, expect, it } from 'vitest';
import { match } from './match.ts';
import { COMMANDS } from './registry.ts';

/** What the palette lists for a text, the first first. */
const found = (typed: string): string[] =>
  COMMANDS.map(({ label, words }) => ({ label, score: match(label, typed, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ label }) => label);

describe('what is typed', () => {
  it.each([
    ['sett', 'Settings'],
    ['stop', 'Stop training'],
    ['close', 'Close project'],
  ])('%s means %s first', (typed, label) => expect(found(typed)[0]).toMatch(new RegExp(`^${label}`)));

  it('names nothing by letters that only lie somewhere in it', () => {
    expect(found('sett').some((label) => label.startsWith('Close'))).toBe(false);
    expect(found('zzz')).toEqual([]);
  });

  it('is found by what people call a thing, after what is named so', () => {
    expect(match('Go to Upscale', 'enlarge', ['enlarge pictures'])).toBeGreaterThan(0);
    expect(match('Go to Upscale', 'scale')).toBeGreaterThan(0);
    expect(match('Save', 'save')).toBeGreaterThan(match('Save as', 'save'));
    expect(match('Export', 'save', ['save'])).toBeLessThan(match('Save as', 'save'));
  });
});
