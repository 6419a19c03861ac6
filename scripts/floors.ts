/**
 * `npm run floors WAD FOLDER`: the floors of a WAD as PNG, 64 px. Materials learned from those of Freedoom, which Debian has in
 * its package `freedoom` (usr/share/games/doom/freedoom2.wad).
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharp } from '../main/engine/pictures/codecs.ts';
import { FLAT_SIDE, flatsOf } from './wad.ts';

const [wad, folder] = process.argv.slice(2);
if (wad === undefined || folder === undefined) {
  console.error('Say which WAD, and into which folder');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const flats = flatsOf(readFileSync(wad));
for (const { name, data } of flats)
  await sharp(data, { raw: { width: FLAT_SIDE, height: FLAT_SIDE, channels: 3 } })
    .png()
    .toFile(join(folder, `${name.toLowerCase()}.png`));
console.log(`${flats.length} floors in ${folder}`);
