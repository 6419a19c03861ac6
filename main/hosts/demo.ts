/** `npm run demo`: the sample, a short training, held-out sketches translated, and a sheet of them to look at. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { contactSheet, decodePicture, encodePng, type Picture } from '../engine/pictures.ts';
import { readRun } from '../engine/run-folder.ts';
import { ROOT } from '../root.ts';

/* eslint-disable no-console -- a program for people, with nothing for scripts */

const SIZE = 128;
const MINUTES = 3.5;
/** Held-out pictures on the sheet: rows of triples. */
const [ROWS, COLUMNS] = [6, 4];

const at = (...parts: string[]): string => join(ROOT, 'demo', ...parts);

/** Runs a command of ours; ends the demo with its status if it fails. */
function maquette(...args: string[]): void {
  console.log(`\n$ maquette ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(ROOT, 'bin', 'maquette.js'), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

maquette('samples', 'props', '--out', at('props'));
rmSync(at('run'), { recursive: true, force: true });
maquette(
  'train',
  'pix2pix',
  at('props'),
  '--out',
  at('run'),
  '--size',
  String(SIZE),
  '--width',
  '32',
  '--upsampling',
  'resize',
  '--minutes',
  String(MINUTES),
);
const heldOut = readRun(at('run')).heldOut.slice(0, ROWS * COLUMNS);
maquette('translate', at('run'), ...heldOut.map((name) => at('props', 'A', `${name}.png`)), '--out', at('results'));
maquette('evaluate', at('run'), at('props'));

const open = (file: string): Promise<Picture> => decodePicture(file, { width: SIZE, height: SIZE, channels: 3 });
const rows: Picture[][] = [];
for (const [i, name] of heldOut.entries()) {
  if (i % COLUMNS === 0) rows.push([]);
  rows
    .at(-1)!
    .push(
      ...(await Promise.all(
        [at('props', 'A', `${name}.png`), at('results', `${name}.png`), at('props', 'B', `${name}.png`)].map(open),
      )),
    );
}
await encodePng(
  contactSheet(rows, { gap: 10, labels: Array.from({ length: COLUMNS }, () => ['sketch', 'result', 'truth']).flat() }),
  at('contact-sheet.png'),
);
console.log(`\nSketches that it never saw, what it made of them, and the truth:\n${at('contact-sheet.png')}`);
