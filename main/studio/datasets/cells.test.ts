import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { decodePicture, encodePng } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { suggestPlan } from './suggest-plan.ts';
import { cutSheet, findCells, type Box, type IslandsPlan } from './cells.ts';
import { islands, readingOrder, type Mask } from './islands.ts';
import { rectangles } from './testing.ts';

let place: ReturnType<typeof temporary>;
beforeAll(() => {
  place = temporary();
});
afterAll(() => place.remove());

const PLAN: IslandsPlan = { mode: 'islands', tolerance: 8, gap: 0, least: 1, pad: 0 };
const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });

function maskOf(width: number, height: number, boxes: readonly Box[]): Mask {
  const data = new Uint8Array(width * height);
  for (const { left, top, ...size } of boxes)
    for (let y = top; y < top + size.height; y++) data.fill(1, y * width + left, y * width + left + size.width);
  return { width, height, data };
}

/** A mask from a drawing: # is something. */
function drawn(...rows: string[]): Mask {
  const width = rows[0]!.length;
  return { width, height: rows.length, data: Uint8Array.from(rows.join(''), (sign) => (sign === '#' ? 1 : 0)) };
}

const sorted = (boxes: readonly Box[]): Box[] => boxes.toSorted((a, b) => a.top - b.top || a.left - b.left);

/** Empty pixels between two boxes, in the direction in which there are more. */
const between = (a: Box, b: Box): number =>
  Math.max(
    Math.max(a.left, b.left) - Math.min(a.left + a.width, b.left + b.width),
    Math.max(a.top, b.top) - Math.min(a.top + a.height, b.top + b.height),
  );

