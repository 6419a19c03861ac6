/** Contact sheets: pictures in a tidy grid on a light neutral ground, for previews and for looking at results. */
import type { Picture } from './pictures.ts';

const GROUND = 236;
const INK = 96;
/** Labels are drawn two pixels a dot. */
const DOT = 2;
const GLYPH = { width: 5, height: 7 };

export interface SheetOptions {
  /** Pixels between pictures and around them. */
  gap: number;
  /** One for each column, drawn above it in capitals (A-Z, 0-9 and a little punctuation; other signs are left blank). */
  labels?: readonly string[];
}

/** Lays rows of pictures (of any sizes; cells are as large as the largest) on one RGB picture. RGBA is shown over white. */
export function contactSheet(rows: readonly (readonly Picture[])[], { gap, labels }: SheetOptions): Picture {
  const all = rows.flat();
  if (all.length === 0) throw new RangeError('A contact sheet needs at least one picture');
  const cell = { width: Math.max(...all.map((p) => p.width)), height: Math.max(...all.map((p) => p.height)) };
  const columns = Math.max(...rows.map((row) => row.length));
  const top = labels ? gap + GLYPH.height * DOT : 0;
  const width = gap + columns * (cell.width + gap);
  const height = top + gap + rows.length * (cell.height + gap);
  const sheet: Picture = { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(GROUND) };
  rows.forEach((row, j) =>
    row.forEach((picture, i) => {
      const left = gap + i * (cell.width + gap) + ((cell.width - picture.width) >> 1);
      paste(sheet, picture, left, top + gap + j * (cell.height + gap) + ((cell.height - picture.height) >> 1));
    }),
  );
  labels?.slice(0, columns).forEach((text, i) => {
    const fitting = text.slice(0, Math.floor((cell.width + DOT) / ((GLYPH.width + 1) * DOT)));
    write(sheet, fitting, gap + i * (cell.width + gap), gap);
  });
  return sheet;
}

function paste(sheet: Picture, picture: Picture, left: number, top: number): void {
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const from = (y * picture.width + x) * picture.channels;
      const to = ((top + y) * sheet.width + left + x) * 3;
      const white = picture.channels === 4 ? 255 - picture.data[from + 3]! : 0; // premultiplied: white only adds
      for (let c = 0; c < 3; c++) sheet.data[to + c] = Math.min(255, picture.data[from + c]! + white);
    }
}

function write(sheet: Picture, text: string, left: number, top: number): void {
  for (let i = 0; i < text.length; i++)
    FONT[text.charAt(i).toUpperCase()]?.forEach((bits, row) => {
      for (let column = 0; column < GLYPH.width; column++)
        if (bits & (16 >> column)) dot(sheet, left + (i * (GLYPH.width + 1) + column) * DOT, top + row * DOT);
    });
}

function dot(sheet: Picture, left: number, top: number): void {
  for (let y = top; y < top + DOT; y++)
    sheet.data.fill(INK, (y * sheet.width + left) * 3, (y * sheet.width + left + DOT) * 3);
}

/** Capitals of 5 x 7 dots: seven rows from the top, five bits each, the highest at the left. */
const FONT: Record<string, readonly number[]> = {
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 15],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  J: [7, 2, 2, 2, 2, 18, 12],
  K: [17, 18, 20, 24, 20, 18, 17],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  Q: [14, 17, 17, 17, 21, 18, 13],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  V: [17, 17, 17, 17, 17, 10, 4],
  W: [17, 17, 17, 21, 21, 27, 17],
  X: [17, 17, 10, 4, 10, 17, 17],
  Y: [17, 17, 10, 4, 4, 4, 4],
  Z: [31, 1, 2, 4, 8, 16, 31],
  0: [14, 17, 19, 21, 25, 17, 14],
  1: [4, 12, 4, 4, 4, 4, 14],
  2: [14, 17, 1, 6, 8, 16, 31],
  3: [14, 17, 1, 6, 1, 17, 14],
  4: [2, 6, 10, 18, 31, 2, 2],
  5: [31, 16, 30, 1, 1, 17, 14],
  6: [6, 8, 16, 30, 17, 17, 14],
  7: [31, 1, 2, 4, 8, 8, 8],
  8: [14, 17, 17, 14, 17, 17, 14],
  9: [14, 17, 17, 15, 1, 2, 12],
  '.': [0, 0, 0, 0, 0, 12, 12],
  ',': [0, 0, 0, 0, 12, 4, 8],
  ':': [0, 12, 12, 0, 12, 12, 0],
  '-': [0, 0, 0, 31, 0, 0, 0],
  '+': [0, 4, 4, 31, 4, 4, 0],
  '=': [0, 0, 31, 0, 31, 0, 0],
  '/': [1, 1, 2, 4, 8, 16, 16],
  '%': [24, 25, 2, 4, 8, 19, 3],
  '(': [2, 4, 8, 8, 8, 4, 2],
  ')': [8, 4, 2, 2, 2, 4, 8],
};
