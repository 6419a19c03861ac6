import { describe, expect, it } from 'vitest';
import { compose, shown, type Placed, type Sheet } from './compose.ts';
import { familyOf, holdsTogether, isPlain, isShown, sheetsOf, surfacesOf } from './stack.ts';
import type { DrawingLayer } from '../schemas.ts';

const [RED, BLUE, WHITE, BLACK] = [0xff0000ff, 0xffff0000, 0xffffffff, 0xff000000];
const [W, H] = [4, 1];
const placed = (...words: number[]): Placed => ({
  left: 0,
  top: 0,
  width: W,
  height: H,
  words: Uint32Array.from(words),
});
const sheet = (content: Placed | readonly Sheet[], over: Partial<Sheet> = {}): Sheet => ({
  ...{ visible: true, blend: 'normal', opacity: 1, clipped: false, mask: null },
  content: 'words' in content ? { pixels: content, part: content } : content,
  ...over,
});
function seen(sheets: readonly Sheet[], ...ground: number[]): number[] {
  const picture = placed(...(ground.length > 0 ? ground : [WHITE, WHITE, WHITE, WHITE]));
  compose(picture, sheets);
  return [...picture.words];
}
const hex = (words: readonly number[]): string[] => words.map((word) => word.toString(16).padStart(8, '0'));

describe('layers over each other', () => {
  it('show only where the layer has paint that they are clipped to', () => {
    const base = sheet(placed(RED, RED, 0, 0));
    const over = sheet(placed(0, BLUE, BLUE, 0), { clipped: true });
    expect(hex(seen([base, over]))).toEqual(hex([RED, BLUE, WHITE, WHITE]));
    expect(hex(seen([{ ...base, visible: false }, over]))).toEqual(hex([WHITE, WHITE, WHITE, WHITE]));
    // With nothing below to be clipped to, it is as any layer.
    expect(hex(seen([over]))).toEqual(hex([WHITE, BLUE, BLUE, WHITE]));
  });

  it('mix by the mode of the layer that they are clipped to, all together', () => {
    const base = sheet(placed(WHITE, WHITE, 0, 0), { blend: 'multiply', opacity: 0.5 });
    const over = sheet(placed(BLACK, 0, 0, 0), { clipped: true });
    expect(hex(seen([base, over]))).toEqual(hex([0xff7f7f7f, WHITE, WHITE, WHITE]));
  });

  it('are hidden by the black of a mask, and half by its grey', () => {
    expect([0, WHITE, BLACK, 0x80000000, 0xff808080].map(shown)).toEqual([255, 255, 0, 127, 128]);
    const mask = placed(BLACK, 0x80000000, 0, WHITE);
    const masked = sheet(placed(RED, RED, RED, RED), { mask });
    expect(hex(seen([masked]))).toEqual(hex([WHITE, 0xff8080ff, RED, RED]));
    // A mask that is smaller than the layer hides nothing outside of it.
    expect(hex(seen([{ ...masked, mask: { ...mask, width: 1 } }]))).toEqual(hex([WHITE, RED, RED, RED]));
  });

  it('in a group meet what is below it where it is through, and nothing where it is apart', () => {
    const ground = [RED, RED, WHITE, WHITE];
    const inside = [sheet(placed(BLUE, 0, BLUE, 0), { blend: 'multiply' })];
    expect(hex(seen([sheet(inside, { blend: 'through' })], ...ground))).toEqual(hex([BLACK, RED, BLUE, WHITE]));
    expect(hex(seen([sheet(inside)], ...ground))).toEqual(hex([BLUE, RED, BLUE, WHITE]));
  });

  it('fade together in a group, as one picture', () => {
    const inside = [sheet(placed(RED, 0, 0, 0)), sheet(placed(BLUE, 0, 0, 0))];
    for (const blend of ['normal', 'through'] as const)
      expect(hex(seen([sheet(inside, { blend, opacity: 0.5 })]))).toEqual(hex([0xffff7f7f, WHITE, WHITE, WHITE]));
    const mask = placed(BLACK, 0, 0, 0);
    for (const blend of ['normal', 'through'] as const)
      expect(hex(seen([sheet(inside, { blend, mask })]))).toEqual(hex([WHITE, WHITE, WHITE, WHITE]));
  });
});

const layer = (id: string, over: Partial<DrawingLayer> = {}): DrawingLayer => ({
  ...{ id, title: id, role: 'paint', opacity: 1, visible: true, locked: false },
  ...{ blend: 'normal', alphaLocked: false, clipped: false, mask: null, group: null },
  ...over,
});

describe('the stack', () => {
  const layers = [
    layer('a', { group: 'inner' }),
    layer('inner', { role: 'group', group: 'outer', visible: false }),
    layer('b', { group: 'outer', mask: { id: 'b-mask', on: true } }),
    layer('outer', { role: 'group' }),
    layer('c'),
  ];
  it('holds together where groups stand right above their layers', () => {
    expect(holdsTogether(layers)).toBe(true);
    expect(holdsTogether(layers.toReversed())).toBe(false);
    expect(holdsTogether([layers[0]!, layers[4]!, ...layers.slice(1, 4)])).toBe(false);
    expect(holdsTogether([layer('a', { group: 'c' }), layer('c')])).toBe(false);
    expect(holdsTogether([layer('a'), layer('a')])).toBe(false);
  });
  it('knows families, what is painted, and what is seen', () => {
    expect(familyOf(layers, 'outer').map(({ id }) => id)).toEqual(['a', 'inner', 'b', 'outer']);
    expect(surfacesOf(layers)).toEqual(['a', 'b', 'b-mask', 'c']);
    expect(layers.map((each) => isShown(layers, each))).toEqual([false, false, true, true, true]);
  });
  it('is plain only while nothing of the kind is seen', () => {
    expect(isPlain([layer('a'), layer('b', { opacity: 0.5 })])).toBe(true);
    expect(isPlain([layer('a', { blend: 'multiply', visible: false })])).toBe(true);
    expect(isPlain([layer('a', { clipped: true })])).toBe(false);
    expect(isPlain(layers)).toBe(false);
  });
  it('becomes sheets of one role', () => {
    const paint = { pixels: placed(0, 0, 0, 0), part: placed(0, 0, 0, 0) };
    const sheets = sheetsOf(layers, 'paint', { paint: () => paint, mask: () => placed(0, 0, 0, 0) });
    const inside = sheets[0]!.content as Sheet[];
    expect([sheets.length, inside.length, (inside[0]!.content as Sheet[]).length]).toEqual([2, 2, 1]);
  });
});
