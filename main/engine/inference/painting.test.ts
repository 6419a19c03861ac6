import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../../models/onnx/read.ts';
import { startRuntime } from '../cpu/ort.ts';
import { Painting, type Subject } from './painting.ts';
import { seamScore, TILED } from '../metrics/seams.ts';
import { randomModel } from '../testing/testing-model.ts';
import { values } from '../testing/testing.ts';
import { Translator } from './translator.ts';
import { varies, Variation } from './variation.ts';

beforeAll(() => startRuntime(1));

const brushOf = (bytes: Uint8Array) => ({ translator: new Translator(bytes, 'model'), variation: Variation.of(bytes) });
const subject = (over: Partial<Subject> = {}): Subject => ({
  ...{ drawing: 'd', width: 32, height: 32, wrap: false, scaling: 'tiles', seed: 0 },
  ...over,
});
/** Opaque coloured noise. */
function drawing(width: number, height: number, seed = 1) {
  const noise = values(seed, 'drawing', [height, width, 4], [0, 255]);
  const bytes = Uint8Array.from(noise, (value, i) => (i % 4 === 3 ? 255 : value));
  return { left: 0, top: 0, width, height, bytes };
}
const never = (): boolean => false;
async function painted(painting: Painting): Promise<Uint8Array> {
  while ((await painting.paint('full', never)).left > 0);
  return Uint8Array.from(await painting.precise(), (value) => Math.round(value / 257));
}

