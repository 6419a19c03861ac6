/** The engine on graphics cards as people meet it: named, reported, refused, and a run that goes on without it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingDriver, softwareDriver, titled } from '../main/engine/webgpu/testing.ts';
import { writePairs } from '../main/testing/datasets.ts';
import { temporary } from '../main/testing/folder.ts';
import { start, type Ended } from './maquette.ts';

const { path, remove } = temporary();
beforeAll(() => writePairs(path('pairs'), 12));
afterAll(remove);

const home = { MAQUETTE_HOME: path('home') };
/** No driver for the loader to find. */
const NO_DRIVER = { VK_ICD_FILENAMES: path('none.json'), VK_DRIVER_FILES: path('none.json') };
const run = (env: Record<string, string>, ...args: string[]): Promise<Ended> =>
  start(args, undefined, { env: { ...process.env, ...home, ...env } }).ended;
const training = (engine: string, ...more: string[]): string[] => [
  ...['train', 'pix2pix', path('pairs'), '--out', path('run'), '--size', '32', '--width', '8', '--json'],
  ...['--checkpoint-every', '3', '--engine', engine, ...more],
];

interface Row {
  name: string;
  available: boolean;
  chosen: boolean;
  reason: string;
  device: string | null;
  selfTest: string;
}
const rowsOf = ({ done }: Ended): Record<string, Row> =>
  Object.fromEntries((done!['engines'] as Row[]).map((row) => [row.name, row]));

describe.skipIf(process.platform !== 'linux')('where there is no graphics driver', () => {
  it('is said to be missing, and the processor is chosen', async () => {
    const ended = await run(NO_DRIVER, 'engines', '--json');
    expect(ended.status).toBe(0);
    const { webgpu, cpu } = rowsOf(ended);
    expect(webgpu).toMatchObject({ available: false, chosen: false, device: null, selfTest: 'not run' });
    expect(webgpu!.reason).toMatch(/no graphics driver/);
    expect(cpu).toMatchObject({ available: true, chosen: true, selfTest: 'passed' });
  });

  it('is refused in one line before anything is written', async () => {
    const { status, stderr } = await run(NO_DRIVER, ...training('webgpu', '--steps', '3'));
    expect(stderr).toMatch(
      /^maquette: The engine "webgpu" is not available: no graphics driver.*choose another engine.*\n$/,
    );
    expect(status).toBe(2);
    expect(() => readFileSync(path('run', 'run.json'))).toThrow('ENOENT');
  });
});

describe.skipIf(missingDriver)(titled('where a processor plays the card', missingDriver), () => {
  it('is found, and not chosen by itself', async () => {
    const ended = await run(softwareDriver, 'engines', '--json');
    expect(ended.status).toBe(0);
    const { webgpu, cpu } = rowsOf(ended);
    expect(webgpu).toMatchObject({ available: true, chosen: false, selfTest: 'not run' });
    expect(webgpu!.device).toMatch(/swiftshader/i);
    expect(webgpu!.reason).toMatch(/too slow/);
    expect(cpu).toMatchObject({ available: true, chosen: true });
  });

  const record = (): { engine: string; versions: Record<string, string> } =>
    JSON.parse(readFileSync(path('run', 'run.json'), 'utf8')) as { engine: string; versions: Record<string, string> };

  it('trains when it is named, and the run goes on with the processor', { timeout: 600_000 }, async () => {
    // It is interrupted after the checkpoint of step 3.
    const { ended } = start(
      training('webgpu', '--steps', '9'),
      (event, child) => {
        if (event.event === 'step' && event['step'] === 4) child.kill('SIGINT');
      },
      { env: { ...process.env, ...home, ...softwareDriver } },
    );
    const first = await ended;
    expect(first.status, first.stderr).toBe(130);
    expect(record().engine).toBe('webgpu');
    expect(Object.keys(record().versions)).toEqual(expect.arrayContaining(['webgpu', 'device', 'driver']));
    const exported = first.events.find(({ event }) => event === 'exported')!;
    expect(exported['maxDifference']).toBeLessThan(0.5);
    const second = await run({}, ...training('cpu', '--steps', '9', '--resume'));
    expect(second.status, second.stderr).toBe(0);
    expect(second.events.some(({ event }) => event === 'resumed')).toBe(true);
    expect(record().engine).toBe('cpu');
  });
});
