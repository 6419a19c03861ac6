import { describe, expect, it } from 'vitest';
import { planes } from './scene.ts';
import { editorOf, layer } from './testing.ts';
import type { Overlay } from './types.ts';

const show = { drawing: true, result: null, corrections: true };
const piece = (x: number): Overlay => ({
  kind: 'floating',
  pixels: { width: 1, height: 1, data: new Uint8ClampedArray(4) },
  transform: { x, y: 0, scaleX: 1, scaleY: 1, rotation: 0 },
});

describe('a piece that is moved', () => {
  it('lies over its layer where layers cover each other', () => {
    const { state } = editorOf(4, 4, { layers: [layer('a'), layer('b')] });
    const { active, over } = planes(state, show, [piece(1)]);
    expect(active.map(({ kind }) => kind)).toEqual(['layer', 'floating']);
    expect(over.map(({ key }) => key)).toEqual(['layer b']);
  });

  it('mixes as its layer does where layers mix, and is drawn anew with every move', () => {
    const { state } = editorOf(4, 4, { layers: [layer('a'), layer('b', { blend: 'multiply' })] });
    const [here, there] = [piece(1), piece(2)].map((overlay) => planes(state, show, [overlay]).active);
    expect(here!.map(({ kind }) => kind)).toEqual(['composite']);
    expect(here).not.toEqual(there);
  });
});
