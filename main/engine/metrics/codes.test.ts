import { describe, expect, it } from 'vitest';
import { meanOf, strongest } from './codes.ts';

const reading = (long: number, dark: number) => ({
  hair: { long, short: 1 - long },
  skin: { dark, light: 1 - dark },
});

describe('what a code changes', () => {
  it('is the trait that differs most between its values, beside which the others are said', () => {
    const { trait, own, others } = strongest([reading(0.5, 0.1), reading(0.6, 0.9), reading(0.45, 0.2)]);
    expect(trait).toBe('skin');
    expect(own).toBeCloseTo(0.8);
    expect(others).toBeCloseTo(0.15);
  });

  it('is nothing beside, where there is one trait', () => {
    expect(strongest([{ hair: { long: 1, short: 0 } }, { hair: { long: 0.25, short: 0.75 } }])).toEqual({
      ...{ trait: 'hair', own: 0.75, others: 0 },
    });
  });

  it('is read off many pictures', () => {
    const mean = meanOf([reading(1, 0), reading(0.5, 0.5)]);
    expect(mean['hair']!['long']).toBeCloseTo(0.75);
    expect(mean['skin']!['dark']).toBeCloseTo(0.25);
  });
});
