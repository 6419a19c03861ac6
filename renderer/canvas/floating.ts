/** A piece of a layer that was lifted off, or came from outside, until it is put down. */
import { clip, intersect } from './box.ts';
import { faded } from '../../preload/contract/layers/blend.ts';
import type { Document } from './document.ts';
import { Edit } from './edit.ts';
import { boxAt, layAround, layOver } from './flatten.ts';
import { contentBox, createSurface, crop, words } from './pixels.ts';
import { homeOf, resample, sameTransform } from './resample.ts';
import { chosenPart, fromAlpha, maskPiece } from './select.ts';
import type { Box, Piece, Selection, Surface, Transform } from './types.ts';

/** The chosen part of a layer, cropped to what is there, or null. */
export function chosenPiece(surface: Surface, selection: Selection | null): Piece | null {
  const content = contentBox(surface);
  if (!content) return null;
  const box = selection ? intersect(content, selection.box) : content;
  const part = chosenPart(surface, box, selection);
  const inside = contentBox(part);
  if (!inside) return null;
  return { pixels: crop(part, inside), at: { x: box.left + inside.left, y: box.top + inside.top } };
}

/** Takes the chosen pixels of what is painted on away, as far as they are chosen. */
export function eraseChosen(document: Document, edit: Edit, box: Box): void {
  const { selection, target } = document;
  const surface = document.surface(target);
  const inside = selection ? intersect(box, selection.box) : clip(box, surface);
  edit.touch(target, inside);
  const pixels = words(surface);
  for (let y = inside.top; y < inside.top + inside.height; y++)
    for (let i = y * surface.width + inside.left, end = i + inside.width; i < end; i++)
      pixels[i] = faded(pixels[i]!, 255 - (selection?.mask[i] ?? 255));
}

export class Floating {
  readonly layer: string;
  readonly piece: Surface;
  /** It came from outside: it is put down even where it was not moved. */
  readonly pasted: boolean;
  readonly #document: Document;
  readonly #edit: Edit;
  readonly #home: Transform;
  /** What was chosen moves along: its mask as a piece, and where that was. */
  readonly #chosen: { piece: Surface; home: Transform } | null;
  #transform: Transform;
  #shown: { transform: Transform; piece: Piece } | null = null;

  /** Lifts off what is chosen of the active layer, or all of it. Null where nothing is. */
  static lift(document: Document): Floating | null {
    const { target, selection } = document;
    const piece = chosenPiece(document.surface(target), selection);
    if (!piece) return null;
    const edit = new Edit(document);
    const box = boxAt(piece.pixels, piece.at);
    eraseChosen(document, edit, box);
    document.emitPixels(target, [box], true);
    return new Floating(document, edit, piece);
  }

  /** @param edit what was changed already: a layer made for it, or its place left empty */
  constructor(document: Document, edit: Edit, { pixels, at }: Piece, pasted = false) {
    this.pasted = pasted;
    const { selection, state } = document;
    this.#document = document;
    this.#edit = edit;
    this.layer = document.target;
    this.piece = pixels;
    this.#home = this.#transform = homeOf(pixels, at);
    this.#chosen = selection && {
      piece: maskPiece(selection, state.width),
      home: homeOf(selection.box, { x: selection.box.left, y: selection.box.top }),
    };
  }

  get transform(): Transform {
    return this.#transform;
  }

  set transform(transform: Transform) {
    this.#transform = transform;
  }

  get moved(): boolean {
    return !sameTransform(this.#transform, this.#home);
  }

  /** The layer as it will be, without putting the piece down. */
  preview(): Surface {
    const surface = this.#document.surface(this.layer);
    const copy = { ...surface, data: surface.data.slice() };
    const { pixels, at } = this.#placed();
    layAround(copy, pixels, at, this.#document.state.wrap);
    return copy;
  }

  /** Puts the piece down. The edit is then to be committed. */
  apply(): Edit {
    const { pixels, at } = this.#placed();
    const { state } = this.#document;
    const box = boxAt(pixels, at);
    const touched = state.wrap ? { left: 0, top: 0, width: state.width, height: state.height } : clip(box, state);
    this.#edit.touch(this.layer, touched);
    layAround(this.#document.surface(this.layer), pixels, at, state.wrap);
    this.#document.emitPixels(this.layer, [touched], false);
    if (this.#chosen) this.#edit.setSelection(this.#movedSelection(this.#chosen));
    return this.#edit;
  }

  /** Leaves the place empty that it was lifted from. The edit is then to be committed. */
  discard(): Edit {
    return this.#edit;
  }

  /** Puts everything back. */
  cancel(): void {
    this.#document.revert(this.#edit);
  }

  #placed(): Piece {
    if (!this.#shown || this.#shown.transform !== this.#transform)
      this.#shown = { transform: this.#transform, piece: resample(this.piece, this.#transform) };
    return this.#shown.piece;
  }

  /** The mask is turned and scaled about the piece's middle, as the piece is. */
  #movedSelection({ piece, home }: { piece: Surface; home: Transform }): Selection | null {
    const { x, y, scaleX, scaleY, rotation } = this.#transform;
    const radians = (rotation * Math.PI) / 180;
    const [dx, dy] = [(home.x - this.#home.x) * scaleX, (home.y - this.#home.y) * scaleY];
    const [cos, sin] = rotation % 360 === 0 ? [1, 0] : [Math.cos(radians), Math.sin(radians)];
    const moved = { x: x + dx * cos - dy * sin, y: y + dx * sin + dy * cos, scaleX, scaleY, rotation };
    const { pixels, at } = resample(piece, moved);
    const mask = createSurface(this.#document.state);
    if (this.#document.state.wrap) layAround(mask, pixels, at, true);
    else layOver(mask, pixels, at);
    return fromAlpha(mask);
  }
}
