import { expect, it } from 'vitest';
import { RoomIndex } from './room-index.ts';

it('reads each thing once, until it is told that it changed', () => {
  const reads: string[] = [];
  let there = ['a', 'b'];
  const index = new RoomIndex(
    () => (reads.push('list'), there),
    (id) => (reads.push(id), id.toUpperCase()),
  );
  const all = (): string[] => index.ids().map((id) => index.get(id));
  expect([all(), all()]).toEqual([
    ['A', 'B'],
    ['A', 'B'],
  ]);
  expect(reads).toEqual(['list', 'a', 'b']);
  there = ['a', 'b', 'c'];
  index.forget('b');
  expect(all()).toEqual(['A', 'B', 'C']);
  expect(reads.slice(3)).toEqual(['list', 'b', 'c']);
  index.forgetAll();
  expect(index.has('c')).toBe(true);
  all();
  expect(reads.slice(6)).toEqual(['list', 'a', 'b', 'c']);
});
