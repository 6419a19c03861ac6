/**
 * Results that are too large to be held: their rows go to a file as they are finished, and whoever encodes them reads it
 * piece by piece. The file is a TIFF without compression (BigTIFF, as its offsets have 64 bits), which libvips reads strip
 * by strip.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { explainIo } from '../../errors.ts';
import { writeWhole } from '../../files.ts';
import { blankAs, type Values } from '../pictures/depth.ts';
import type { Size } from './tiles.ts';

/** A picture whose pixels are in a file: straight RGBA of 8 or 16 bits, rows from the top. */
export interface Spooled extends Size {
  hasAlpha: boolean;
  /** Whether its values have 16 bits. */
  deep: boolean;
  spool: string;
}

export const isSpooled = (picture: object): picture is Spooled => 'spool' in picture;

/** Rows of a strip. */
const ROWS = 64;
const [SHORT, LONG, LONG8] = [3, 4, 16];
const SIZES: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [LONG8]: 8 };

/** A file that rows are written to. @throws UserError where the disk is full, or may not be written to */
export class Spool<Data extends Values> {
  readonly file: string;
  readonly #width: number;
  readonly #fd: number;
  readonly #like: Data;

  /** Begins the file. @param like says how many bits a value has */
  constructor(file: string, size: Size, like: Data) {
    [this.file, this.#width, this.#like] = [file, size.width, like];
    try {
      this.#fd = openSync(file, 'w');
    } catch (error) {
      throw explainIo(error, `Cannot write ${file}`);
    }
    this.#write(header(size, 8 * like.BYTES_PER_ELEMENT));
  }

  /** Has the next rows filled in, and writes them. */
  add(rows: number, fill: (data: Data) => void): void {
    const data = blankAs(this.#like, rows * this.#width * 4);
    fill(data);
    this.#write(data);
  }

  #write(data: Uint8Array | Uint16Array): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    try {
      writeWhole(this.#fd, bytes);
    } catch (error) {
      throw explainIo(error, `Cannot write ${this.file}`);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

export const removeSpool = (file: string): void => rmSync(file, { force: true });

/** All that comes before the pixels of a BigTIFF (Adobe TIFF 6.0; libtiff's BigTIFF, whose counts and offsets have 64 bits). */
function header({ width, height }: Size, bits: number): Uint8Array {
  const strips = Math.ceil(height / ROWS);
  const row = (width * 4 * bits) / 8;
  const counts = Array.from({ length: strips }, (_, i) => row * Math.min(ROWS, height - i * ROWS));
  /** Tag, type, and values; those of strips are known once it is known where pixels begin. */
  const directory = (pixels: number): [number, number, number[]][] => [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, [bits, bits, bits, bits]],
    [259, SHORT, [1]], // no compression
    [262, SHORT, [2]], // RGB
    [273, LONG8, counts.map((_, i) => pixels + i * ROWS * row)],
    [277, SHORT, [4]],
    [278, LONG, [ROWS]],
    [279, LONG8, counts],
    [284, SHORT, [1]], // one plane
    [338, SHORT, [2]], // alpha, not multiplied in
  ];
  const start = 16;
  const tables = start + 8 + 20 * directory(0).length + 8;
  const bytes = new Uint8Array(tables + 2 * 8 * strips);
  const view = new DataView(bytes.buffer);
  const put = (at: number, type: number, value: number): void => {
    if (type === SHORT) view.setUint16(at, value, true);
    else if (type === LONG) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
  };
  bytes.set([0x49, 0x49]); // little-endian
  put(2, SHORT, 43);
  put(4, SHORT, 8);
  put(8, LONG8, start);
  const entries = directory(bytes.length);
  put(start, LONG8, entries.length);
  let table = tables;
  for (const [i, [tag, type, values]] of entries.entries()) {
    const at = start + 8 + 20 * i;
    const fits = values.length * SIZES[type]! <= 8;
    put(at, SHORT, tag);
    put(at + 2, SHORT, type);
    put(at + 4, LONG8, values.length);
    const place = fits ? at + 12 : table;
    if (!fits) put(at + 12, LONG8, place);
    values.forEach((value, k) => put(place + k * SIZES[type]!, type, value));
    if (!fits) table += values.length * SIZES[type]!;
  }
  return bytes;
}
