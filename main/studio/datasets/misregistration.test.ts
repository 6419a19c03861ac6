import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { openPairs } from '../../engine/data/datasets.ts';
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { writeSample } from '../samples.ts';
import { sketchOf } from './drawing.ts';
import { edgesOf, isMisaligned, REGISTERED, shiftBetween, type Shift } from './misregistration.ts';

let place: ReturnType<typeof temporary>;
beforeAll(async () => {
  place = temporary();
  await writeSample('props', place.path('props'), { count: 20 });
  await writeSample('renders', place.path('renders'), { count: 40 });
});
afterAll(() => place.remove());

async function edges(file: string): Promise<Uint8Array> {
  const size = { width: REGISTERED, height: REGISTERED };
  return edgesOf((await decodePicture(file, { ...size, channels: 3, quick: true })).data);
}

/** A drawing of the render, moved right by so many of its 256 pixels. */
async function moved(render: string, by: number): Promise<string> {
  const drawing = await sketchOf(render, { style: 'ink', strength: 0.5 });
  const wider = await sharp(drawing).extend({ left: by, background: '#fff' }).png().toBuffer();
  const file = place.path(`${by}-${basename(render)}`);
  writeFileSync(file, await sharp(wider).extract({ left: 0, top: 0, width: 256, height: 256 }).png().toBuffer());
  return file;
}

async function shiftsWhenMoved(by: number): Promise<Shift[]> {
  const renders = openPairs(place.path('props')).pairs.map(({ target }) => target.file);
  const shifts: Shift[] = [];
  for (const render of renders) shifts.push(shiftBetween(await edges(await moved(render, by)), await edges(render)));
  return shifts;
}

describe('misregistration', () => {
  it('is silent about drawings in their place', async () => {
    const shifts = await shiftsWhenMoved(0);
    expect(shifts.filter(isMisaligned)).toEqual([]);
  });

  it('finds moved drawings, and by how much', async () => {
    const found = (await shiftsWhenMoved(20)).filter(isMisaligned);
    expect(found.length).toBeGreaterThanOrEqual(18);
    for (const { dx, dy } of found)
      expect([Math.abs(dx * 256 + 20) <= 4, Math.abs(dy * 256) <= 4]).toEqual([true, true]);
  });

  it.each(['props', 'renders'])('seldom takes honest pairs by different hands for moved ones: %s', async (sample) => {
    let wrong = 0;
    for (const { input, target } of openPairs(place.path(sample)).pairs)
      if (isMisaligned(shiftBetween(await edges(input.file), await edges(target.file)))) wrong++;
    expect(wrong).toBeLessThanOrEqual(1); // 0.25 % of 800
  });

  it.each<[string, Shift, boolean]>([
    ['a clear shift', { dx: 0.1, dy: 0, best: 0.7, here: 0.1 }, true],
    ['one too small', { dx: 0.02, dy: -0.02, best: 1, here: 0 }, false],
    ['one that fits hardly better', { dx: 0.1, dy: 0, best: 0.9, here: 0.7 }, false],
    ['one that fits badly', { dx: 0, dy: -0.1, best: 0.4, here: 0 }, false],
    ['one that nobody sees', { dx: 0, dy: -2 / 64, best: 0.95, here: 0.5 }, false],
    ['a small one', { dx: 0, dy: -3 / 64, best: 0.85, here: 0.5 }, true],
  ])('judges %s', (_, shift, misaligned) => {
    expect(isMisaligned(shift)).toBe(misaligned);
  });

  it('says nothing of blank pictures', () => {
    const blank = edgesOf(new Uint8Array(REGISTERED * REGISTERED * 3));
    expect(isMisaligned(shiftBetween(blank, blank))).toBe(false);
  });
});
