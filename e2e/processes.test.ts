/** A test that is killed leaves its studio running; the next run ends it. */
import { expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PROGRAM } from './maquette.ts';
import { descendantsOf, endOrphans } from './processes.ts';
import { temporary } from '../main/testing/folder.ts';

const SERVE = [PROGRAM, 'serve', '--no-open', '--json', '--port', '0'];

it.skipIf(process.platform !== 'linux')('ends the studio of a test that is gone, and none that is in use', async () => {
  const folder = temporary();
  const env = { ...process.env, MAQUETTE_HOME: folder.path('home') };
  // One that starts a studio of its own, as a test does, says which, and is killed.
  const says = `const { pid } = require('node:child_process').spawn(process.execPath, ${JSON.stringify(SERVE)}, { detached: true, stdio: 'ignore' });
    process.stdout.write(String(pid)); setInterval(() => undefined, 1000);`;
  const test = spawn(process.execPath, ['-e', says, 'vitest'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(test.stdout, 'data')) as [Buffer];
  const studio = Number(said.toString());
  endOrphans();
  expect(descendantsOf(test.pid!)).toContain(studio);
  test.kill('SIGKILL');
  await once(test, 'exit');
  endOrphans();
  const lives = (): boolean => descendantsOf(1).includes(studio);
  await expect.poll(lives).toBe(false);
  folder.remove();
});
