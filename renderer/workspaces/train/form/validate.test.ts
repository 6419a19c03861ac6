import { describe, expect, it } from 'vitest';
import type { Field } from '../../../../preload/contract/index.ts';
import { problemsOf, type Draft } from './validate.ts';

const field = (over: Partial<Field>): Field => ({
  name: 'rate',
  description: '',
  type: 'number',
  preset: 0,
  minimum: 0,
  maximum: 1,
  choices: [],
  ...over,
});
const fields = [
  field({}),
  field({ name: 'width', type: 'integer', minimum: 1, maximum: 256 }),
  field({ name: 'loss', type: 'choice', choices: ['a', 'b'] }),
];
const draft: Draft = {
  title: 'Cats',
  family: 'pix2pix',
  size: 64,
  channels: 3,
  minutes: 5,
  batch: 1,
  seed: 0,
  holdout: 0.1,
  augment: { flip: true, jitter: 0, zoom: 0, rotate: 0, colour: 0, hue: 0 },
  settings: { rate: 0.5, width: 64, loss: 'a' },
};

describe('the Train form', () => {
  it('lets a good draft pass', () => expect(problemsOf(draft, fields)).toEqual({}));
  it.each<[Partial<Draft>, string, string]>([
    [{ title: '  ' }, 'title', 'Give it a name'],
    [{ minutes: null }, 'minutes', 'Fill this in'],
    [{ minutes: 0 }, 'minutes', 'More than 0'],
    [{ batch: 2.5 }, 'batch', 'A whole number'],
    [{ batch: 65 }, 'batch', 'At most 64'],
    [{ seed: -1 }, 'seed', 'At least 0'],
    [{ settings: { ...draft.settings, rate: 2 } }, 'settings.rate', 'At most 1'],
    [{ settings: { ...draft.settings, width: null } }, 'settings.width', 'Fill this in'],
  ])('says what is wrong with %o', (over, name, message) =>
    expect(problemsOf({ ...draft, ...over }, fields)).toEqual({ [name]: message }),
  );
});
