/** The clipboard: pieces of drawings stay exact in here, and go out as PNG for other programs. */
import type { Piece, Surface } from '../../canvas/types.ts';
import { canvasOf, pngOf, surfaceOfFile } from './pictures.ts';

let kept: Piece | null = null;

/** Keeps a piece, and gives it to the system. @returns whether the system took it */
export async function keepPiece(piece: Piece): Promise<boolean> {
  kept = piece;
  return writePicture(canvasOf(piece.pixels));
}

/** Gives a picture to the system. @returns whether it took it: browsers may refuse */
export async function writePicture(canvas: HTMLCanvasElement): Promise<boolean> {
  try {
    // Handed over as a promise: Safari and Chromium count the time from the key press until here.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(canvas) })]);
    return true;
  } catch {
    return false; // The caller says so: what was copied can still be pasted within the studio.
  }
}

/**
 * What a paste brings: a piece of our own with its exact pixels and place, or the system's picture.
 * @throws DOMException when the picture cannot be read
 */
export async function pasted(file: Blob | null, most: number): Promise<{ pixels: Surface; at?: Piece['at'] } | null> {
  if (!file) return kept;
  const pixels = await surfaceOfFile(file, most);
  // Our own PNG comes back: the piece itself is exact, and knows where it was.
  return kept && looksLike(kept.pixels, pixels) ? kept : { pixels };
}

/** The first picture in a list of transferred things. */
export const pictureIn = (files: ArrayLike<File> | undefined): File | null =>
  Array.from(files ?? []).find(({ type }) => type.startsWith('image/')) ?? null;

/** The picture in the system's clipboard, where reading it is allowed. @throws DOMException where it is not */
export async function readPicture(): Promise<Blob | null> {
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((each) => each.startsWith('image/'));
    if (type) return item.getType(type);
  }
  return null;
}

/** The same picture, but for what premultiplication rounds away. */
export function looksLike(a: Surface, b: Surface): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  for (let i = 0; i < a.data.length; i += 4) {
    const alpha = a.data[i + 3]!;
    if (Math.abs(alpha - b.data[i + 3]!) > 1) return false;
    for (let c = 0; c < 3; c++) if (Math.abs(a.data[i + c]! - b.data[i + c]!) * alpha > 3 * 255) return false;
  }
  return true;
}
