/** What is done to the chosen part of the active layer. Each function is one step of undo. */
import { clip, intersect, whole } from './box.ts';
import type { Document } from './document.ts';
import { Edit } from './edit.ts';
import { boxAt, layOver } from './flatten.ts';
import { eraseChosen } from './floating.ts';
import { Painting, type Easel } from './paint.ts';
import { normalised, words } from './pixels.ts';
import type { Box, Point, Selection, Surface, UndoTitle } from './types.ts';

export function setSelection(document: Document, selection: Selection | null): void {
  const edit = new Edit(document);
  edit.setSelection(selection);
  document.commit(edit, 'select');
}

export function eraseAll(document: Document, title: UndoTitle): void {
  const edit = new Edit(document);
  const box = whole(document.state);
  eraseChosen(document, edit, box);
  document.emitPixels(document.target, [document.selection?.box ?? box], false);
  document.commit(edit, title);
}

/** Empties a whole layer, whatever is chosen. */
export function clearLayer(document: Document, id: string): void {
  const edit = new Edit(document);
  const surface = document.surface(id);
  edit.touch(id, whole(surface));
  words(surface).fill(0);
  document.emitPixels(id, [whole(surface)], false);
  document.commit(edit, 'layer-clear');
}

export function fillChosen(document: Document, easel: Easel, colour: string): void {
  const edit = new Edit(document);
  const painting = new Painting(document, edit, easel.coverage(), { colour, opacity: 1 });
  const box: Box = document.selection?.box ?? whole(document.state);
  painting.coverage.draw(box, false, ({ left, top, width, height }) => {
    painting.coverage.markBox({ left, top, width, height });
    for (let y = top; y < top + height; y++) {
      const start = y * painting.coverage.width + left;
      painting.coverage.bytes.fill(255, start, start + width);
    }
  });
  painting.show(false);
  document.commit(edit, 'fill-selection');
}

/** Replaces a region by pixels: those without alpha empty what was there. */
export function put(document: Document, id: string, pixels: Surface, at: Point): void {
  const edit = new Edit(document);
  const surface = document.surface(id);
  const corner = { x: Math.round(at.x), y: Math.round(at.y) };
  const box = clip(boxAt(pixels, corner), surface);
  edit.touch(id, box);
  const target = words(surface);
  for (let y = box.top; y < box.top + box.height; y++)
    target.fill(0, y * surface.width + box.left, y * surface.width + box.left + box.width);
  layOver(surface, normalised(pixels), corner);
  document.emitPixels(id, [intersect(box, whole(surface))], false);
  document.commit(edit, 'put');
}
