/** What can be done with layers. Each function is one step of undo. */
import { faded } from './blend.ts';
import { whole } from './box.ts';
import type { Document } from './document.ts';
import { Edit } from './edit.ts';
import { fitted, layOver } from './flatten.ts';
import { createSurface, normalised, words } from './pixels.ts';
import type { DrawingState, LayerRole, LayerState, Point, Surface, UndoTitle } from './types.ts';

export interface NewLayer {
  title?: string;
  role?: LayerRole;
  pixels?: Surface;
  /** Of the pixels' corner. */
  at?: Point;
  /** The layer that it goes above; the active one by default. */
  above?: string;
}

/** An id that no layer of this drawing has or had since it was opened. */
export class LayerIds {
  #last: number;

  constructor({ layers }: DrawingState) {
    this.#last = Math.max(0, ...layers.map(({ id }) => Number(/^layer-(\d+)$/.exec(id)?.[1] ?? 0)));
  }

  next(): string {
    return `layer-${++this.#last}`;
  }
}

/** Adds a layer within an edit, and makes it the active one. */
export function insert(document: Document, edit: Edit, id: string, options: NewLayer): void {
  const { state } = document;
  const { title = '', role = 'paint', pixels, at = { x: 0, y: 0 }, above = state.active } = options;
  const layer: LayerState = { id, title, role, opacity: 1, visible: true, locked: false };
  const index = state.layers.indexOf(document.layer(above)) + 1;
  const surface = pixels ? fitted(normalised(pixels), state, at) : createSurface(state);
  edit.setState({ ...state, layers: state.layers.toSpliced(index, 0, layer), active: id }, new Map([[id, surface]]));
}

export function duplicate(document: Document, id: string, copy: string): void {
  const { state } = document;
  const layer = document.layer(id);
  const surface = document.surface(id);
  const layers = state.layers.toSpliced(state.layers.indexOf(layer) + 1, 0, { ...layer, id: copy });
  const edit = new Edit(document);
  edit.setState({ ...state, layers, active: copy }, new Map([[copy, { ...surface, data: surface.data.slice() }]]));
  document.commit(edit, 'layer-duplicate');
}

/** A drawing keeps at least one layer to paint on. */
export const canRemove = ({ layers }: DrawingState, id: string): boolean =>
  layers.some((layer) => layer.id !== id && layer.role === 'paint') && layers.some((layer) => layer.id === id);

export function remove(document: Document, id: string): void {
  const { state } = document;
  const index = state.layers.indexOf(document.layer(id));
  if (!canRemove(state, id)) throw new RangeError('the last layer to paint on cannot be removed');
  const layers = state.layers.toSpliced(index, 1);
  const active = state.active === id ? layers[Math.max(0, index - 1)]!.id : state.active;
  replace(document, { ...state, layers, active }, 'layer-remove');
}

export function reorder(document: Document, id: string, to: number): void {
  const { state } = document;
  const layer = document.layer(id);
  const index = state.layers.indexOf(layer);
  const target = Math.max(0, Math.min(state.layers.length - 1, Math.round(to)));
  if (index === target) return;
  replace(document, { ...state, layers: state.layers.toSpliced(index, 1).toSpliced(target, 0, layer) }, 'layer-move');
}

/** Both have to be seen and free, and of one role; else the picture would change or a locked layer would. */
export function canMergeDown({ layers }: DrawingState, id: string): boolean {
  const index = layers.findIndex((layer) => layer.id === id);
  const [upper, lower] = [layers[index], layers[index - 1]];
  return [upper, lower].every((layer) => layer?.visible && !layer.locked && layer.role === upper?.role);
}

export function mergeDown(document: Document, id: string): void {
  const { state } = document;
  if (!canMergeDown(state, id)) throw new RangeError(`layer ${id} cannot be merged down`);
  const index = state.layers.indexOf(document.layer(id));
  const [upper, lower] = [state.layers[index]!, state.layers[index - 1]!];
  const edit = new Edit(document);
  edit.touch(lower.id, whole(state));
  const below = document.surface(lower.id);
  // The merged layer has the full opacity, so the lower one's own goes into its pixels.
  if (lower.opacity < 1) {
    const [pixels, strength] = [words(below), Math.round(lower.opacity * 255)];
    for (let i = 0; i < pixels.length; i++) pixels[i] = faded(pixels[i]!, strength);
  }
  layOver(below, document.surface(id), { x: 0, y: 0 }, upper.opacity);
  const layers = state.layers.toSpliced(index - 1, 2, { ...lower, opacity: 1 });
  edit.setState({ ...state, layers, active: lower.id });
  document.emitPixels(lower.id, [whole(state)], false);
  document.commit(edit, 'layer-merge');
}

export function update(document: Document, id: string, change: Partial<Omit<LayerState, 'id'>>): void {
  const { state } = document;
  const before = document.layer(id);
  const after = { ...before, ...change, id };
  if ((Object.keys(after) as (keyof LayerState)[]).every((key) => after[key] === before[key])) return;
  if (after.role !== 'paint' && !canRemove(state, id))
    throw new RangeError('the last layer to paint on keeps its role');
  const edit = new Edit(document);
  edit.setState({ ...state, layers: state.layers.map((layer) => (layer === before ? after : layer)) });
  const slid = Object.keys(change).join() === 'opacity';
  document.commit(edit, 'layer-update', slid ? { undo: 'fold', key: `opacity ${id}` } : { undo: 'step' });
}

/** Replaces the state as one step. */
export function replace(document: Document, state: DrawingState, title: UndoTitle): void {
  const edit = new Edit(document);
  edit.setState(state);
  document.commit(edit, title);
}
