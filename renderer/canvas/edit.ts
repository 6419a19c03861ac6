/** One change of a document under way: remembers what was there before, so that it can be undone or put back. */
import { surfacesOf } from '../../preload/contract/layers/stack.ts';
import type { Step } from './history.ts';
import { dropSame, keep, swap, patchBox, type Patches } from './patches.ts';
import { Touched } from './box.ts';
import type { Box, DrawingState, Selection, Surface, UndoTitle } from './types.ts';

/** What an edit changes: the parts of a document. */
export interface Parts {
  state: DrawingState;
  selection: Selection | null;
  /** Of the layers and masks of the state. */
  surfaces: Map<string, Surface>;
}

export class Edit implements Step {
  title: UndoTitle = 'put';
  key: string | null = null;
  time = 0;
  readonly #parts: Parts;
  readonly #patches = new Map<string, Patches>();
  /** Surfaces of layers that are in the other state alone. */
  readonly #parked = new Map<string, Surface>();
  #state: DrawingState | null = null;
  #selection: Selection | null | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** To be called before the pixels of a layer in the box are written. */
  touch(layer: string, box: Box): void {
    let patches = this.#patches.get(layer);
    if (!patches) this.#patches.set(layer, (patches = new Map<number, Uint32Array>()));
    keep(patches, this.#parts.surfaces.get(layer)!, box);
  }

  /** The pixels of a patch that was touched, as they were. */
  before(layer: string, patch: number): Uint32Array {
    return this.#patches.get(layer)!.get(patch)!;
  }

  /** Replaces the state. The surfaces of its new layers are given; those of layers that it lacks are kept for undo. */
  setState(state: DrawingState, surfaces: ReadonlyMap<string, Surface> = new Map()): void {
    this.#state ??= this.#parts.state;
    for (const [id, surface] of surfaces) this.#parked.set(id, surface);
    this.#parts.state = state;
    this.#park();
  }

  setSelection(selection: Selection | null): void {
    if (this.#selection === undefined) this.#selection = this.#parts.selection;
    this.#parts.selection = selection;
  }

  /** Forgets what is as it was. @returns whether anything is left. */
  settle(): boolean {
    for (const [layer, patches] of this.#patches) {
      // A layer that this edit removes has no pixels to compare with; it is parked whole.
      const surface = this.#parts.surfaces.get(layer);
      if (surface) dropSame(patches, surface);
      if (patches.size === 0) this.#patches.delete(layer);
    }
    if (this.#state === this.#parts.state) this.#state = null;
    if (this.#selection === this.#parts.selection) this.#selection = undefined;
    return this.#patches.size > 0 || this.#state !== null || this.#selection !== undefined;
  }

  get changesState(): boolean {
    return this.#state !== null;
  }

  get changesSelection(): boolean {
    return this.#selection !== undefined;
  }

  /** Puts back what was there before; called again, it does what the edit did. @returns the boxes of changed pixels. */
  swap(): Map<string, readonly Box[]> {
    const before = this.#swapPixels(); // of layers that the present state has
    if (this.#state) [this.#state, this.#parts.state] = [this.#parts.state, this.#state];
    this.#park();
    if (this.#selection !== undefined)
      [this.#selection, this.#parts.selection] = [this.#parts.selection, this.#selection];
    return before;
  }

  get bytes(): number {
    let sum = this.#selection?.mask.length ?? 0;
    for (const { data } of this.#parked.values()) sum += data.length;
    for (const patches of this.#patches.values()) for (const patch of patches.values()) sum += patch.byteLength;
    return sum;
  }

  #swapPixels(): Map<string, readonly Box[]> {
    const boxes = new Map<string, readonly Box[]>();
    for (const [layer, patches] of this.#patches) {
      const surface = this.#parts.surfaces.get(layer) ?? this.#parked.get(layer)!;
      swap(patches, surface);
      const touched = new Touched();
      for (const patch of patches.keys()) touched.add(patchBox(surface, patch));
      boxes.set(layer, touched.boxes);
    }
    return boxes;
  }

  #park(): void {
    const { state, surfaces } = this.#parts;
    const present = new Set(surfacesOf(state.layers));
    for (const [id, surface] of surfaces)
      if (!present.has(id)) {
        this.#parked.set(id, surface);
        surfaces.delete(id);
      }
    for (const id of present)
      if (!surfaces.has(id)) {
        surfaces.set(id, this.#parked.get(id)!);
        this.#parked.delete(id);
      }
  }
}
