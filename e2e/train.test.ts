/** Training from the command line: it learns, it survives being killed, it stops when asked. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { killAt, run, start, type Ended } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { writePairs } from '../main/testing/datasets.ts';

const { path, remove } = temporary();
const TINY = ['--size', '32', '--width', '8', '--seed', '3', '--json'];
const train = (out: string, ...more: string[]): string[] => [
  'train',
  'pix2pix',
  path('pairs'),
  '--out',
  path(out),
  ...TINY,
  ...more,
];
const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The same pairs, their targets cut out: white is nothing. */
async function writeCutOut(from: string, to: string): Promise<void> {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(join(to, 'B'))) {
    const file = join(to, 'B', name);
    const { data, info } = await sharp(readFileSync(file)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    for (let i = 0; i < data.length; i += 4) if (data[i] === 255 && data[i + 1] === 255) data[i + 3] = 0;
    writeFileSync(
      file,
      await sharp(data, { raw: { ...info, channels: 4 } })
        .png()
        .toBuffer(),
    );
  }
}

/** The alpha of a picture. */
const alphaOf = async (file: string): Promise<Uint8Array> =>
  new Uint8Array(await sharp(readFileSync(file)).ensureAlpha().extractChannel('alpha').raw().toBuffer());

beforeAll(() => writePairs(path('pairs'), 24));
afterAll(remove);

