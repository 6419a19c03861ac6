import { describe, expect, it } from 'vitest';
import { moves } from './symmetry.ts';

const centre = { x: 10, y: 10 };

describe('symmetry', () => {
  it.each([
    [{ mirrorX: false, mirrorY: false, radial: 1 }, 1],
    [{ mirrorX: true, mirrorY: false, radial: 1 }, 2],
    [{ mirrorX: true, mirrorY: true, radial: 1 }, 4],
    [{ mirrorX: true, mirrorY: true, radial: 2 }, 4], // half a turn is both mirrors
    [{ mirrorX: true, mirrorY: false, radial: 5 }, 10],
  ])('%o has %i images', (symmetry, count) => {
    expect(moves({ ...symmetry, centre })).toHaveLength(count);
  });

  it('mirrors at its centre', () => {
    const images = moves({ mirrorX: true, mirrorY: false, radial: 1, centre }).map((move) => move({ x: 3, y: 4 }));
    expect(images).toEqual([
      { x: 3, y: 4 },
      { x: 17, y: 4 },
    ]);
  });
});
