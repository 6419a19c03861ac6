/** Labelled pictures from the command line: a generator of noise and label, which nothing takes for a translator. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOneSet } from '../main/engine/data/one-set.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import type { SeenLabels } from '../main/hosts/cli/evaluate-made.ts';
import { readOnnx } from '../models/onnx/read.ts';
import { killAt, run } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { writeLabelled } from '../main/testing/datasets.ts';

const { path, remove } = temporary();
afterAll(remove);
beforeAll(() => writeLabelled(path('data'), 12));

const ARGS = ['--size', '32', '--width', '4', '--steps', '50', '--checkpoint-every', '20', '--threads', '1'];
const train = (out: string, ...more: string[]): string[] => [
  ...['train', 'cgan', path('data'), '--out', path(out), ...ARGS, '--json'],
  ...more,
];

describe('a training on labelled pictures', () => {
  it('trains, penalises every fourth step, shows what it makes of each label, and exports noise and label', async () => {
    const { status, events, stderr } = await run(...train('whole'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const steps = events.filter(({ event }) => event === 'step') as unknown as { losses: Record<string, number> }[];
    expect(steps).toHaveLength(50);
    const penalised = steps.flatMap(({ losses }, i) => ('dPenalty' in losses ? [i] : []));
    expect(penalised).toEqual(Array.from({ length: 13 }, (_, i) => 4 * i));
    const cells = readdirSync(path('whole', 'previews', 'step-000050')).sort();
    expect(cells).toEqual([...Array.from({ length: 6 }, (_, i) => `${i}-result.png`), 'preview.json']);
    const { rows } = JSON.parse(readFileSync(path('whole', 'previews', 'step-000050', 'preview.json'), 'utf8')) as {
      rows: { name: string }[];
    };
    expect(rows.map(({ name }) => name)).toEqual(['blue', 'red', 'blue', 'red', 'blue', 'red']);
    const { inputs, outputs, metadata } = readOnnx(readFileSync(path('whole', 'model.onnx')));
    expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['noise', [1, 64]],
      ['label', [1, 2]],
    ]);
    expect(outputs.map(({ name }) => name)).toEqual(['output']);
    expect(metadata['maquette.does']).toBe('generate');
    expect(JSON.parse(metadata['maquette.labels']!)).toEqual(['blue', 'red']);
    const exported = events.find(({ event }) => event === 'exported')!;
    expect(exported['maxDifference']).toBeLessThan(0.01);
  });

  it('goes on after a kill as if nothing had happened, to the last bit', async () => {
    await killAt(33, train('killed'));
    const { events } = await run(...train('killed', '--resume'));
    // It goes on working until it is killed: on a busy machine the newest checkpoint may be one later.
    const { step } = events.find(({ event }) => event === 'resumed') as unknown as { step: number };
    expect([20, 40]).toContain(step);
    const [killed, whole] = ['killed', 'whole'].map((name) => readFileSync(path(name, 'model.onnx')));
    expect(killed!.equals(whole!)).toBe(true);
  });

  it('is refused by what translates, in words', async () => {
    const { status, stderr } = await run('translate', path('whole'), path('data', 'red'), '--out', path('out'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/makes pictures from noise; it translates none/);
  });

  it('makes pictures by the label that is asked for, and is evaluated by them', async () => {
    const make = (label: string) =>
      run('generate', path('whole'), '--count', '2', '--label', label, '--out', path(label), '--json');
    for (const label of ['red', 'blue']) expect(await make(label)).toMatchObject({ status: 0 });
    const bytes = ['red', 'blue'].map((label) => readFileSync(path(label, '0001.png')));
    expect(bytes[0]!.equals(bytes[1]!)).toBe(false);
    const { status, stderr } = await make('green');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/knows no label "green"; it knows blue, red/)]);

    // The first picture, and one that is like it in its upper half.
    const hold = (box: string) =>
      run(...['generate', path('whole'), '--count', '2', '--label', 'red', '--hold', box, '--out', path('held')]);
    expect(await hold('0,0,32,16')).toMatchObject({ status: 0 });
    const pixels = (...file: string[]) => sharp(readFileSync(path(...file))).raw().toBuffer(); // oxfmt-ignore
    const [first, second] = await Promise.all(['0001.png', '0002.png'].map((file) => pixels('held', file)));
    expect(first!.equals(await pixels('red', '0001.png'))).toBe(true);
    const apart = Array.from(first!, (value, i) => Math.abs(value - second![i]!));
    const sum = (from: number, to: number): number => apart.slice(from, to).reduce((a, b) => a + b, 0);
    expect(sum(0, apart.length / 2)).toBeLessThan(0.5 * sum(apart.length / 2, apart.length));
    const beyond = await hold('0,20,32,16');
    expect([beyond.status, beyond.stderr]).toEqual([2, expect.stringMatching(/reaches beyond .* 32 x 32 pixels/)]);

    // Any label where none is asked for; what comes out is a dataset.
    expect(await run('generate', path('whole'), '--count', '8', '--out', path('any'))).toMatchObject({ status: 0 });
    expect(openOneSet(path('any'))).toMatchObject({ labels: ['blue', 'red'], unmatched: [], skipped: [] });
    expect((await run('generate', path('whole'), '--out', path('any'))).stderr).toMatch(/labels.csv is there already/);
    const sought = path('data', 'red', readdirSync(path('data', 'red'))[0]!);
    const found = await run('project', path('whole'), sought, '--label', 'red', '--out', path('found'), '--json');
    const { output, l1, drawnL1 } = found.events[0] as unknown as { output: string; l1: number; drawnL1: number };
    expect(existsSync(output)).toBe(true);
    expect(l1).toBeLessThan(drawnL1);

    const { events } = await run('evaluate', path('whole'), path('data'), '--json');
    const scores = events.at(-1)!;
    expect(Object.keys(scores)).toEqual([
      'event',
      'n',
      'swd',
      'swdReal',
      'variety',
      'copies',
      'agreement',
      'sliders',
      'codes',
    ]);
    expect(scores['codes']).toEqual([]); // all that it takes has a label
    const { made, real } = scores['agreement'] as SeenLabels;
    expect(real).toEqual({ n: 2, traits: { label: 1 }, all: 1 });
    expect(made.all).toBe(made.traits['label']);
    expect(scores['swd'] as number).toBeGreaterThan(scores['swdReal'] as number);
  });

  it('takes labels from a file beside the pictures, and says which pictures have none', async () => {
    const { status, stdout } = await run('train', 'cgan', path('listed'), '--out', path('of-list'), ...ARGS, '--json');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    mkdirSync(path('listed'));
    const lines = ['file,label'];
    for (let i = 0; i < 4; i++) {
      await encodePng(
        { width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(60 * i) },
        join(path('listed'), `p ${i}.png`),
      );
      if (i < 3) lines.push(`"p ${i}.png",${i % 2 ? 'odd' : '"even, or so"'}`);
    }
    writeFileSync(join(path('listed'), 'labels.csv'), lines.join('\r\n'));
    const listed = await run(
      'train',
      'cgan',
      path('listed'),
      '--out',
      path('of-list'),
      '--steps',
      '2',
      '--size',
      '32',
      '--width',
      '2',
      '--holdout',
      '0',
      '--json',
    );
    expect(listed.status).toBe(0);
    expect(listed.events.find(({ event }) => event === 'warning')!['message']).toBe(
      '1 picture has no label and is left out: p 3.png',
    );
    const { metadata } = readOnnx(readFileSync(path('of-list', 'model.onnx')));
    expect(JSON.parse(metadata['maquette.labels']!)).toEqual(['even, or so', 'odd']);
  });
});
