/** Ways to enlarge, compared: all by the same pictures, also where that is stopped before its end. */
import { afterAll, expect, it } from 'vitest';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { encodePng } from '../../engine/pictures/pictures.ts';
import { temporary } from '../../testing/folder.ts';
import { compareWays, FILTERS, PLAIN } from './enlarge.ts';

startRuntime(1);
const folder = temporary();
afterAll(() => folder.remove());

it('is judged by the pictures that all ways were done with', async () => {
  const files = ['a.png', 'b.png', 'c.png'].map((name) => folder.path(name));
  for (const [i, file] of files.entries()) {
    const data = new Uint8Array(32 * 32 * 3).map((_, k) => 120 + 100 * Math.sin(k / (9 + i)));
    await encodePng({ width: 32, height: 32, channels: 3, data }, file);
  }
  const ways = Object.entries(PLAIN);
  const compare = async (stopAt: number) => {
    const stopping = new AbortController();
    let done = 0;
    const totals = await compareWays(files, ways, {
      ...{ factor: 2, filter: FILTERS.lanczos, signal: stopping.signal },
      onDone: () => {
        if (++done === stopAt) stopping.abort();
      },
    });
    return [...totals].map(([way, { scores, msPerMegapixel }]) => ({ way, msPerMegapixel, ...scores.scores() }));
  };
  const whole = await compare(Infinity);
  expect(whole.map(({ way, n }) => [way, n])).toEqual(ways.map(([way]) => [way, 3]));
  for (const { msPerMegapixel } of whole) expect(msPerMegapixel).toBeGreaterThan(0);
  // In the second picture, after the first of its ways.
  const stopped = await compare(ways.length + 1);
  expect(stopped.map(({ n }) => n)).toEqual(ways.map(() => 1));
  expect(stopped[0]!.psnr).not.toBe(whole[0]!.psnr);
});
