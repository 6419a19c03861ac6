import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodePicture, probePicture } from '../engine/pictures/pictures.ts';
import { UserError } from '../errors.ts';
import { openPairs, openSets } from '../engine/data/datasets.ts';
import { SAMPLE_NAMES, writeSample } from './samples.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'maquette-samples-'));
});
afterEach(() => rmSync(out, { recursive: true }));

const names = (): string[] => openPairs(out).pairs.map(({ name }) => name);

describe('the sample props', () => {
  it('writes pairs of 256 px: ink on opaque white, and a render with alpha', async () => {
    const progress: string[] = [];
    const onProgress = (done: number, total: number): number => progress.push(`${done}/${total}`);
    expect(await writeSample('props', out, { count: 6, onProgress })).toEqual({ items: 6, written: 12 });
    expect(progress).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
    expect(openPairs(out).unmatched).toEqual([]);
    for (const name of names()) {
      const [ink, render] = [join(out, 'A', `${name}.png`), join(out, 'B', `${name}.png`)];
      expect(await probePicture(ink)).toEqual({ width: 256, height: 256, hasAlpha: false, deep: false, format: 'png' });
      expect(await probePicture(render)).toEqual({
        width: 256,
        height: 256,
        hasAlpha: true,
        deep: false,
        format: 'png',
      });
      const { data } = await decodePicture(ink, { channels: 3 });
      expect(data.subarray(0, 3)).toEqual(Uint8Array.of(255, 255, 255)); // the ground
      expect(data.includes(0)).toBe(true); // the ink
      const alpha = (await decodePicture(render, { channels: 4 })).data.filter((_, i) => i % 4 === 3);
      expect([alpha.includes(0), alpha.includes(255)]).toEqual([true, true]);
    }
  });

  it('carries the notices of both packages', async () => {
    await writeSample('props', out, { count: 1 });
    const notices = readFileSync(join(out, 'LICENSES.md'), 'utf8');
    expect(notices).toMatch(/Copyright \(c\) Microsoft Corporation/);
    expect(notices).toMatch(/Copyright \(c\) 2023 LobeHub/);
    expect(notices.match(/Permission is hereby granted/g)).toHaveLength(2);
  });

  it('takes the same evenly spread part each time', async () => {
    await writeSample('props', out, { count: 5 });
    const first = names();
    expect(first.map((name) => name[0]).join('')).toMatch(/^[1a-c][c-h][f-l][l-s][s-z]$/);
    rmSync(join(out, 'A'), { recursive: true });
    rmSync(join(out, 'B'), { recursive: true });
    await writeSample('props', out, { count: 5 });
    expect(names()).toEqual(first);
  });

  it('goes on where it was cut off, and keeps what is there', async () => {
    await writeSample('props', out, { count: 4 });
    const [kept, lost] = names().map((name) => join(out, 'B', `${name}.png`)) as [string, string];
    const { mtimeMs } = statSync(kept);
    rmSync(lost);
    expect(await writeSample('props', out, { count: 4 })).toEqual({ items: 4, written: 1 });
    expect([existsSync(lost), statSync(kept).mtimeMs]).toEqual([true, mtimeMs]);
  });

  it.each([0, -3, 1.5, 1235, Number.NaN])('refuses a count of %d, and says that there are 1234', async (count) => {
    await expect(writeSample('props', out, { count })).rejects.toThrow(/1,234 things: give a count from 1 to 1234/);
  });
});

