import { describe, expect, it } from 'vitest';
import { canvasKey } from './canvas-keys.ts';

describe('a key on the canvas', () => {
  it.each([
    ['ArrowLeft', false, {}, 'nudge -1 0'],
    ['ArrowDown', true, {}, 'nudge 0 10'],
    ['Enter', false, {}, 'confirm'],
    ['Escape', false, { busy: true }, 'cancel'],
    ['Escape', false, { selection: {} as never }, 'deselect'],
    ['Escape', false, {}, undefined],
    ['a', false, {}, undefined],
  ])('%s, shift %s, %o: %s', (key, shiftKey, over, does) => {
    const did: string[] = [];
    const editor = {
      nudge: (x: number, y: number) => void did.push(`nudge ${x} ${y}`),
      confirm: () => void did.push('confirm'),
      cancel: () => void did.push('cancel'),
      deselect: () => void did.push('deselect'),
      ...{ busy: false, selection: null },
      ...over,
    };
    expect(canvasKey({ key, shiftKey }, editor)).toBe(does !== undefined);
    expect(did).toEqual(does ? [does] : []);
  });
});
