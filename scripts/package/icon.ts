/** `npm run icon`: assets/icon.svg as icon.png, and as icon.ico for Windows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../main/root.ts';
import { ico, rendered } from './ico.ts';

const svg = readFileSync(join(ROOT, 'assets', 'icon.svg'), 'utf8');
writeFileSync(join(ROOT, 'assets', 'icon.png'), await rendered(svg, 1024));
writeFileSync(join(ROOT, 'assets', 'icon.ico'), await ico(svg));
