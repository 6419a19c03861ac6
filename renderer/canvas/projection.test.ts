import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { about, fitted, panned, toDocument, toStage, wholeTurn, type Projection } from './projection.ts';

const pane = { width: 600, height: 400 };
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const point = fc.record({ x: number(-500, 500), y: number(-500, 500) });
const projection: fc.Arbitrary<Projection> = fc.record({
  scale: number(0.05, 32),
  rotation: number(-180, 180),
  mirrored: fc.boolean(),
  centre: point,
});

describe('the view', () => {
  it('takes a point to the pane and back', () => {
    fc.assert(
      fc.property(projection, point, (view, at) => {
        const back = toDocument(view, toStage(view, at, pane), pane);
        expect(back.x).toBeCloseTo(at.x, 6);
        expect(back.y).toBeCloseTo(at.y, 6);
      }),
    );
  });

  it('keeps what is under a place there, when it zooms, turns or flips', () => {
    fc.assert(
      fc.property(projection, projection, point, (view, { scale, rotation, mirrored }, at) => {
        const under = toDocument(view, at, pane);
        const seen = toStage(about(view, { scale, rotation, mirrored }, at, pane), under, pane);
        expect(seen.x).toBeCloseTo(at.x, 5);
        expect(seen.y).toBeCloseTo(at.y, 5);
      }),
    );
  });

  it('pans by pixels of the pane, whatever way it is turned', () => {
    const view = { scale: 2, rotation: 33, mirrored: true, centre: { x: 5, y: 6 } };
    const before = toStage(view, { x: 1, y: 2 }, pane);
    const after = toStage(panned(view, 10, -4), { x: 1, y: 2 }, pane);
    expect(after.x - before.x).toBeCloseTo(10);
    expect(after.y - before.y).toBeCloseTo(-4);
  });

  it('fits the whole of a turned document', () => {
    const document = { width: 1000, height: 100 };
    const { scale, centre } = fitted(document, pane, 90);
    const corner = toStage({ scale, centre, rotation: 90, mirrored: false }, { x: 1000, y: 100 }, pane);
    expect(corner.y).toBeCloseTo(400 - 24);
  });

  it('counts degrees in one turn', () => {
    expect([190, -190, 360, 180].map(wholeTurn)).toEqual([-170, 170, 0, -180]);
  });
});
