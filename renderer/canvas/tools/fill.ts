/** Flood fill. */
import { boxOfPoints, whole } from '../box.ts';
import { Edit } from '../edit.ts';
import { flatten } from '../flatten.ts';
import { difference, flood, recolour } from '../flood.ts';
import { Painting } from '../paint.ts';
import { parseColour, words } from '../pixels.ts';
import type { PenSample, Surface } from '../types.ts';
import type { Desk, Tool } from './tool.ts';

export class FillTool implements Tool {
  readonly #desk: Desk;
  readonly busy = false;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  down(sample: PenSample): void {
    if (sample.alt) this.#desk.pick(sample);
    else if (this.#desk.mayPaint()) this.#fill(sample);
  }

  move(): void {
    // A click is all.
  }

  up(): void {
    // Done when the pen went down.
  }

  cancel(): void {
    // Nothing is ever under way.
  }

  #fill(sample: PenSample): void {
    const { document, easel, settings, colour } = this.#desk;
    const { state, selection } = document;
    const at = { x: Math.floor(sample.x), y: Math.floor(sample.y) };
    // A click outside the selection fills nothing, wherever its region would lead.
    if (selection && !selection.mask[at.y * state.width + at.x]) return;
    const surface = document.surface(document.target);
    const picture = settings.sampleAll
      ? flatten(document, { box: whole(state), roles: ['reference', 'paint'] })
      : surface;
    const old = words(picture)[at.y * state.width + at.x] ?? 0;
    const edit = new Edit(document);
    const painting = new Painting(document, edit, easel.coverage(), { colour, opacity: 1 });
    const { tolerance } = settings;
    const rim = flood(painting.coverage, at, { picture, tolerance, wrap: state.wrap });
    const edge = edgeOf(rim, state.width);
    edit.touch(document.target, edge);
    // On a layer of its own the fill simply goes on below the line that ends it; where alpha is kept it is painted over.
    if (settings.sampleAll || document.keepsAlpha) {
      for (const index of rim) painting.coverage.bytes[index] = 255;
      painting.coverage.draw(edge, false, (box) => painting.coverage.markBox(box));
    } else recolourRim(surface, rim, old, colour, selection?.mask ?? null);
    painting.show(false);
    document.emitPixels(document.target, [edge], false);
    document.commit(edit, 'fill');
  }
}

const edgeOf = (rim: readonly number[], width: number) =>
  boxOfPoints(
    rim.map((index) => ({ x: index % width, y: Math.floor(index / width) })),
    1,
  );

/** How much of an edge pixel is the old colour is judged by the pixel around it that is the least like that. */
function recolourRim(
  surface: Surface,
  rim: readonly number[],
  old: number,
  colour: string,
  mask: Uint8Array | null,
): void {
  const pixels = words(surface);
  const { r, g, b } = parseColour(colour);
  const word = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  const { width } = surface;
  const shares = rim.map((index) => {
    let most = 0;
    for (const row of [-width, 0, width])
      for (let x = -1; x <= 1; x++) most = Math.max(most, difference(pixels[index + row + x] ?? old, old));
    return most === 0 ? 0 : (1 - difference(pixels[index]!, old) / most) * ((mask?.[index] ?? 255) / 255);
  });
  rim.forEach((index, i) => (pixels[index] = recolour(pixels[index]!, old, word, shares[i]!)));
}
