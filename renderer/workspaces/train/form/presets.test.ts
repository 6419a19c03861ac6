import { expect, it } from 'vitest';
import type { Field, Preset } from '../../../../preload/contract/index.ts';
import { isAs, saidBy } from './presets.ts';

const about = { description: '', minimum: 0, maximum: 999, choices: [] };
const fields: readonly Field[] = [
  { ...about, name: 'width', type: 'integer', preset: 64 },
  { ...about, name: 'loss', type: 'choice', preset: 'vanilla' },
];
const quick: Preset = { id: 'quick', size: 128, minutes: 5, settings: { width: 32 } };

it('a draft is as its preset says until size, time or a setting is changed by hand', () => {
  const draft = saidBy(quick, fields);
  expect(draft).toEqual({ size: 128, minutes: 5, settings: { width: 32, loss: 'vanilla' } });
  expect(isAs(draft, quick, fields)).toBe(true);
  for (const change of [{ size: 256 }, { minutes: 6 }, { minutes: null }])
    expect(isAs({ ...draft, ...change }, quick, fields)).toBe(false);
  expect(isAs({ ...draft, settings: { ...draft.settings, loss: 'hinge' } }, quick, fields)).toBe(false);
});
