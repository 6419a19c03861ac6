import { describe, expect, it } from 'vitest';
import { looksLike, pictureIn } from './clipboard.ts';

const surface = (...bytes: number[]) => ({ width: 1, height: 1, data: Uint8ClampedArray.from(bytes) });

describe('what comes back from the clipboard', () => {
  it.each([
    ['itself', [10, 20, 30, 255], true],
    ['itself, rounded', [11, 19, 30, 255], true],
    ['another colour', [90, 20, 30, 255], false],
    ['less of it', [10, 20, 30, 100], false],
  ] as const)('is %s: %j, %s', (_, bytes, same) =>
    expect(looksLike(surface(10, 20, 30, 255), surface(...bytes))).toBe(same),
  );
  it('does not matter in colour where nothing is seen', () =>
    expect(looksLike(surface(0, 0, 0, 0), surface(255, 255, 255, 0))).toBe(true));
  it('is the first picture among files', () => {
    const files = [{ type: 'text/plain' }, { type: 'image/png' }] as File[];
    expect(pictureIn(files)).toBe(files[1]);
    expect(pictureIn(undefined)).toBeNull();
  });
});