describe('the sample renders', () => {
  it('writes pairs of 256 px with alpha: flat colours, and a render of the same thing in the same colours', async () => {
    expect(await writeSample('renders', out, { count: 6 })).toEqual({ items: 6, written: 12 });
    expect(openPairs(out).unmatched).toEqual([]);
    for (const name of names()) {
      const colours = new Map<string, number[]>();
      for (const side of ['A', 'B']) {
        const file = join(out, side, `${name}.png`);
        expect(await probePicture(file)).toEqual({
          width: 256,
          height: 256,
          hasAlpha: true,
          deep: false,
          format: 'png',
        });
        const { data } = await decodePicture(file, { channels: 4 });
        const alpha = data.filter((_, i) => i % 4 === 3);
        expect([alpha.includes(0), alpha.includes(255)], `${side}/${name}`).toEqual([true, true]);
        const sums = [0, 0, 0];
        for (let i = 0; i < data.length; i++) if (i % 4 < 3) sums[i % 4]! += (data[i]! * data[i - (i % 4) + 3]!) / 255;
        colours.set(
          side,
          sums.map((sum) => sum / alpha.reduce((a, b) => a + b / 255, 0)),
        );
      }
      const [flat, render] = [colours.get('A')!, colours.get('B')!];
      for (const [i, value] of flat.entries()) expect(Math.abs(value - render[i]!), name).toBeLessThan(70);
    }
  });

  it('has 1,569 things, none of them in another colour of skin', async () => {
    await expect(writeSample('renders', out, { count: 1570 })).rejects.toThrow(/1,569 things: give a count/);
    await writeSample('renders', out, { count: 300 });
    expect(names().filter((name) => /-(light|medium|medium-light|medium-dark|dark)$/.test(name))).toEqual([]);
  });

  it('carries the notices of both packages', async () => {
    await writeSample('renders', out, { count: 1 });
    const notices = readFileSync(join(out, 'LICENSES.md'), 'utf8');
    expect(notices).toContain('@iconify-json/fluent-emoji-flat');
    expect(notices.match(/Permission is hereby granted/g)).toHaveLength(2);
  });
});

describe('the sample portraits', () => {
  it('writes two sets of 256 px: ink without colour, and colours, each portrait another one', async () => {
    expect(await writeSample('portraits', out, { count: 5 })).toEqual({ items: 5, written: 10 });
    const { a, b } = openSets(out);
    expect([a.length, b.length]).toEqual([5, 5]);
    const seen = new Set<string>();
    for (const [set, coloured] of [
      [a, false],
      [b, true],
    ] as const)
      for (const { picture } of set) {
        expect(await probePicture(picture.file)).toEqual({
          width: 256,
          height: 256,
          hasAlpha: false,
          deep: false,
          format: 'png',
        });
        const { data } = await decodePicture(picture.file, { channels: 3 });
        expect(data.some((value, i) => value !== data[i - (i % 3)])).toBe(coloured);
        expect(data.filter((value) => value === 255).length).toBeGreaterThan(data.length / 4);
        seen.add(Buffer.from(data).toString('base64'));
      }
    expect(seen.size).toBe(10);
  });

  it('carries the notices of the designer, the drawings and the code', async () => {
    await writeSample('portraits', out, { count: 1 });
    const notices = readFileSync(join(out, 'LICENSES.md'), 'utf8');
    for (const part of ['Lisa Wischofsky', 'CC BY 4.0', 'CC0 1.0', 'Florian Körner']) expect(notices).toContain(part);
  });
});

describe('writeSample', () => {
  it('knows its samples', async () => {
    expect(Object.keys(SAMPLE_NAMES)).toEqual([
      'renders',
      'props',
      'portraits',
      'characters',
      'adventurers',
      'materials',
      'heights',
    ]);
    for (const unknown of ['prop', 'toString'])
      await expect(writeSample(unknown, out)).rejects.toThrow(
        /There is no sample ".*": choose one of renders, props, portraits, characters, adventurers, materials, heights/,
      );
  });

  it('says where it cannot write', async () => {
    writeFileSync(join(out, 'file'), '');
    await expect(writeSample('props', join(out, 'file'), { count: 1 })).rejects.toThrow(UserError);
  });
});

describe('the sample of characters', () => {
  it('has as many as are asked for, the first of them the same, and says of each what it shows', async () => {
    const [few, more] = [join(out, 'few'), join(out, 'more')];
    await writeSample('characters', few, { count: 3 });
    await writeSample('characters', more, { count: 5 });
    const [csv, ...rows] = readFileSync(join(few, 'labels.csv'), 'utf8').trim().split('\n');
    expect(csv).toBe('file,hair,skin,expression');
    expect(rows).toHaveLength(3);
    expect(readFileSync(join(more, 'labels.csv'), 'utf8').split('\n').slice(1, 4)).toEqual(rows);
    for (const row of rows) {
      const [file, ...traits] = row.split(',');
      expect(
        traits.every((trait) => /^[a-z]+$/i.test(trait)),
        row,
      ).toBe(true);
      expect(readFileSync(join(few, file!)).equals(readFileSync(join(more, file!)))).toBe(true);
    }
    expect(readFileSync(join(few, 'LICENSES.md'), 'utf8')).toContain('Johan Melin');
    await expect(writeSample('adventurers', more, { count: 100_000 })).rejects.toThrow('from 1 to 99999');
  });
});
