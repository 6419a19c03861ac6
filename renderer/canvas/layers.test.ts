import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { BLENDS } from '../../preload/contract/layers/blend.ts';
import { dropped, step } from './layers.ts';
import { alphaAt, at, bytes, drag, editorOf, layer, pen } from './testing.ts';

const LAYERS = [
  layer('a'),
  layer('in', { group: 'g' }),
  layer('top', { group: 'g' }),
  layer('g', { role: 'group', blend: 'through' }),
  layer('b'),
];
const order = (editor: ReturnType<typeof editorOf>): string[] =>
  editor.state.layers.map(({ id, group }) => (group ? `${group}/${id}` : id));
const dot = (editor: ReturnType<typeof editorOf>): void => drag(editor, [[4, 4]]);

describe('moving layers', () => {
  it.each([
    ['a', 1, { below: 'in' }],
    ['top', 1, { above: 'g' }],
    ['in', 1, { above: 'top' }],
    ['in', -1, { below: 'g' }],
    ['b', -1, { into: 'g' }],
    ['g', 1, { above: 'b' }],
    ['b', 1, null],
    ['a', -1, null],
  ] as const)('steps %s by %d into groups and out of them', (id, by, to) => expect(step(LAYERS, id, by)).toEqual(to));
  it.each([
    ['b', 'g', { into: 'g' }],
    ['top', 'g', { above: 'g' }],
    ['b', 'in', { below: 'in' }],
    ['a', 'b', { above: 'b' }],
    ['g', 'in', null],
    ['a', 'a', null],
    ['a', 'gone', null],
  ] as const)('drops %s on %s', (id, target, to) => expect(dropped(LAYERS, id, target)).toEqual(to));

  it('takes all that is in a group along', () => {
    const editor = editorOf(8, 8, { layers: LAYERS });
    editor.moveLayer('g', { above: 'b' });
    expect(order(editor)).toEqual(['a', 'b', 'g/in', 'g/top', 'g']);
    editor.moveLayer('g', 'bottom');
    editor.moveLayer('b', { into: 'g' });
    expect(order(editor)).toEqual(['g/in', 'g/top', 'g/b', 'g', 'a']);
    editor.moveLayer('g', { into: 'g' });
    expect(order(editor)).toEqual(['g/in', 'g/top', 'g/b', 'g', 'a']);
  });
});

describe('groups', () => {
  it('hide and lock what is in them, and have no paint of their own', () => {
    const editor = editorOf(8, 8, { layers: LAYERS, active: 'in' });
    const refused = vi.fn();
    editor.refused = refused;
    editor.updateLayer('g', { visible: false });
    dot(editor);
    editor.updateLayer('g', { visible: true, locked: true });
    dot(editor);
    editor.setActive('g');
    dot(editor);
    expect(refused.mock.calls).toEqual([['hidden'], ['locked'], ['group']]);
    expect([editor.copy(), bytes(editor, 'in').some((byte) => byte > 0)]).toEqual([null, false]);
  });

  it('are made around a layer, copied, taken apart, and become one layer', () => {
    const editor = editorOf(8, 8, { layers: [layer('a'), layer('b')], active: 'b' });
    dot(editor);
    const before = editor.flatten().data;
    editor.groupLayer('b', 'Group');
    const group = editor.state.layers.at(-1)!.id;
    expect(order(editor)).toEqual(['a', `${group}/b`, group]);
    const copy = editor.duplicateLayer(group);
    expect(editor.state.layers.filter((each) => each.group === copy)).toHaveLength(1);
    editor.removeLayer(copy);
    expect(order(editor)).toEqual(['a', `${group}/b`, group]);
    editor.mergeDown(group);
    expect(order(editor)).toEqual(['a', 'b']);
    expect(editor.flatten().data).toEqual(before);
    editor.undo();
    editor.ungroup(group);
    expect(order(editor)).toEqual(['a', 'b']);
  });

  it('are clipped in the place of the layer that they were made around', () => {
    const editor = editorOf(8, 8, { layers: [layer('a'), layer('b', { clipped: true })], active: 'b' });
    dot(editor);
    editor.groupLayer('b', 'Group');
    expect(editor.flatten().data.every((byte) => byte === 0)).toBe(true);
    expect(editor.state.layers.map(({ clipped }) => clipped)).toEqual([false, false, true]);
  });

  it('change nothing that is seen when they are made around a layer, whatever it is, and when it is taken out again', () => {
    const one = fc.record({
      blend: fc.constantFrom(...BLENDS),
      opacity: fc.constantFrom(1, 0.5),
      clipped: fc.boolean(),
      masked: fc.boolean(),
      /** A group around it that is there already. */
      inside: fc.constantFrom(null, 'through', 'normal', 'multiply'),
    });
    const seed = (i: number, at: number): number => Math.imul(i * 97 + at + 1, 2654435761) >>> 0;
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), fc.nat(3), (all, pick) => {
        const layers = all.flatMap(({ blend, opacity, clipped, masked, inside }, i) => {
          const mask = masked ? { id: `mask-${i}`, on: true } : null;
          const paint = layer(`${i}`, { blend, opacity, clipped, mask });
          if (inside === null) return [paint];
          const group = `g${i}`;
          return [
            { ...paint, group, clipped: false },
            layer(group, { role: 'group', blend: inside, clipped, opacity }),
          ];
        });
        const editor = editorOf(6, 6, { layers, paper: 'transparent' });
        layers.forEach(({ id, mask, role }, i) => {
          for (const surface of [...(role === 'group' ? [] : [id]), ...(mask ? [mask.id] : [])])
            editor.surface(surface).data.forEach((_, at, data) => (data[at] = seed(i, at) >>> 24));
        });
        const before = editor.flatten().data;
        const apart = (): number => {
          const after = editor.flatten().data;
          // What has no colour may have any.
          const worst = after.map((byte, i) => Math.abs(byte - before[i]!) * (before[i | 3]! / 255));
          return Math.max(...worst);
        };
        editor.groupLayer(layers[pick % layers.length]!.id, 'Group');
        expect(apart()).toBeLessThanOrEqual(3);
        editor.ungroup(editor.state.layers.find(({ title }) => title === 'Group')!.id);
        expect(apart()).toBeLessThanOrEqual(3);
      }),
      { numRuns: 200 },
    );
  });

  it('take in a new layer where they are in hand', () => {
    const editor = editorOf(8, 8, { layers: LAYERS, active: 'g' });
    const id = editor.addLayer();
    expect(order(editor)).toEqual(['a', 'g/in', 'g/top', `g/${id}`, 'g', 'b']);
  });
});

