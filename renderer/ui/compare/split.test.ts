import { describe, expect, it } from 'vitest';
import { splitAfterKey } from './split.ts';

describe('the line between two pictures', () => {
  it.each([
    ['ArrowLeft', 0.5, 0.48],
    ['ArrowRight', 0.99, 1],
    ['PageDown', 0.05, 0],
    ['End', 0.2, 1],
    ['Home', 0.2, 0],
    ['a', 0.2, null],
  ])('%s leads from %d to %s', (key, from, to) => expect(splitAfterKey(key, from)).toBe(to));
});