describe('train pix2pix', () => {
  let whole: Ended;
  beforeAll(async () => {
    whole = await run(
      ...train('whole', '--steps', '160', '--checkpoint-every', '40', '--dropout', '0.2', '--jitter', '0.1'),
    );
  });

  it('reports every step and ends with a verified model', () => {
    expect(whole.stderr).toBe('');
    expect(whole.status).toBe(0);
    expect(whole.events.filter(({ event }) => event === 'step').map(({ step }) => step)).toEqual(
      Array.from({ length: 160 }, (_, i) => i + 1),
    );
    expect(whole.done).toEqual({ event: 'done', step: 160, model: path('whole', 'model.onnx') });
    const exported = whole.events.find(({ event }) => event === 'exported')!;
    expect(exported['maxDifference']).toBeLessThan(0.5);
  });

  /** Previews of the first steps, and with every checkpoint. */
  const [EARLY, CHECKPOINTS] = [2, 4]; // steps 10 and 50; 40, 80, 120 and 160

  it('learns: held-out pictures come closer to the truth', () => {
    const previews = whole.events
      .filter(({ event }) => event === 'preview')
      .map(({ score }) => (score as { l1: number }).l1);
    expect(previews).toHaveLength(EARLY + CHECKPOINTS);
    expect(previews.at(-1)).toBeLessThan(0.7 * previews[0]!);
  });

  it('leaves a run folder with the last three checkpoints, previews and metrics', () => {
    expect(readdirSync(path('whole')).sort()).toEqual([
      'checkpoints',
      'metrics.jsonl',
      'model.onnx',
      'previews',
      'run.json',
    ]);
    expect(readdirSync(path('whole', 'checkpoints'))).toEqual([
      'step-000080.safetensors',
      'step-000120.safetensors',
      'step-000160.safetensors',
    ]);
    expect(readdirSync(path('whole', 'previews')).filter((name) => name.endsWith('.png'))).toHaveLength(
      EARLY + CHECKPOINTS,
    );
    const logged = readFileSync(path('whole', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { step: number; losses?: object });
    expect(logged.filter(({ losses }) => losses)).toHaveLength(160);
  });

  it('gives the same bits after SIGKILL at random steps as without', async () => {
    const args = train(
      'killed',
      '--steps',
      '160',
      '--checkpoint-every',
      '10',
      '--dropout',
      '0.2',
      '--jitter',
      '0.1',
      '--resume',
    );
    let at = 0;
    for (let i = 0; i < 3; i++) {
      at += 5 + Math.floor(Math.random() * 40);
      const { signal, stderr } = await killAt(at, args);
      expect(signal, stderr).toBe('SIGKILL');
      expect(existsSync(path('killed', 'model.onnx'))).toBe(false);
    }
    const resumed = await run(...args);
    expect(resumed.stderr).toBe('');
    expect(resumed.events.find(({ event }) => event === 'resumed')!['step']).toBeGreaterThanOrEqual(at - 10);
    expect(hash(path('killed', 'model.onnx')), `killed at ${at}`).toBe(hash(path('whole', 'model.onnx')));
    const losses = (folder: string): string[] =>
      readFileSync(path(folder, 'metrics.jsonl'), 'utf8')
        .split('\n')
        .flatMap((line) => /"losses":\{[^}]*\}/.exec(line)?.[0] ?? []);
    expect(losses('killed')).toEqual(losses('whole'));
  });

  it('ends at once where the run is complete, whose settings need not be said again', async () => {
    const again = await run('train', 'pix2pix', path('pairs'), '--out', path('whole'), '--resume', '--json');
    expect(again.stderr).toBe('');
    expect(again.status).toBe(0);
    expect(again.events.map(({ event }) => event)).toEqual(['opened', 'resumed', 'done']);
  });

  it('knows a run of an older Maquette, which had fewer settings', async () => {
    const file = path('whole', 'run.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as { settings: Record<string, unknown> };
    expect(record.settings['featureWeight']).toBe(0);
    delete record.settings['featureWeight'];
    writeFileSync(file, JSON.stringify(record));
    const again = await run(...train('whole', '--steps', '160', '--dropout', '0.2', '--jitter', '0.1', '--resume'));
    expect(again.events.map(({ event }) => event)).toEqual(['opened', 'resumed', 'done']);
    // One of a newer Maquette has settings that would be lost: it is refused.
    writeFileSync(file, JSON.stringify({ ...record, settings: { ...record.settings, unheardOf: 1 } }));
    const refused = await run(...train('whole', '--steps', '160', '--dropout', '0.2', '--jitter', '0.1', '--resume'));
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/begun with other settings/);
    writeFileSync(file, JSON.stringify(record));
  });

  it('writes the same model again where the run is complete and its model is gone', async () => {
    const before = hash(path('whole', 'model.onnx'));
    rmSync(path('whole', 'model.onnx'));
    await run(...train('whole', '--steps', '160', '--dropout', '0.2', '--jitter', '0.1', '--resume'));
    expect(hash(path('whole', 'model.onnx'))).toBe(before);
  });

  it('saves a checkpoint on Ctrl-C, ends with 130, and goes on with --resume', async () => {
    const args = train('stopped', '--steps', '60');
    const stopped = await start(args, (event, child) => {
      if (event.event === 'step' && event['step'] === 20) child.kill('SIGINT');
    }).ended;
    expect(stopped.status).toBe(130);
    expect(stopped.events.at(-1)).toMatchObject({ event: 'stopped' });
    expect(existsSync(path('stopped', 'lock'))).toBe(false);
    const resumed = await run(...args, '--resume');
    expect(resumed.events.find(({ event }) => event === 'resumed')!['step']).toBe(stopped.events.at(-1)!['step']);
    expect(resumed.done).toMatchObject({ step: 60 });
  });

  it('turns a time budget into steps and keeps to it', async () => {
    const timed = await run(...train('timed', '--minutes', '0.05', '--checkpoint-every', '20'));
    const budget = timed.events.findLast(({ event }) => event === 'budget')!['steps'] as number;
    expect(timed.done).toMatchObject({ step: budget });
    const times = timed.events.filter(({ event }) => event === 'step').map(({ stepMs }) => stepMs as number);
    expect(times).toHaveLength(budget);
    // Gone on with from an earlier checkpoint, what was decided by the clock is decided again: the same model, bit by bit.
    const before = hash(path('timed', 'model.onnx'));
    const checkpoints = readdirSync(path('timed', 'checkpoints')).sort();
    for (const name of checkpoints.slice(1)) rmSync(path('timed', 'checkpoints', name));
    rmSync(path('timed', 'model.onnx'));
    const plain = ['train', 'pix2pix', path('pairs'), '--out', path('timed'), '--resume', '--json'];
    const resumed = await run(...plain, '--checkpoint-every', '20');
    expect(resumed.events.find(({ event }) => event === 'resumed')!['step']).toBeLessThan(budget);
    expect(resumed.done).toMatchObject({ step: budget });
    expect(hash(path('timed', 'model.onnx'))).toBe(before);
    const again = await run(...train('longer', '--minutes', '0.15'));
    expect(again.done!['step']).toBeGreaterThan(1.5 * budget);
  });

  it('begins from a run with its discriminator, and from a bare model with a fresh one that warms up', async () => {
    const losses = (ended: Ended): Record<string, number> =>
      ended.events.find(({ event }) => event === 'step')!['losses'] as Record<string, number>;
    const [last] = whole.events
      .filter(({ event }) => event === 'step')
      .slice(-1)
      .map(({ losses }) => losses as Record<string, number>);
    const fromRun = await run(...train('from-run', '--steps', '20', '--l1-weight', '90', '--from', path('whole')));
    expect(losses(fromRun)['gL1']).toBeLessThan(2 * last!['gL1']!);
    // What no flag says is as it was there.
    expect((await run(...train('from-that', '--steps', '1', '--from', path('from-run')))).status).toBe(0);
    const settings = ['from-run', 'from-that'].map(
      (out) => (JSON.parse(readFileSync(path(out, 'run.json'), 'utf8')) as { settings: object }).settings,
    );
    expect(settings[1]).toEqual(settings[0]);
    expect(settings[1]).toMatchObject({ l1Weight: 90 });
    const fromModel = await run(...train('from-model', '--steps', '20', '--from', path('whole', 'model.onnx')));
    expect(fromModel.status).toBe(0);
    const first = fromModel.events
      .filter(({ event }) => event === 'step')
      .map(({ losses }) => losses as Record<string, number>);
    expect('gL1' in first[0]!).toBe(false); // the generator is frozen
    expect(first[2]!['gL1']).toBeLessThan(2 * last!['gL1']!);
  });

  it('learns pictures with alpha, and takes k discriminator steps', async () => {
    await writeCutOut(path('pairs'), path('cut-out'));
    const args = ['--steps', '120', '--channels', 'rgba', '--d-steps', '2', '--batch', '2'];
    const alpha = await run(
      ...train('alpha', ...args, '--threads', '1').map((arg) => (arg === path('pairs') ? path('cut-out') : arg)),
    );
    expect(alpha.stderr).toBe('');
    const losses = alpha.events.filter(({ event }) => event === 'step').map(({ losses }) => losses as { gL1: number });
    const mean = (some: { gL1: number }[]): number => some.reduce((sum, { gL1 }) => sum + gL1, 0) / some.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.7 * mean(losses.slice(0, 20)));
    // The discs are opaque and what is around them is not, also of those that it never saw.
    const { rows } = JSON.parse(readFileSync(path('alpha', 'previews', 'step-000120', 'preview.json'), 'utf8')) as {
      rows: unknown[];
    };
    for (const row of rows.keys()) {
      const [result, truth] = await Promise.all(
        ['result', 'truth'].map((title) => alphaOf(path('alpha', 'previews', 'step-000120', `${row}-${title}.png`))),
      );
      const inside = result!.filter((_, i) => truth![i]! > 128);
      const outside = result!.filter((_, i) => truth![i]! <= 128);
      const average = (of: Uint8Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
      expect(average(inside) - average(outside)).toBeGreaterThan(40);
    }
  });
});
