import { expect, it } from 'vitest';
import { mapPool } from './pool.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('keeps the order of the items, and never runs more at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const results = await mapPool([5, 1, 3, 0, 2], 2, async (ms, index) => {
    most = Math.max(most, ++running);
    await pause(ms);
    running--;
    return `${index}:${ms}`;
  });
  expect(results).toEqual(['0:5', '1:1', '2:3', '3:0', '4:2']);
  expect(most).toBe(2);
  expect(await mapPool([], 4, () => Promise.resolve(1))).toEqual([]);
});

it('begins nothing new after a failure, and waits for what is under way', async () => {
  const done: number[] = [];
  const all = mapPool([0, 1, 2, 3, 4], 2, async (i) => {
    if (i === 1) throw new Error('the second failed');
    await pause(10);
    done.push(i);
  });
  await expect(all).rejects.toThrow('the second failed');
  expect(done).toEqual([0]);
});
