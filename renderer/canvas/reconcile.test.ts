import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reconciler } from './reconcile.ts';

interface Item {
  key: string;
  value: number;
}

/** Nodes are strings in an array; what is done to them is written down. */
function fake(): { nodes: string[]; log: string[]; show: (items: Item[]) => boolean } {
  const nodes: string[] = [];
  const log: string[] = [];
  const reconciler = new Reconciler<Item, string>({
    create: ({ key }) => key,
    update: (node) => log.push(`update ${node}`),
    place: (node, index) => {
      const old = nodes.indexOf(node);
      if (old >= 0) nodes.splice(old, 1);
      nodes.splice(index, 0, node);
      log.push(`place ${node}`);
    },
    remove: (node) => {
      nodes.splice(nodes.indexOf(node), 1);
      log.push(`remove ${node}`);
    },
  });
  return { nodes, log, show: (items) => reconciler.reconcile(items) };
}

const items = (keys: string): Item[] => Array.from(keys, (key) => ({ key, value: 0 }));

describe('the reconciler', () => {
  it.each([
    ['', 'abc', ['place a', 'place b', 'place c']],
    ['abc', 'abc', []],
    ['abc', 'ac', ['remove b']],
    ['ac', 'abc', ['place b']],
    ['abc', 'cab', ['place c']],
    ['abc', 'xbc', ['remove a', 'place x']],
  ])('goes from %j to %j with the least that is needed', (before, after, wanted) => {
    const { nodes, log, show } = fake();
    show(items(before));
    log.length = 0;
    expect(show(items(after))).toBe(wanted.length > 0);
    expect(log).toEqual(wanted);
    expect(nodes.join('')).toBe(after);
  });

  it('brings any order into any other', () => {
    const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.array(keys), (scenes) => {
        const { nodes, show } = fake();
        for (const scene of scenes) {
          show(items(scene));
          expect(nodes.join('')).toBe(scene);
        }
      }),
    );
  });

  it('updates only items that differ', () => {
    const { log, show } = fake();
    show(items('ab'));
    log.length = 0;
    show([
      { key: 'a', value: 0 },
      { key: 'b', value: 1 },
    ]);
    expect(log).toEqual(['update b']);
  });

  it('refuses two items with one key', () => {
    expect(() => fake().show(items('aa'))).toThrow(RangeError);
  });
});
