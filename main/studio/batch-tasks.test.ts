/** What the process that translates needs. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { sharp } from '../engine/pictures/codecs.ts';
import { forkRole, type RoleProcess } from '../engine/processes/roles.ts';
import { freeModel } from '../engine/testing/testing-onnx.ts';
import { saveResults } from './batch-tasks.ts';
import { TaskWorker } from './tasks/client.ts';

const folder = temporary();
afterAll(() => folder.remove());

it.skipIf(process.platform !== 'linux')(
  'translates 4096 x 4096 pixels in little more memory than the picture itself',
  async () => {
    const side = 4096;
    writeFileSync(folder.path('model.onnx'), freeModel());
    const noise = {
      width: 256,
      height: 256,
      channels: 3 as const,
      noise: { type: 'gaussian' as const, mean: 128, sigma: 40 },
    };
    await sharp({ create: { ...noise, background: '#000' } })
      .resize(side, side)
      .jpeg()
      .toFile(folder.path('large.jpg'));
    let child: RoleProcess | undefined;
    const worker = new TaskWorker((role) => (child = forkRole(role)));
    const status = (key: string): number =>
      Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${child!.pid}/status`, 'utf8'))![1]) / 1024;
    const ask = (name: string, file: string) =>
      worker.run('workOnPictures', {
        how: { translate: { file: folder.path('model.onnx'), title: 'model', io: null }, own: true },
        ...{ pictures: [{ name, file }], out: folder.path('out'), threads: 1, engine: 'cpu', oneAtATime: false },
      });
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#456' } }).toFile(
      folder.path('small.png'),
    );
    await ask('small', folder.path('small.png'));
    const idle = status('VmRSS');
    await ask('large', folder.path('large.jpg'));
    const peak = status('VmHWM');
    worker.close();
    expect(peak - idle).toBeLessThan(500);
    expect(await sharp(readFileSync(folder.path('out', 'large.png'))).metadata()).toMatchObject({
      width: side,
      height: side,
    });
  },
);

it('saves what a format can hold, and names what it cannot', async () => {
  mkdirSync(folder.path('results'));
  for (const [name, width] of [
    ['a-long', 16_384],
    ['b', 8],
  ] as const)
    await sharp({ create: { width, height: 4, channels: 3, background: '#456' } }).toFile(
      folder.path('results', `${name}.png`),
    );
  const pictures = ['a-long', 'b'].map((name) => ({ name, file: folder.path('results', `${name}.png`), keep: null }));
  const save = (format: 'webp' | 'png') =>
    saveResults(
      {
        results: folder.path('results'),
        pictures,
        out: folder.path(format),
        strength: 1,
        naming: { suffix: '', format },
      },
      () => undefined,
    );
  await expect(save('webp')).rejects.toThrow(
    '1 picture is too large for a WEBP, which has at most 16,383 pixels on a side: a-long (16,384 x 4). Save it as PNG',
  );
  expect(readdirSync(folder.path('webp'))).toEqual(['b.webp']);
  await save('png');
  expect(readdirSync(folder.path('png'))).toEqual(['a-long.png', 'b.png']);
});
