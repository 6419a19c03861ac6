/**
 * A project that version 0.1.0 wrote (fixtures/version-1/project), and two trainings of its command line
 * (fixtures/version-1/exact: the checkpoint of step 8 of 24, and what came out). Whatever a later version changes, these
 * open, go on and give what they gave. The bits of a training are one processor's own: they are told in bench/RESULTS.md;
 * here the figures are held to a tolerance that other processors meet.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { readOnnx } from '../models/onnx/read.ts';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { ROOT } from '../main/root.ts';
import { openStudio, type OpenedStudio } from '../main/studio/testing-studio.ts';

const FIXTURE = join(ROOT, 'e2e', 'fixtures', 'version-1');
/** When its pictures were last changed, in seconds: they are known by that, which a checkout forgets. */
const CHANGED = 1764115200;

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');
const project = folder.path('project');

function touch(path: string): void {
  for (const name of readdirSync(path)) {
    const entry = join(path, name);
    if (statSync(entry).isDirectory()) touch(entry);
    else utimesSync(entry, CHANGED, CHANGED);
  }
}

let opened: OpenedStudio;
beforeAll(async () => {
  cpSync(FIXTURE, folder.path(), { recursive: true });
  touch(join(project, 'datasets'));
  opened = await openStudio();
  await opened.client.call('projects.open', { token: opened.token(project) });
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

/** The largest difference of two models' weights. */
function difference(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((file) => readOnnx(readFileSync(file)).weights);
  expect([...ours!.keys()]).toEqual([...theirs!.keys()]);
  let most = 0;
  for (const [name, { data }] of ours!)
    data.forEach((value, i) => (most = Math.max(most, Math.abs(value - theirs!.get(name)!.data[i]!))));
  return most;
}

const figures = (file: string): { step: number; losses: Record<string, number> }[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; losses: Record<string, number> })
    .filter(({ losses }) => losses as unknown);

describe('a project of version 0.1.0', () => {
  it('opens whole: datasets, trainings with their previews, models, pictures, a drawing', async () => {
    const { title, readOnly, problems, datasets, runs, models, batches, drawings } = await opened.project();
    expect({ title, readOnly, problems }).toEqual({ title: 'Made by version 1', readOnly: false, problems: [] });
    expect(datasets.map(({ title, kind, count, problem }) => [title, kind, count, problem])).toEqual([
      ['Discs', 'pairs', 10, null],
      ['Two sets', 'sets', 12, null],
    ]);
    expect(runs.map(({ title, family, state, step }) => [title, family, state, step])).toEqual([
      ['Two ways', 'cyclegan', 'done', 412],
      ['Discs in colour', 'pix2pix', 'done', 1720],
    ]);
    expect(models.map(({ title, does, directions }) => [title, does, directions.length])).toEqual(
      expect.arrayContaining([
        ['Discs in colour', 'translate', 1],
        ['Two ways', 'translate', 2],
        ['noise', 'translate', 1],
      ]),
    );
    expect(batches.map(({ title, state, done }) => [title, state, done])).toEqual([['Some discs', 'done', 10]]);
    expect(drawings.map(({ title, problem }) => [title, problem])).toEqual([['A square', null]]);
  });

  it('shows the cells of previews that are one sheet, where they belong', async () => {
    const [ways, discs] = (await opened.project()).runs;
    expect(ways!.previewRows.map(({ direction }) => direction)).toEqual(['AtoB', 'BtoA']);
    expect(discs!.previewRows.map(({ columns }) => columns.join())).toEqual([
      'input,result,truth',
      'input,result,truth',
    ]);
    const name = discs!.previewRows[1]!.name;
    const step = discs!.previews.at(-1)!;
    const { file } = await opened.studio.media(`preview/${discs!.id}/${step}/1/truth`);
    const truth = join(project, 'datasets', discs!.dataset!, 'B', `${name}.png`);
    const pixels = (of: string): Promise<Buffer> => sharp(readFileSync(of)).removeAlpha().raw().toBuffer();
    expect((await pixels(file)).equals(await pixels(truth))).toBe(true);
  });

  it('draws a run’s curves', async () => {
    const [ways] = (await opened.project()).runs;
    const curves = await opened.client.call('runs.curves', { run: ways!.id, points: 100 });
    expect(Object.keys(curves.probabilities)).toEqual(['pReal', 'pFake']);
    expect(curves.heldOut.measure).toBe('swd');
  });

  it('translates to the same pixels', async () => {
    const batch = (await opened.project()).batches[0]!;
    const discs = join(project, 'datasets', (await opened.project()).datasets[0]!.id, 'A');
    const started = await opened.client.call('translate.start', {
      ...{ model: batch.model!, direction: 'AtoB', tokens: [opened.token(discs)], size: 'model' },
    });
    const now = async () => (await opened.project()).batches.find(({ id }) => id === started.batch)!;
    await expect.poll(async () => (await now()).state).toBe('done');
    const [before, after] = [batch.id, started.batch].map((id) => join(project, 'pictures', id)) as [string, string];
    const names = readdirSync(before).filter((name) => name.endsWith('.png'));
    expect(names).toHaveLength(10);
    for (const name of names) {
      const [a, b] = await Promise.all(
        [before, after].map((of) =>
          sharp(readFileSync(join(of, name)))
            .raw()
            .toBuffer(),
        ),
      );
      const most = a!.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b![i]!)), 0);
      expect(most, name).toBeLessThanOrEqual(1); // rounding, on another processor
    }
  });
});

describe.each([
  ['pix2pix', 'discs', ['--width', '2', '--dropout', '0.5', '--upsampling', 'resize']],
  ['cyclegan', 'two-sets', ['--width', '2', '--blocks', '1', '--pool-size', '3']],
])('a training of %s that version 0.1.0 began', (family, dataset, settings) => {
  const out = folder.path('exact', family);
  const models = (): string[] => readdirSync(join(FIXTURE, 'exact', family)).filter((name) => name.endsWith('.onnx'));

  it('goes on from its checkpoint to what it came to then', async () => {
    const home = readdirSync(join(project, 'datasets')).find((name) => name.startsWith(dataset))!;
    for (const name of models()) rmSync(join(out, name));
    const ended = await run(
      ...['train', family, join(project, 'datasets', home), '--out', out, '--size', '32', '--steps', '24'],
      ...['--checkpoint-every', '8', '--seed', '5', '--threads', '1', '--holdout', '0.2', ...settings],
      ...['--resume', '--json'],
    );
    expect(ended.stderr).toBe('');
    expect(ended.events.find(({ event }) => event === 'resumed')).toEqual({ event: 'resumed', step: 8 });
    for (const name of models()) {
      expect(existsSync(join(out, name))).toBe(true);
      expect(difference(join(out, name), join(FIXTURE, 'exact', family, name)), name).toBeLessThan(1e-5);
    }
    const [now, then] = [join(out, 'metrics.jsonl'), join(FIXTURE, 'exact', family, 'metrics.jsonl')].map(figures);
    expect(now).toHaveLength(24);
    then!.forEach(({ step, losses }, i) => {
      expect(now![i]!.step).toBe(step);
      for (const [name, loss] of Object.entries(losses))
        expect(Math.abs(now![i]!.losses[name]! - loss), `${name} of step ${step}`).toBeLessThan(1e-4 * Math.abs(loss));
    });
  });
});
