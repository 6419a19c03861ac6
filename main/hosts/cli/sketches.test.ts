/** `maquette sketches`, run as it is called: coloured art becomes flats, and what is wrong is said. */
import { readdirSync, writeFileSync } from 'node:fs';
import { afterAll, expect, it, vi } from 'vitest';
import { openPairs } from '../../engine/data/datasets.ts';
import { encodePng, type Picture } from '../../engine/pictures/pictures.ts';
import { temporary } from '../../testing/folder.ts';
import { commands } from './commands.ts';

const place = temporary();
afterAll(() => place.remove());
const run = async (...args: string[]) =>
  (await commands('sketches')).parseAsync(['sketches', ...args], { from: 'user' });

/** A disc of one colour on white. */
const disc = (colour: readonly number[]): Picture => ({
  ...{ width: 48, height: 48, channels: 3 },
  data: new Uint8Array(48 * 48 * 3).map((_, i) => {
    const pixel = Math.floor(i / 3);
    return Math.hypot((pixel % 48) - 24, Math.floor(pixel / 48) - 24) < 16 ? colour[i % 3]! : 255;
  }),
});

it('draws with the colours where there are some, as it is told otherwise, and refuses what is no style', async () => {
  const said = vi.spyOn(console, 'error').mockReturnValue();
  vi.spyOn(console, 'log').mockReturnValue();
  for (const [i, colour] of [
    [200, 40, 40],
    [30, 90, 200],
  ].entries())
    await encodePng(disc(colour), place.path(`art/${i}.png`));
  await encodePng(disc([0, 0, 0]), place.path('art/deeper/2.png'));
  writeFileSync(place.path('art/notes.txt'), 'x');
  await run(place.path('art'), '--out', place.path('pairs'));
  const warned = said.mock.calls.join('\n');
  expect(warned).toMatch(/2 files are not read.*notes\.txt is not a picture.*2\.png lies in the subfolder deeper\//s);
  expect(openPairs(place.path('pairs')).pairs.map(({ name }) => name)).toEqual(['0-flats-50', '1-flats-50']);
  await run(place.path('art'), '--out', place.path('both'), '--style', 'ink', 'hints', '--strength', '0', '1');
  expect(readdirSync(place.path('both', 'A'))).toHaveLength(8);
  await expect(run(place.path('art'), '--out', place.path('x'), '--strength', 'much')).rejects.toThrow('give 0 to 1');
  await expect(run(place.path('none'), '--out', place.path('x'))).rejects.toThrow();
});
