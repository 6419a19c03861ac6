/** Painting where a result stays as its original was: the brush, and what was painted before, to be taken back. */
import type { Batch } from '../../../preload/contract/index.ts';
import { studio } from '../../studio.svelte.ts';
import { loadPicture } from '../../ui/viewer/pictures.ts';
import type { Box } from './lens.ts';

/** Masks go over smoothly, and need no more pixels on their longer side. */
const LONGEST = 1024;
/** As many strokes can be taken back. */
const STEPS = 30;
/** How far a brush fades out, of its width. */
const SOFT = 0.12;
/** Of the overlay, which lets the picture through. */
const COLOUR = '#ff3d8b';

/** Where a picture is. */
export interface PlaceOfPicture {
  batch: Batch['id'];
  index: number;
}

export class Keeping {
  /** The width of the brush, of the picture's longer side. */
  size = $state(0.08);
  erasing = $state(false);
  canUndo = $state(false);
  #past: ImageData[] = [];
  #canvas: HTMLCanvasElement | null = null;
  #place: PlaceOfPicture | null = null;
  #saved: () => void = () => undefined;
  #stroke: { before: ImageData; points: [number, number][] } | null = null;

  /** Paints on a canvas that lies over the picture, beginning with what is painted already. */
  async open(
    canvas: HTMLCanvasElement,
    { place, mask, natural, saved }: { place: PlaceOfPicture; mask: string | null; natural: Box; saved: () => void },
  ): Promise<void> {
    const scale = Math.min(1, LONGEST / Math.max(natural.width, natural.height));
    canvas.width = Math.max(1, Math.round(natural.width * scale));
    canvas.height = Math.max(1, Math.round(natural.height * scale));
    [this.#canvas, this.#place, this.#saved] = [canvas, place, saved];
    [this.#past, this.canUndo, this.#stroke] = [[], false, null];
    if (mask === null) return;
    const picture = await loadPicture(mask);
    if (this.#canvas !== canvas || this.#past.length > 0) return;
    const context = contextOf(canvas);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    tint(context, COLOUR);
  }

  close(canvas: HTMLCanvasElement): void {
    if (this.#canvas === canvas) this.#canvas = null;
  }

  /** Places are shares of the picture's width and height. */
  begin(x: number, y: number): void {
    const canvas = this.#canvas;
    if (!canvas) return;
    this.#stroke = { before: contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height), points: [] };
    this.move(x, y);
  }

  move(x: number, y: number): void {
    const [canvas, stroke] = [this.#canvas, this.#stroke];
    if (!canvas || !stroke) return;
    stroke.points.push([x * canvas.width, y * canvas.height]);
    const context = contextOf(canvas);
    // The whole stroke anew: where it crosses itself its soft edge stays soft.
    context.putImageData(stroke.before, 0, 0);
    const width = this.size * Math.max(canvas.width, canvas.height);
    context.save();
    context.globalCompositeOperation = this.erasing ? 'destination-out' : 'source-over';
    context.filter = `blur(${width * SOFT}px)`;
    [context.lineCap, context.lineJoin, context.lineWidth, context.strokeStyle] = ['round', 'round', width, COLOUR];
    context.beginPath();
    const [first, ...rest] = stroke.points;
    context.moveTo(...first!);
    // A line without a length is not drawn.
    context.lineTo(first![0] + 0.01, first![1]);
    for (const point of rest) context.lineTo(...point);
    context.stroke();
    context.restore();
  }

  end(): void {
    if (!this.#stroke) return;
    this.#past = [...this.#past, this.#stroke.before].slice(-STEPS);
    [this.#stroke, this.canUndo] = [null, true];
    void this.#save();
  }

  undo(): void {
    const before = this.#past.pop();
    if (!before || !this.#canvas) return;
    this.canUndo = this.#past.length > 0;
    contextOf(this.#canvas).putImageData(before, 0, 0);
    void this.#save();
  }

  async #save(): Promise<void> {
    const [canvas, place, saved] = [this.#canvas!, this.#place!, this.#saved];
    const mask = await encoded(canvas);
    await studio.attempt(studio.call('translate.mask', { ...place, mask }));
    saved();
  }
}

const contextOf = (canvas: HTMLCanvasElement): CanvasRenderingContext2D =>
  canvas.getContext('2d', { willReadFrequently: true })!;

/** Everything that is there in one colour. */
function tint(context: CanvasRenderingContext2D, colour: string): void {
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = colour;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.globalCompositeOperation = 'source-over';
}

/** White where it is painted, as a PNG; null where nothing is. */
async function encoded(canvas: HTMLCanvasElement): Promise<Uint8Array | null> {
  const { width, height } = canvas;
  const { data } = contextOf(canvas).getImageData(0, 0, width, height);
  if (data.every((value, i) => i % 4 !== 3 || value === 0)) return null;
  const white = new OffscreenCanvas(width, height);
  const context = white.getContext('2d')!;
  context.drawImage(canvas, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  return new Uint8Array(await (await white.convertToBlob({ type: 'image/png' })).arrayBuffer());
}
