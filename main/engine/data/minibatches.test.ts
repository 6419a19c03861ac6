import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.ts';
import { MinibatchSource } from './minibatches.ts';
import { UNVARIED, type Minibatch, type LoaderSettings } from '../processes/messages.ts';
import { decodePicture, encodePng, toPlanar, type Picture } from '../pictures/pictures.ts';

const SIZE = 16;
let folder: string;
let warnings: string[];

beforeEach(async () => {
  warnings = [];
  folder = mkdtempSync(join(tmpdir(), 'maquette-minibatches-'));
  for (let i = 0; i < 12; i++) {
    await encodePng(flat(SIZE, 60 + i), join(folder, 'A', `p${i}.png`));
    await encodePng(flat(2 * SIZE, 100 + i), join(folder, 'B', `p${i}.png`));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A picture whose left column is darker than the rest, which is all `value`. */
function flat(size: number, value: number): Picture {
  const data = new Uint8Array(size * size * 3).fill(value);
  for (let y = 0; y < size; y++) data.fill(0, y * size * 3, y * size * 3 + 3);
  return { width: size, height: size, channels: 3, data };
}

const open = (settings: Partial<LoaderSettings> = {}, cacheBytes?: number): MinibatchSource =>
  new MinibatchSource(
    {
      ...{ dataset: folder, kind: 'pairs', size: SIZE, channels: 3, batch: 1, seed: 5, holdout: 0 },
      augment: { flip: true, jitter: 0.1, zoom: 0.1, rotate: 10, colour: 0.2, hue: 20 },
      emphasis: null,
      only: null,
      ...settings,
    },
    (message) => warnings.push(message),
    cacheBytes,
  );

const damage = (name: string): void => writeFileSync(join(folder, 'A', `${name}.png`), 'not a picture');

async function steps(source: MinibatchSource, from: number, to: number): Promise<Minibatch[]> {
  const minibatches: Minibatch[] = [];
  for (let step = from; step < to; step++) minibatches.push(await source.batch(step));
  return minibatches;
}
const namesOf = (minibatches: readonly Minibatch[]): string[] => minibatches.flatMap(({ names }) => names['input']!);
const parts = ({ ports, names }: Minibatch) => ({
  names: names['input']!,
  input: ports['input']!,
  target: ports['target']!,
});

describe('MinibatchSource', () => {
  it('gives pixels untouched, resized to the size, when nothing is varied', async () => {
    const { names, input, target } = parts(await open({ augment: UNVARIED }).batch(0));
    const options = { width: SIZE, height: SIZE, channels: 3 } as const;
    expect(input).toEqual(toPlanar(await decodePicture(join(folder, 'A', `${names[0]}.png`), options)));
    expect(target).toEqual(toPlanar(await decodePicture(join(folder, 'B', `${names[0]}.png`), options)));
  });

  it('shows every picture once an epoch, in another order each time', async () => {
    const seen = namesOf(await steps(open({ batch: 3 }), 0, 8));
    expect(new Set(seen.slice(0, 12)).size).toBe(12);
    expect(new Set(seen.slice(12)).size).toBe(12);
    expect(seen.slice(12)).not.toEqual(seen.slice(0, 12));
  });

  it('shows emphasised pairs as often as is asked, the others all the same, and never holds them out', async () => {
    const names = namesOf(await steps(open(), 0, 2));
    const source = open({ holdout: 0.5, emphasis: { names, share: 0.5 } });
    expect(source.summary.heldOutNames.filter((name) => names.includes(name))).toEqual([]);
    const seen = namesOf(await steps(source, 0, 80));
    const taught = seen.filter((name) => names.includes(name)).length;
    expect(taught).toBeGreaterThan(25);
    expect(taught).toBeLessThan(55);
    expect(new Set(seen).size).toBe(source.summary.train + names.length);
    // And the split of the rest is what it is without them.
    const alone = open({ holdout: 0.5 }).summary.heldOutNames.filter((name) => !names.includes(name));
    expect(source.summary.heldOutNames).toEqual(expect.arrayContaining(alone.slice(0, 2)));
    expect(() => open({ emphasis: { names: ['gone'], share: 0.5 } })).toThrow('not in');
  });

  it('gives the same batch for the same step: asked again, in another order, after a restart, with no memory', async () => {
    const expected = await steps(open({ batch: 5 }), 0, 6);
    const again = open({ batch: 5 });
    expect(await again.batch(4)).toEqual(expected[4]);
    expect(await again.batch(1)).toEqual(expected[1]);
    expect(await again.batch(1)).toEqual(expected[1]);
    expect(await steps(open({ batch: 5 }, 0), 2, 6)).toEqual(expected.slice(2));
    expect(await open({ batch: 5, seed: 6 }).batch(0)).not.toEqual(expected[0]);
  });

  it('moves both pictures of a pair alike, and changes the colours of the input only', async () => {
    const augment = { ...UNVARIED, flip: true, colour: 0.5 };
    const source = open({ augment });
    const picture = { kind: 'picture', channels: 3 } as const;
    source.serve({ input: { ...picture, recolour: true }, target: { ...picture, recolour: false } });
    for (const { names, input, target } of (await steps(source, 0, 12)).map(parts)) {
      const darkLeft = (planes: Float32Array): boolean => planes[0]! < planes[SIZE - 1]!;
      expect(darkLeft(input)).toBe(darkLeft(target));
      const middle = target[(SIZE / 2) * SIZE + SIZE / 2]!;
      expect(Math.round((middle + 1) * 127.5)).toBe(100 + Number(names[0]!.slice(1)));
    }
  });

  it('fills a batch larger than the dataset', async () => {
    const { names, input } = parts(await open({ batch: 30 }).batch(0));
    expect([names.length, input.length]).toEqual([30, 30 * 3 * SIZE * SIZE]);
  });

  it('works ahead: the next minibatches are there before they are asked for', async () => {
    const source = open();
    const expected = await steps(open(), 0, 4);
    await source.batch(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    rmSync(join(folder, 'A'), { recursive: true });
    expect(await steps(source, 1, 4)).toEqual(expected.slice(1));
    expect(warnings).toEqual([]);
  });

  it('gives held-out pictures as they are, and never trains on them', async () => {
    const source = open({ holdout: 0.25 });
    const { heldOut, train, heldOutNames } = source.summary;
    expect([heldOut, train]).toEqual([3, 9]);
    const { names, input } = parts(await source.heldOut(1, 5));
    expect(names).toEqual(heldOutNames.slice(1));
    expect(input.slice(0, 3 * SIZE * SIZE)).toEqual(
      toPlanar(await decodePicture(join(folder, 'A', `${names[0]}.png`), { channels: 3 })),
    );
    const trained = namesOf(await steps(source, 0, 18));
    expect(trained.filter((name) => heldOutNames.includes(name))).toEqual([]);
  });

  it('of a run that is resumed knows what it began with, and leaves alone what came later', async () => {
    const first = open({ holdout: 0.25, batch: 3 });
    const { learnedNames, heldOutNames, fingerprint } = first.summary;
    const expected = await steps(first, 0, 4);
    for (const side of ['A', 'B'] as const)
      for (const name of ['later-1', 'later-2']) await encodePng(flat(SIZE, 90), join(folder, side, `${name}.png`));
    const resumed = open({ holdout: 0.25, batch: 3, only: [...learnedNames, ...heldOutNames] });
    expect(resumed.summary).toMatchObject({ learnedNames, heldOutNames, fingerprint });
    expect(resumed.summary.warnings).toEqual([expect.stringMatching(/^2 pictures came after this training began/)]);
    expect(await steps(resumed, 0, 4)).toEqual(expected);
    expect(open({ holdout: 0.25 }).summary.fingerprint).not.toBe(fingerprint);
    rmSync(join(folder, 'A', `${learnedNames[0]!}.png`));
    expect(open({ holdout: 0.25, only: learnedNames }).summary.fingerprint).not.toBe(fingerprint);
  });

  it('premultiplies RGBA', async () => {
    const { input } = parts(await open({ channels: 4, augment: UNVARIED }).batch(0));
    expect(input.length).toBe(4 * SIZE * SIZE);
    expect(new Set(input.slice(3 * SIZE * SIZE))).toEqual(new Set([1]));
  });

  it('says which pictures have no partner', async () => {
    await encodePng(flat(4, 1), join(folder, 'A', 'alone.png'));
    expect(open().summary.warnings).toEqual(['1 picture has no partner and is left out: A/alone.png']);
  });
});

describe('pictures that cannot be read', () => {
  it('are skipped and reported once, and the same ones take their place after a restart', async () => {
    damage('p3');
    damage('p7');
    const first = await steps(open(), 0, 36);
    expect(warnings).toHaveLength(2);
    expect(warnings.sort()[0]).toMatch(/^Skipped: .*p3\.png is named as PNG but is not a picture/);
    expect(namesOf(first)).not.toContain('p3');
    expect(new Set(namesOf(first)).size).toBe(10);
    expect(await steps(open(), 20, 36)).toEqual(first.slice(20));
  });

  it('are left out of the held-out part', async () => {
    const source = open({ holdout: 0.25 });
    const bad = source.summary.heldOutNames[0]!;
    damage(bad);
    expect(parts(await source.heldOut(0, 3)).names).toEqual(source.summary.heldOutNames.slice(1));
    expect(parts(await source.heldOut(0, 1)).input).toHaveLength(0);
    expect(warnings).toHaveLength(1);
  });

  it('end the run when no other is left', async () => {
    for (let i = 0; i < 12; i++) damage(`p${i}`);
    const failed = open().batch(0);
    await expect(failed).rejects.toThrow(/None of the 12 training pictures/);
    await expect(failed).rejects.toBeInstanceOf(UserError);
  });
});
