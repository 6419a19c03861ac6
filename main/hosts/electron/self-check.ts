/**
 * `--self-check`: what a person, or a machine that builds packages, asks of one that has just been made. The window comes
 * up and speaks the contract, the engine trains two steps in its own process, and what it learned translates a picture.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app } from 'electron';
import { Client } from '../../../preload/contract/client.ts';
import type { ToStudio, ToWindow } from '../../../preload/contract/messages.ts';
import { channelPair } from '../../../preload/contract/pair.ts';
import { VERSION } from '../../root.ts';
import type { Studio } from '../../studio/studio.ts';
import { UNVARIED } from '../../engine/processes/messages.ts';

/** The smallest training that there is. */
const SIZE = 32;
const PICTURES = 4;
const STEPS = 2;
const LOOK_MS = 50;

/** Gives the check a home of its own, before anything is read: what the person has is neither read nor changed. */
export function prepareSelfCheck(): string {
  const home = mkdtempSync(join(tmpdir(), 'maquette-self-check-'));
  process.env['MAQUETTE_HOME'] = home;
  app.setPath('userData', home);
  return home;
}

/** Runs the check with the window that is being shown, says how it went in one line, and ends the program. */
export async function endSelfCheck(studio: Studio, home: string): Promise<void> {
  const why = await selfCheck(studio);
  await studio.close();
  rmSync(home, { recursive: true, force: true });
  if (why === null) process.stdout.write(`maquette ${VERSION}: the self-check passed\n`);
  else process.stderr.write(`maquette ${VERSION}: the self-check failed: ${why}\n`);
  app.exit(why === null ? 0 : 1);
}

/**
 * @param patience how long each part may take, in milliseconds
 * @returns null where all is well, else what is not, in one line
 */
export async function selfCheck(studio: Studio, patience = 120_000): Promise<string | null> {
  const [ours, theirs] = channelPair<ToStudio, ToWindow>();
  const client = new Client(ours);
  const parts: [what: string, part: (left: AbortSignal) => Promise<void>][] = [
    ['the window did not come up', (left) => until(() => studio.server.answered > 0, left)],
    [
      'the studio did not answer',
      async () => {
        studio.server.add(theirs);
        await client.call('projects.create', { title: 'Self-check', token: null });
      },
    ],
    ['the engine did not train', (left) => train(client, left)],
    ['no picture was translated', () => translate(client)],
  ];
  for (const [what, part] of parts) {
    const left = AbortSignal.timeout(patience);
    try {
      await Promise.race([part(left), over(left)]);
    } catch (error) {
      return `${what}: ${(error as Error).message.split('\n')[0]!}`;
    }
  }
  client.close();
  return null;
}

async function over(left: AbortSignal): Promise<never> {
  await new Promise((resolve) => left.addEventListener('abort', resolve));
  throw new Error('it took too long');
}

async function until(done: () => boolean | Promise<boolean>, left: AbortSignal): Promise<void> {
  while (!(await done()) && !left.aborted) await sleep(LOOK_MS);
}

const runOf = async (client: Client) => (await client.call('projects.current', {}))?.runs[0];

async function train(client: Client, left: AbortSignal): Promise<void> {
  const { dataset } = await client.call('datasets.sample', { name: 'renders', count: PICTURES });
  const { run } = await client.call('training.start', {
    ...{ dataset, family: 'pix2pix', title: 'Self-check', size: SIZE, channels: 3, minutes: 60, batch: 1, seed: 1 },
    ...{ holdout: 0.25, augment: UNVARIED, settings: { width: 4 } },
  });
  const reached = (test: (run: NonNullable<Awaited<ReturnType<typeof runOf>>>) => boolean) =>
    until(async () => {
      const now = await runOf(client);
      if (now?.state === 'failed') throw new Error(now.message ?? 'the training failed');
      return now !== undefined && test(now);
    }, left);
  await reached(({ step }) => step >= STEPS);
  await client.call('training.stop', { run });
  await reached(({ model }) => model !== null);
}

async function translate(client: Client): Promise<void> {
  const model = (await runOf(client))!.model!;
  const white = { left: 0, top: 0, width: SIZE, height: SIZE, bytes: new Uint8Array(SIZE * SIZE * 4).fill(255) };
  const answer = await client.call('paint.translate', {
    ...{ drawing: 'self-check', model, width: SIZE, height: SIZE, wrap: false, scaling: 'tiles', seed: 0 },
    ...{ changed: white, quality: 'full' },
  });
  if (answer.state !== 'done' || answer.region.width !== SIZE) throw new Error(`the answer was "${answer.state}"`);
}
