/** A drawing with its pixels, its selection and its past. Tells listeners of each change. */
import { clip, isEmpty, union } from './box.ts';
import { Edit, type Parts } from './edit.ts';
import { History, type UndoPolicy } from './history.ts';
import { ownerOf, surfacesOf } from '../../preload/contract/layers/stack.ts';
import { contentBox, createSurface } from './pixels.ts';
import type { Box, Change, DrawingState, LayerState, Selection, Surface, UndoTitle } from './types.ts';

const NOWHERE: Box = { left: 0, top: 0, width: 0, height: 0 };
const HISTORY_BYTES = 512 * 2 ** 20;

export interface DocumentOptions {
  state: DrawingState;
  pixels?: ReadonlyMap<string, Surface>;
  historyBytes?: number;
}

export class Document implements Parts {
  state: DrawingState;
  selection: Selection | null = null;
  readonly surfaces = new Map<string, Surface>();
  readonly history: History<Edit>;
  /** The state that listeners know. */
  #told: DrawingState;
  readonly #extents = new Map<string, Box>();
  readonly #listeners = new Set<(change: Change) => void>();

  /** @throws RangeError where the active layer is missing or pixels are of another size. */
  constructor({ state, pixels, historyBytes = HISTORY_BYTES }: DocumentOptions) {
    this.state = state;
    this.#told = state;
    this.history = new History(historyBytes);
    for (const id of surfacesOf(state.layers)) {
      const surface = pixels?.get(id) ?? createSurface(state);
      if (surface.width !== state.width || surface.height !== state.height)
        throw new RangeError(`layer ${id} is ${surface.width}x${surface.height}, not the drawing's size`);
      this.surfaces.set(id, surface);
    }
    this.layer(state.active);
  }

  /** @throws RangeError for an id that is of no layer. */
  layer(id: string): LayerState {
    const layer = this.state.layers.find((layer) => layer.id === id);
    if (!layer) throw new RangeError(`no layer ${id}`);
    return layer;
  }

  /** The pixels of a layer or of a mask. @throws RangeError for any other id, that of a group too */
  surface(id: string): Surface {
    const surface = this.surfaces.get(id);
    if (!surface) throw new RangeError(`no layer ${id}`);
    return surface;
  }

  /** What the pen paints on: the active layer, or its mask. A group has no surface. */
  get target(): string {
    const { active, masking } = this.state;
    return (masking && this.layer(active).mask?.id) || active;
  }

  /** The pen is on a mask. */
  get masks(): boolean {
    return this.target !== this.state.active;
  }

  /** Paint stays where there is some already. */
  get keepsAlpha(): boolean {
    const layer = this.layer(this.state.active);
    return layer.alphaLocked && this.target === layer.id;
  }

  /** The layer whose paint or mask a surface is. */
  owner(surface: string): LayerState | undefined {
    return ownerOf(this.state.layers, surface);
  }

  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Tells that `state` is another object. */
  emitState(): void {
    const picture = !samePicture(this.#told, this.state);
    this.#told = this.state;
    for (const id of this.#extents.keys()) if (!this.surfaces.has(id)) this.#extents.delete(id);
    this.emit({ kind: 'state', picture });
  }

  /** A box that holds all paint of a layer, and not much more: so that empty parts need not be looked at. */
  extent(id: string): Box {
    let extent = this.#extents.get(id);
    if (!extent) this.#extents.set(id, (extent = contentBox(this.surface(id)) ?? NOWHERE));
    return extent;
  }

  /** To be called whenever pixels were written. */
  emitPixels(layer: string, boxes: readonly Box[], running: boolean): void {
    for (const box of boxes) {
      const inside = clip(box, this.state);
      const extent = this.#extents.get(layer);
      if (extent) this.#extents.set(layer, union(extent, inside));
      if (!isEmpty(inside)) this.emit({ kind: 'pixels', layer, box: inside, running });
    }
  }

  /** Ends an edit. An edit that changed nothing leaves no step. The pixels that changed are told by those who wrote them. */
  commit(edit: Edit, title: UndoTitle, policy: UndoPolicy = { undo: 'step' }): void {
    if (!edit.settle()) return;
    if (edit.changesState) this.emitState();
    if (edit.changesSelection) this.emit({ kind: 'selection' });
    if (policy.undo === 'never') return;
    const time = performance.now();
    const last = policy.undo === 'fold' ? this.history.open(policy.key, time) : null;
    if (last) {
      // The older step already has what was there before both.
      last.time = time;
      return;
    }
    edit.title = title;
    edit.key = policy.undo === 'fold' ? policy.key : null;
    edit.time = time;
    this.history.push(edit);
    this.emit({ kind: 'history' });
  }

  undo(): void {
    this.#swap(this.history.undo());
  }

  redo(): void {
    this.#swap(this.history.redo());
  }

  /** Puts back what an edit that is not committed has changed. */
  revert(edit: Edit): void {
    this.#put(edit);
  }

  /** Undoes the newest step and forgets it. */
  takeBack(): void {
    const edit = this.history.takeBack();
    if (edit) this.#put(edit);
  }

  #swap(edit: Edit | null): void {
    if (!edit) return;
    this.#put(edit);
    this.emit({ kind: 'history' });
  }

  #put(edit: Edit): void {
    const boxes = edit.swap();
    if (edit.changesState) this.emitState();
    if (edit.changesSelection) this.emit({ kind: 'selection' });
    for (const [layer, touched] of boxes) if (this.surfaces.has(layer)) this.emitPixels(layer, touched, false);
  }
}

/** Whether two states are seen as the same picture, given the same pixels. */
function samePicture(a: DrawingState, b: DrawingState): boolean {
  if (a.wrap !== b.wrap || a.paper !== b.paper || a.layers.length !== b.layers.length) return false;
  return a.layers.every((one, i) => {
    const other = b.layers[i]!;
    return looks(one).every((look, at) => look === looks(other)[at]);
  });
}

/** All of a layer that has a say in what is seen, but its pixels. */
const looks = ({ id, role, opacity, visible, blend, clipped, mask, group }: LayerState): unknown[] => [
  ...[id, role, opacity, visible, blend, clipped, group],
  mask?.on && mask.id,
];