describe('a painting', () => {
  it('gives what the model gives', async () => {
    const brush = brushOf(randomModel());
    const painting = new Painting(subject(), brush);
    const given = drawing(32, 32);
    expect(painting.known).toBe(false);
    painting.take(given);
    expect(painting.known).toBe(true);
    const { region, left, seam } = await painting.paint('full', never);
    expect({ left, seam }).toEqual({ left: 0, seam: null });
    const planes = new Float32Array(3 * 1024).map(
      (_, i) => given.bytes[(i % 1024) * 4 + Math.floor(i / 1024)]! / 127.5 - 1,
    );
    const direct = await brush.translator.run(planes);
    for (let i = 0; i < 1024; i++)
      for (let c = 0; c < 3; c++)
        expect(Math.abs(region.bytes[i * 4 + c]! - (direct[c * 1024 + i]! + 1) * 127.5)).toBeLessThanOrEqual(1);
  });

  it('after many small changes is what it would be if painted at once', async () => {
    const brush = brushOf(randomModel());
    for (const [wrap, width, height] of [
      [false, 100, 70],
      [true, 100, 70],
      [true, 32, 32],
      [true, 16, 40],
    ] as const) {
      const little = new Painting(subject({ width, height, wrap }), brush);
      const shown = new Uint8Array(width * height * 4);
      const show = async (quality: 'draft' | 'full'): Promise<number> => {
        const { region, left } = await little.paint(quality, never);
        for (let y = 0; y < region.height; y++)
          shown.set(
            region.bytes.subarray(y * region.width * 4, (y + 1) * region.width * 4),
            ((region.top + y) * width + region.left) * 4,
          );
        return left;
      };
      little.take(drawing(width, height, 1));
      await show('full');
      const last = drawing(width, height, 2);
      for (let y = 0; y < height; y += 10) {
        const rows = Math.min(10, height - y);
        little.take({
          left: 0,
          top: y,
          width,
          height: rows,
          bytes: last.bytes.subarray(y * width * 4, (y + rows) * width * 4),
        });
        await show('draft');
      }
      while ((await show('full')) > 0);
      const once = new Painting(subject({ width, height, wrap }), brush);
      once.take(last);
      const whole = await painted(once);
      const worst = whole.reduce((most, value, i) => Math.max(most, Math.abs(value - shown[i]!)), 0);
      expect(worst, `${width} x ${height}, wrap ${wrap}`).toBeLessThanOrEqual(1);
    }
  });

  it('that wraps has no seam, and one that does not has', async () => {
    const brush = brushOf(randomModel({ size: 64 }));
    // Smooth and periodic, so that only the model can make a seam.
    const side = 64;
    const bytes = new Uint8Array(side * side * 4).fill(255);
    for (let i = 0; i < side * side; i++)
      for (let c = 0; c < 3; c++)
        bytes[i * 4 + c] = 128 + 100 * Math.sin((2 * Math.PI * ((c + 1) * (i % side) + Math.floor(i / side))) / side);
    const score = async (wrap: boolean): Promise<number> => {
      const painting = new Painting(subject({ width: side, height: side, wrap }), brush);
      painting.take({ left: 0, top: 0, width: side, height: side, bytes });
      return seamScore({ data: await painted(painting), width: side, height: side, channels: 4 }, TILED);
    };
    expect(await score(true)).toBeLessThan(1.15);
    expect(await score(false)).toBeGreaterThan(1.3);
  });

  it('stops after a tile when something more urgent waits, and goes on later', async () => {
    const painting = new Painting(subject({ width: 128, height: 128 }), brushOf(randomModel()));
    painting.take(drawing(128, 128));
    const first = await painting.paint('full', () => true);
    expect(first.left).toBeGreaterThan(0);
    expect(first.region.width).toBe(32);
  });

  it('can be interrupted inside the model, and loses nothing by it', async () => {
    const brush = brushOf(randomModel({ size: 256, width: 16 }));
    const size = { width: 256, height: 256 };
    const painting = new Painting(subject(size), brush);
    painting.take(drawing(256, 256));
    const draft = painting.paint('draft', never);
    await new Promise((resolve) => setTimeout(resolve, 1));
    painting.interrupt();
    const { left, region } = await draft;
    expect({ left, width: region.width }).toEqual({ left: 1, width: 0 });
    const whole = await painted(painting);
    const again = new Painting(subject(size), brush);
    again.take(drawing(256, 256));
    expect(await painted(again)).toEqual(whole);
  });

  it('that is drawn on while its copy is made smaller is painted again', async () => {
    const brush = brushOf(randomModel());
    const begun = (seed: number): Painting => {
      const painting = new Painting(subject({ width: 80, height: 48, scaling: 'fit' }), brush);
      painting.take(drawing(80, 48, seed));
      return painting;
    };
    const whole = await painted(begun(2));
    // Somewhere between the beginning of the copy and its end.
    for (let turns = 0; turns < 12; turns++) {
      const painting = begun(1);
      const before = painting.paint('full', never);
      for (let i = 0; i < turns; i++) await new Promise(setImmediate);
      painting.take(drawing(80, 48, 2));
      await before;
      expect(await painted(painting), `after ${turns} turns`).toEqual(whole);
    }
  });

  it('fits a whole drawing into the model, and its result back', async () => {
    const brush = brushOf(randomModel());
    for (const wrap of [false, true]) {
      const painting = new Painting(subject({ width: 80, height: 48, scaling: 'fit', wrap }), brush);
      painting.take(drawing(80, 48));
      const { region, left } = await painting.paint('full', never);
      expect(left).toBe(0);
      expect([region.width, region.height, region.bytes.length]).toEqual([80, 48, 80 * 48 * 4]);
      // What is exported, at 16 bits, is what is shown.
      const exported = await painted(painting);
      const worst = exported.reduce((most, value, i) => Math.max(most, Math.abs(value - region.bytes[i]!)), 0);
      expect(worst).toBeLessThanOrEqual(2);
    }
  });

  it('varies with the seed where the model was trained with dropout, and is the same for the same seed', async () => {
    const bytes = randomModel({ size: 128, dropout: 0.5 });
    expect(varies(readOnnx(bytes))).toBe(true);
    expect(varies(readOnnx(randomModel({ size: 128 })))).toBe(false);
    const brush = brushOf(bytes);
    const of = async (seed: number): Promise<Uint8Array> => {
      const painting = new Painting(subject({ width: 128, height: 128, seed }), brush);
      painting.take(drawing(128, 128));
      return painted(painting);
    };
    const [plain, one, again, two] = [await of(0), await of(1), await of(1), await of(2)];
    expect(one).toEqual(again);
    expect(one).not.toEqual(two);
    expect(plain).not.toEqual(one);
  });

  it('keeps alpha, not premultiplied, with a model of four channels', async () => {
    const painting = new Painting(subject(), brushOf(randomModel({ channels: 4 })));
    painting.take(drawing(32, 32));
    const { region } = await painting.paint('full', never);
    const alphas = region.bytes.filter((_, i) => i % 4 === 3);
    expect(new Set(alphas).size).toBeGreaterThan(10);
  });

  it('refuses a region outside of the drawing', () => {
    const painting = new Painting(subject(), brushOf(randomModel()));
    expect(() => painting.take({ left: 30, top: 0, width: 4, height: 1, bytes: new Uint8Array(16) })).toThrow(
      RangeError,
    );
  });
});
