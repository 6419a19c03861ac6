/** Bad input: one clear line that says what to do, status 2, nothing half-written, nothing lost. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, PROGRAM, run, start, type Ended } from './maquette.ts';
import { refused } from './refused.ts';
import { temporary } from '../main/testing/folder.ts';
import { writePairs } from '../main/testing/datasets.ts';

const { path, remove } = temporary();
const TINY = ['--size', '32', '--width', '8', '--steps', '12', '--json'];
const train = (dataset: string, out: string, ...more: string[]): Promise<Ended> =>
  run('train', 'pix2pix', path(dataset), '--out', path(out), ...TINY, ...more);

/** Everything under a folder that a writer left unfinished. */
const leftovers = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.tmp') || file.endsWith('lock'))
    : [];

beforeAll(async () => {
  await writePairs(path('pairs'), 12);
  expect((await train('pairs', 'run', '--checkpoint-every', '5')).status).toBe(0);
});
afterAll(remove);

describe('a dataset', () => {
  it('that is missing', async () => refused(await train('nowhere', 'o1'), /nowhere.*does not exist/));
  it('that is to be written where a file is', async () => {
    writeFileSync(path('file'), 'text');
    refused(await run('samples', 'props', '--out', path('file')), /file: a file of that name is there/);
  });
  it('that is empty', async () => {
    mkdirSync(path('empty'));
    refused(await train('empty', 'o2'), /empty.*A\/ and B\//);
  });
  it('that is laid out in no known way', async () => {
    mkdirSync(path('flat'));
    cpSync(path('pairs', 'A', 'disc-000.png'), path('flat', 'disc-000.png'));
    refused(await train('flat', 'o3'), /A\/ and B\//);
  });
  it('that has no pair', async () => {
    for (const [side, name] of [
      ['A', 'x.png'],
      ['B', 'y.png'],
    ] as const)
      cpSync(path('pairs', 'A', 'disc-000.png'), path('unpaired', side, name));
    refused(await train('unpaired', 'o4'), /pair/);
    const inspected = await run('inspect', path('unpaired'));
    expect(inspected.status).toBe(2);
    expect(inspected.stdout).toMatch(/^0 pairs of pictures.*\n2 pictures without a partner/);
    expect(inspected.stderr).toMatch(/nothing in .*unpaired to learn from: give an input in A\/.*the same name/);
  });
  it('of which no picture can be read', async () => {
    for (const side of ['A', 'B'])
      for (const name of ['x.png', 'y.png', 'z.png']) {
        mkdirSync(path('broken', side), { recursive: true });
        writeFileSync(path('broken', side, name), 'text');
      }
    const ended = await train('broken', 'o5');
    expect(ended.status).toBe(2);
    expect(ended.stderr.trim().split('\n').at(-1)).toMatch(/none|no picture|could be read/i);
  });
  it('with a picture without its partner, a truncated one and a text file: reported, and trained without them', async () => {
    cpSync(path('pairs'), path('mixed'), { recursive: true });
    rmSync(path('mixed', 'B', 'disc-000.png'));
    truncateSync(path('mixed', 'A', 'disc-001.png'), 60);
    writeFileSync(path('mixed', 'A', 'disc-002.png'), 'this is text');
    const ended = await train('mixed', 'o6', '--holdout', '0', '--steps', '24');
    expect(ended.status, ended.stderr).toBe(0);
    const warnings = ended.events
      .filter(({ event }) => event === 'warning')
      .map(({ message }) => String(message))
      .join('\n');
    for (const name of ['disc-000', 'disc-001', 'disc-002']) expect(warnings).toContain(name);
    expect(ended.done).toMatchObject({ step: 24 });
  });
});

describe('flags', () => {
  const cases: [string, string[], RegExp][] = [
    ['an unknown family', ['train', 'pix3pix', 'x', '--out', 'y'], /no family "pix3pix".*pix2pix/],
    ['no family', ['train'], /which family.*pix2pix/],
    ['an unknown command', ['paint'], /unknown command 'paint'/],
    ['an unknown flag', ['train', 'pix2pix', 'x', '--out', 'y', '--speed', '9'], /unknown option '--speed'/],
    ['no --out', ['train', 'pix2pix', 'x'], /--out/],
    ['steps and minutes', ['train', 'pix2pix', 'x', '--out', 'y', '--steps', '9', '--minutes', '9'], /not both/],
    ['a number that is none', ['train', 'pix2pix', 'x', '--out', 'y', '--steps', 'many'], /whole number/],
    ['a setting out of range', ['train', 'pix2pix', 'x', '--out', 'y', '--dropout', '2'], /--dropout 2/],
    [
      'a setting that does not exist',
      ['train', 'pix2pix', 'x', '--out', 'y', '--gan-loss', 'magic'],
      /--gan-loss magic/,
    ],
    ['an unknown engine', ['train', 'pix2pix', 'x', '--out', 'y', '--engine', 'abacus'], /no engine "abacus".*cpu/],
    [
      'an engine that is not there',
      ['train', 'pix2pix', 'x', '--out', 'y', '--engine', 'cuda'],
      /"cuda" is not available.*choose another engine/,
    ],
    ['an unknown sample', ['samples', 'cats', '--out', 'y'], /no sample "cats".*props/],
    ['a model that is missing', ['translate', 'nowhere.onnx', 'x.png', '--out', 'y'], /nowhere\.onnx does not exist/],
    ['a path that is missing', ['inspect', 'nowhere'], /nowhere does not exist/],
  ];
  it.each(cases)('%s', async (_, args, message) => refused(await run(...args), message));
  it.each(['50', '16', '544'])('a size that the network cannot take: %s', async (size) =>
    refused(
      await run('train', 'pix2pix', path('pairs'), '--out', path('o7'), '--size', size, '--steps', '4'),
      new RegExp(`Size ${size}.*32 to 512`),
    ),
  );
});

describe('a model', () => {
  const translate = (model: string): Promise<Ended> =>
    run('translate', path(model), path('pairs', 'A'), '--out', path('translated'));
  it('that is damaged', async () => {
    const bytes = readFileSync(path('run', 'model.onnx'));
    writeFileSync(path('cut.onnx'), bytes.subarray(0, bytes.length / 2));
    refused(await translate('cut.onnx'), /cut\.onnx cannot be used/);
    writeFileSync(path('text.onnx'), 'hello');
    refused(await translate('text.onnx'), /text\.onnx cannot be used/);
  });
  it('of another family, to begin from', async () => {
    const bytes = readFileSync(path('run', 'model.onnx'));
    const at = bytes.indexOf('pix2pix', bytes.indexOf('maquette.family'));
    bytes.write('pix9pix', at);
    writeFileSync(path('other.onnx'), bytes);
    refused(await train('pairs', 'o8', '--from', path('other.onnx')), /a model of pix9pix.*pix2pix/);
    expect(readdirSync(path('o8')).filter((name) => name === 'run.json')).toEqual([]);
  });
  it('with other layers, to begin from', async () =>
    refused(
      await run(
        'train',
        'pix2pix',
        path('pairs'),
        '--out',
        path('o9'),
        '--size',
        '32',
        '--width',
        '4',
        '--steps',
        '4',
        '--from',
        path('run', 'model.onnx'),
      ),
      /other layers.*width/,
    ));
  it('of a run that has none yet', async () => {
    cpSync(path('run'), path('young'), { recursive: true });
    rmSync(path('young', 'model.onnx'));
    refused(await translate('young'), /no model yet/);
  });
  it.skipIf(process.platform === 'win32')('whose translations find the disk full', async () => {
    // The shell lets no file be written at all.
    const args = ['translate', path('run'), path('pairs', 'A'), '--out', path('no-room')];
    const child = spawn('bash', ['-c', 'ulimit -f 0; exec "$@"', 'bash', process.execPath, PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Each is told: a smaller one might still have fitted.
    const { status, stderr } = await follow(child).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /None of the \d+ pictures could be translated; the first: Cannot write.*full; free some space/,
    );
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(leftovers(path('no-room'))).toEqual([]);
  });
  it('for a picture that cannot be read', async () => {
    writeFileSync(path('text.png'), 'not a picture');
    refused(await run('translate', path('run'), path('text.png'), '--out', path('translated')), /text\.png/);
  });
});

describe('a run folder', () => {
  it('that holds a run already', async () => refused(await train('pairs', 'run'), /already holds a run; add --resume/));
  it('that was begun with other settings', async () =>
    refused(await train('pairs', 'run', '--resume', '--seed', '99'), /other seed/));
  it('that is in use', async () => {
    let intruder: Ended | undefined;
    const busy = ['train', 'pix2pix', path('pairs'), '--out', path('busy'), '--size', '32', '--width', '8'];
    const { child, ended } = start([...busy, '--steps', '5000', '--json'], (event, running) => {
      if (event.event !== 'step' || event['step'] !== 3) return;
      void train('pairs', 'busy', '--resume').then((second) => {
        intruder = second;
        running.kill('SIGKILL');
      });
    });
    await ended;
    expect(child.killed).toBe(true);
    refused(intruder!, /busy is in use by another training/);
  });
  it('whose newest checkpoint is damaged: goes back one and says so', async () => {
    cpSync(path('run'), path('hurt'), { recursive: true });
    const folder = path('hurt', 'checkpoints');
    const names = readdirSync(folder).sort();
    const newest = join(folder, names.at(-1)!);
    const bytes = readFileSync(newest);
    bytes[bytes.length - 100]! ^= 255;
    writeFileSync(newest, bytes);
    const ended = await train('pairs', 'hurt', '--resume', '--checkpoint-every', '5');
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.events.find(({ event }) => event === 'warning')!['message']).toMatch(
      /damaged.*went back to the checkpoint of step 10/,
    );
    expect(readFileSync(path('hurt', 'model.onnx')).equals(readFileSync(path('run', 'model.onnx')))).toBe(true);
  });
  it('of which every checkpoint is damaged', async () => {
    cpSync(path('run'), path('dead'), { recursive: true });
    for (const name of readdirSync(path('dead', 'checkpoints'))) truncateSync(path('dead', 'checkpoints', name), 1000);
    refused(await train('pairs', 'dead', '--resume'), /damaged.*no other checkpoint/);
  });
  it('whose run.json is damaged or from a newer version', async () => {
    cpSync(path('run'), path('odd'), { recursive: true });
    writeFileSync(path('odd', 'run.json'), '{"format":');
    refused(await train('pairs', 'odd', '--resume'), /run\.json is damaged/);
    writeFileSync(path('odd', 'run.json'), '{"format":99}');
    refused(await train('pairs', 'odd', '--resume'), /newer version/);
  });
  it('that cannot be written', async () => {
    writeFileSync(path('file'), '');
    refused(await train('pairs', 'file/run'), /Cannot write.*file, not a folder/);
  });
  it.skipIf(process.platform === 'win32')(
    'on a disk that is full: the checkpoint before stays whole, nothing half-written',
    async () => {
      cpSync(path('run'), path('full'), { recursive: true });
      rmSync(path('full', 'checkpoints', 'step-000012.safetensors'));
      const before = readdirSync(path('full', 'checkpoints'));
      // The shell lets no file grow beyond 256 KiB: the system then refuses to write as it does on a full disk.
      const child = spawn(
        'bash',
        [
          '-c',
          'ulimit -f 256; exec "$@"',
          'bash',
          process.execPath,
          PROGRAM,
          'train',
          'pix2pix',
          path('pairs'),
          '--out',
          path('full'),
          ...TINY,
          '--resume',
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      refused(await follow(child).ended, /Cannot write.*full; free some space/);
      expect(readdirSync(path('full', 'checkpoints'))).toEqual(before);
      expect(leftovers(path('full'))).toEqual([]);
      expect((await train('pairs', 'full', '--resume')).done).toMatchObject({ step: 12 });
    },
  );
});
