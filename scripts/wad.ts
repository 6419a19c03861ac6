/** Reads the floors ("flats") of a WAD, the archive that games of the Doom family keep their art in. */

/** Their side in pixels. */
export const FLAT_SIDE = 64;

interface Lump {
  name: string;
  bytes: Buffer;
}

/** A floor: its name, and 64 x 64 pixels of RGB, rows from the top. */
export interface Flat {
  name: string;
  data: Uint8Array;
}

/** @throws Error where it is no WAD, or has no palette or no floors */
export function flatsOf(wad: Buffer): Flat[] {
  const lumps = lumpsOf(wad);
  const palette = lumps.find(({ name }) => name === 'PLAYPAL')?.bytes;
  const [from, to] = ['F_START', 'F_END'].map((name) => lumps.findIndex((lump) => lump.name === name)) as [
    number,
    number,
  ];
  if (!palette || from < 0 || to < from) throw new Error('It has no palette, or no floors');
  return lumps
    .slice(from, to)
    .filter(({ bytes }) => bytes.length === FLAT_SIDE ** 2) // markers between them are empty
    .map(({ name, bytes }) => ({
      name,
      data: new Uint8Array(3 * bytes.length).map((_, i) => palette[3 * bytes[Math.floor(i / 3)]! + (i % 3)]!),
    }));
}

/** Its header says how many entries its directory has, and where that is; an entry is a place, a length and a name. */
function lumpsOf(wad: Buffer): Lump[] {
  if (!/^[IP]WAD$/.test(wad.toString('latin1', 0, 4))) throw new Error('This is no WAD');
  const [count, directory] = [wad.readInt32LE(4), wad.readInt32LE(8)];
  return Array.from({ length: count }, (_, i) => {
    const entry = directory + 16 * i;
    const at = wad.readInt32LE(entry);
    const name = wad.toString('latin1', entry + 8, entry + 16).replace(/\0.*$/s, '');
    return { name, bytes: wad.subarray(at, at + wad.readInt32LE(entry + 4)) };
  });
}