describe('islands', () => {
  const rectangle = fc
    .record({
      left: fc.nat(50),
      top: fc.nat(40),
      width: fc.integer({ min: 1, max: 14 }),
      height: fc.integer({ min: 1, max: 14 }),
    })
    .filter(({ left, top, width, height }) => left + width <= 60 && top + height <= 48);

  it('finds rectangles apart exactly, whatever the gap that is bridged', () => {
    fc.assert(
      fc.property(fc.array(rectangle, { maxLength: 12 }), fc.nat(4), (all, gap) => {
        const apart = all.reduce<Box[]>(
          (kept, one) => (kept.every((other) => between(one, other) > gap) ? [...kept, one] : kept),
          [],
        );
        expect(sorted(islands(maskOf(60, 48, apart), gap))).toEqual(sorted(apart));
      }),
    );
  });

  it('bridges exactly the gap, in any direction', () => {
    fc.assert(
      fc.property(rectangle, rectangle, fc.nat(5), (a, b, gap) => {
        expect(islands(maskOf(60, 48, [a, b]), gap)).toHaveLength(between(a, b) <= gap ? 1 : 2);
      }),
    );
  });

  it('follows shapes that join late, touch at a corner, or lie in each other', () => {
    expect(islands(drawn('#.#.#', '#.#.#', '#####'), 0)).toEqual([box(0, 0, 5, 3)]);
    expect(islands(drawn('#...', '.#..', '...#'), 0)).toEqual([box(0, 0, 2, 2), box(3, 2, 1, 1)]);
    expect(islands(drawn('#####', '#...#', '#.#.#', '#...#', '#####'), 0)).toEqual([box(0, 0, 5, 5), box(2, 2, 1, 1)]);
    expect(islands(drawn('...'), 0)).toEqual([]);
  });

  it('reads as a person does: rows of uneven things from the left', () => {
    const row = [box(0, 4, 10, 10), box(20, 0, 10, 16), box(40, 6, 10, 6)];
    const next = [box(0, 30, 10, 10), box(20, 28, 10, 10)];
    expect(readingOrder([...next, ...row].reverse())).toEqual([...row, ...next]);
  });

  it('looks at a large sheet quickly', () => {
    const random = new Uint8Array(2048 * 2048).map((_, i) => (Math.imul(i, 2654435761) >>> 30 === 0 ? 1 : 0));
    const began = performance.now();
    islands({ width: 2048, height: 2048, data: random }, 1);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('findCells', () => {
  it('finds things by alpha, or by the colour of the corner', async () => {
    const things = [box(2, 2, 10, 8), box(20, 3, 6, 6), box(4, 20, 12, 12), box(30, 30, 2, 2)];
    for (const channels of [3, 4] as const) {
      const file = place.path(`sheet-${channels}.png`);
      await encodePng(rectangles({ width: 48, height: 40, channels }, things), file);
      expect(await findCells(file, PLAN)).toEqual(things);
      expect(await findCells(file, { ...PLAN, least: 3 })).toEqual(things.slice(0, 3));
      expect(await findCells(file, { ...PLAN, least: 3, pad: 3 })).toEqual([
        ...[box(0, 0, 15, 13), box(17, 0, 12, 12), box(1, 17, 18, 18)],
      ]);
      expect(await findCells(file, { ...PLAN, gap: 7 })).toHaveLength(4);
      expect(await findCells(file, { ...PLAN, gap: 8 })).toHaveLength(3); // the first two are 8 pixels apart
    }
  });

  it('cuts a grid, without its empty cells', async () => {
    const file = place.path('grid.png');
    await encodePng(
      rectangles({ width: 3 + 4 * 10 + 3 * 2 + 3, height: 3 + 2 * 10 + 2 + 3, channels: 4 }, [
        box(4, 4, 5, 5),
        box(16, 16, 5, 5),
      ]),
      file,
    );
    const plan = { mode: 'grid', columns: 4, rows: 2, margin: 3, spacing: 2 } as const;
    expect(await findCells(file, plan)).toEqual([box(3, 3, 10, 10), box(15, 15, 10, 10)]);
    for (const wrong of [{ columns: 0 }, { columns: 1.5 }, { margin: 40 }, { spacing: -1 }, { columns: 1000 }])
      await expect(findCells(file, { ...plan, ...wrong })).rejects.toThrow(/cannot be cut/);
    await expect(findCells(file, { ...PLAN, gap: -1 })).rejects.toThrow(UserError);
    await expect(findCells(place.path('nowhere.png'), PLAN)).rejects.toThrow(UserError);
  });
});

describe('suggestPlan', () => {
  const things = Array.from({ length: 12 }, (_, i) =>
    box(32 * (i % 4) + 3 + (i % 5), 32 * Math.floor(i / 4) + 5, 10 + i, 20),
  );
  it('guesses the columns and rows from the gutters', async () => {
    for (const channels of [3, 4] as const) {
      await encodePng(rectangles({ width: 128, height: 96, channels }, things), place.path('guess.png'));
      const plan = { mode: 'grid', columns: 4, rows: 3, margin: 0, spacing: 0 };
      expect(await suggestPlan(place.path('guess.png'))).toEqual(plan);
    }
  });

  it.each([
    [1, 1],
    [0, 2],
    [4, 0],
    [3, 5],
  ])('guesses a margin of %i and a spacing of %i', async (margin, spacing) => {
    const at = (i: number): number => margin + i * (24 + spacing);
    // Things that fill their cells but for a corner: only the gutters are empty all along.
    const less = spacing === 0 ? 1 : 0;
    const cells = Array.from({ length: 8 }, (_, i) => [at(i % 4), at(Math.floor(i / 4))] as const).flatMap(([x, y]) => [
      box(x, y, 24 - less, 12),
      box(x, y + 12, 12, 12 - less),
    ]);
    const size = { width: 2 * margin + 4 * 24 + 3 * spacing, height: 2 * margin + 2 * 24 + spacing };
    await encodePng(rectangles({ ...size, channels: 4 }, cells), place.path('gutters.png'));
    const plan = await suggestPlan(place.path('gutters.png'));
    expect(plan).toMatchObject({ mode: 'grid', columns: 4, rows: 2 });
    expect(await findCells(place.path('gutters.png'), plan)).toHaveLength(8);
  });

  it('guesses cells of a round size, in which things lie alike', async () => {
    const cells = Array.from({ length: 12 }, (_, i) => {
      const [column, row, size] = [i % 4, Math.floor(i / 4), 70 + ((7 * i) % 12)];
      const inset = Math.floor((96 - size) / 2);
      return box(8 + 104 * column + inset, 8 + 104 * row + inset, size, size);
    });
    await encodePng(rectangles({ width: 424, height: 320, channels: 4 }, cells), place.path('round.png'));
    const plan = { mode: 'grid', columns: 4, rows: 3, margin: 8, spacing: 8 };
    expect(await suggestPlan(place.path('round.png'))).toEqual(plan);
  });

  it('knows the noise of a JPEG from things: by grid, and by islands', async () => {
    const sheet = rectangles({ width: 128, height: 96, channels: 3 }, things);
    const jpeg = await sharp(sheet.data, { raw: { width: 128, height: 96, channels: 3 } })
      .jpeg({ quality: 60 })
      .toBuffer();
    writeFileSync(place.path('noise.jpg'), jpeg);
    expect(await suggestPlan(place.path('noise.jpg'))).toMatchObject({ mode: 'grid', columns: 4, rows: 3 });
  });

  it('joins loose parts of things that lie anyhow', async () => {
    const apart = [box(3, 2, 30, 40), box(50, 11, 28, 30), box(20, 46, 40, 40), box(36, 20, 3, 3), box(63, 50, 4, 3)];
    await encodePng(rectangles({ width: 96, height: 100, channels: 4 }, apart), place.path('loose.png'));
    const plan = await suggestPlan(place.path('loose.png'));
    expect(plan).toMatchObject({ mode: 'islands', gap: 3 });
    expect(await findCells(place.path('loose.png'), plan)).toHaveLength(3);
  });

  it('takes one thing without gutters as one', async () => {
    await encodePng(rectangles({ width: 64, height: 64, channels: 4 }, [box(1, 1, 62, 62)]), place.path('one.png'));
    expect(await findCells(place.path('one.png'), await suggestPlan(place.path('one.png')))).toHaveLength(1);
  });
});

describe('cutSheet', () => {
  it('writes each thing with its alpha, and says how far it is', async () => {
    const half = { r: 10, g: 200, b: 30, alpha: 0.5 };
    const dot = await sharp({ create: { width: 6, height: 4, channels: 4, background: half } })
      .png()
      .toBuffer();
    const sheet = sharp({ create: { width: 40, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    const placed = [2, 20].map((left) => ({ input: dot, left, top: 5 }));
    const file = place.path('Bögen.png');
    writeFileSync(file, await sheet.composite(placed).png().toBuffer());
    const progress: number[] = [];
    const folder = place.path('cells');
    const { files } = await cutSheet({ file, plan: PLAN, folder, onProgress: (done) => progress.push(done) });
    expect(files).toEqual([1, 2].map((i) => place.path('cells', `Bögen-00${i}.png`)));
    expect(progress).toEqual([1, 2]);
    const cell = await sharp(readFileSync(files[1]!)).raw().toBuffer({ resolveWithObject: true });
    expect(cell.info).toMatchObject({ width: 6, height: 4, channels: 4 });
    expect([...cell.data.subarray(0, 4)]).toEqual([10, 199, 30, 128]); // to a level: it was premultiplied
    expect((await decodePicture(files[0]!, { channels: 4 })).width).toBe(6);
  });

  it('says when there is nothing on it, and where it cannot write', async () => {
    const file = place.path('empty.png');
    await encodePng(rectangles({ width: 20, height: 20, channels: 4 }, []), file);
    await expect(cutSheet({ file, plan: PLAN, folder: place.path('c') })).rejects.toThrow(/no cell/);
    await encodePng(rectangles({ width: 20, height: 20, channels: 4 }, [box(1, 1, 4, 4)]), file);
    await expect(cutSheet({ file, plan: PLAN, folder: `${file}/c` })).rejects.toThrow(UserError);
  });
});