describe('masks', () => {
  it('are painted on: black hides, white shows again, and the layer keeps its paint', () => {
    const editor = editorOf(8, 8);
    dot(editor);
    const whole = bytes(editor);
    editor.addMask('layer-1');
    editor.setColour('#000000');
    dot(editor);
    expect(at(editor.flatten(), { x: 4, y: 4 })[3]).toBe(0);
    expect(bytes(editor)).toEqual(whole);
    editor.setColour('#ffffff');
    dot(editor);
    expect(at(editor.flatten(), { x: 4, y: 4 })).toEqual([255, 0, 0, 255]);
    editor.undo();
    editor.updateLayer('layer-1', { maskOn: false });
    expect(at(editor.flatten(), { x: 4, y: 4 })[3]).toBe(255);
    editor.setActive('layer-1');
    editor.removeMask('layer-1');
    editor.undo();
    expect(editor.state.layers[0]!.mask).toMatchObject({ on: false });
  });

  it('are painted in greys of their own: a bright colour is as bright a grey, and the paint keeps its colours', () => {
    const editor = editorOf(8, 8);
    dot(editor);
    editor.setSecondary('#00ff00');
    editor.addMask('layer-1');
    expect([editor.colour, editor.secondary]).toEqual(['#000000', '#ffffff']);
    dot(editor);
    expect(at(editor.flatten(), { x: 4, y: 4 })[3]).toBe(0);
    editor.setColour('#ff8800');
    expect(editor.colour).toBe('#9c9c9c');
    dot(editor);
    expect(at(editor.flatten(), { x: 4, y: 4 })[3]).toBe(0x9c);
    editor.setMasking(false);
    expect([editor.colour, editor.secondary]).toEqual(['#ff0000', '#00ff00']);
    editor.setMasking(true);
    expect(editor.colour).toBe('#9c9c9c');
    editor.removeMask('layer-1');
    expect(editor.colour).toBe('#ff0000');
  });

  it('begin with what is chosen', () => {
    const editor = editorOf(8, 8);
    editor.selectAll();
    editor.fillSelection();
    editor.setTool('select');
    drag(editor, [
      [0, 0],
      [4, 8],
    ]);
    editor.addMask('layer-1');
    expect([1, 6].map((x) => at(editor.flatten(), { x, y: 4 })[3])).toEqual([255, 0]);
  });
});

describe('alpha that is locked', () => {
  it('keeps paint to where there is some, for strokes and fills', () => {
    const editor = editorOf(16, 16);
    dot(editor);
    editor.updateLayer('layer-1', { alphaLocked: true });
    const alphas = (): number[] => bytes(editor).filter((_, i) => i % 4 === 3);
    const before = alphas();
    editor.setColour('#0000ff');
    drag(editor, [
      [0, 4],
      [15, 4],
    ]);
    expect(at(editor.surface('layer-1'), { x: 4, y: 4 })).toEqual([0, 0, 255, 255]);
    editor.setTool('eraser');
    dot(editor);
    editor.setTool('fill');
    editor.setColour('#00ff00');
    editor.down(pen(4, 4));
    expect(alphas()).toEqual(before);
    expect(alphaAt(editor, 12, 4)).toBe(0);
  });
});

describe('merging', () => {
  it('gives what was seen, with modes, clipping and masks', () => {
    const editor = editorOf(16, 16, {
      layers: [layer('a', { opacity: 0.8 }), layer('b', { blend: 'multiply', clipped: true, opacity: 0.7 })],
      paper: 'transparent',
    });
    drag(editor, [[7, 8]]);
    editor.setActive('b');
    editor.setColour('#88ccff');
    drag(editor, [[9, 8]]);
    editor.addMask('b');
    editor.setColour('#000000');
    drag(editor, [[8, 7]]);
    const before = editor.flatten().data;
    expect(editor.canMergeDown('b')).toBe(true);
    editor.mergeDown('b');
    const after = editor.flatten().data;
    expect(editor.state.layers).toHaveLength(1);
    expect(Math.max(...before.map((byte, i) => Math.abs(byte - after[i]!)))).toBeLessThanOrEqual(2);
  });

  it('is refused where a layer would lose what it is clipped to, or its mode', () => {
    const editor = editorOf(8, 8, { layers: [layer('a'), layer('b', { clipped: true }), layer('c')] });
    expect(editor.canMergeDown('c')).toBe(false);
    editor.updateLayer('c', { clipped: true });
    expect(editor.canMergeDown('c')).toBe(true);
    editor.updateLayer('b', { blend: 'screen' });
    expect(editor.canMergeDown('c')).toBe(false);
  });
});
