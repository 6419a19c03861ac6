/** What can be done with layers. Each function is one step of undo. */
import { blankOf, compose, type Sheet } from '../../preload/contract/layers/compose.ts';
import { familyOf, groupsOf, isIn, isShown, plainLayer, sheetsOf } from '../../preload/contract/layers/stack.ts';
import { whole } from './box.ts';
import type { Document } from './document.ts';
import { Edit } from './edit.ts';
import { fitted } from './flatten.ts';
import { createSurface, normalised, words } from './pixels.ts';
import type { DrawingState, LayerRole, LayerState, Point, Surface, UndoTitle } from './types.ts';

export interface NewLayer {
  title?: string;
  role?: Exclude<LayerRole, 'group'>;
  pixels?: Surface;
  /** Of the pixels' corner. */
  at?: Point;
  /** The layer that it goes above; by default the active one, and into it where that is a group. */
  above?: string;
}

/** Where a layer goes: next to another one, on top of what is in a group, or below everything. */
export type Place = { above: string } | { below: string } | { into: string } | 'bottom';

/** An id that no layer and no mask of this drawing has or had since it was opened. */
export class LayerIds {
  #last: number;

  constructor({ layers }: DrawingState) {
    const ids = layers.flatMap(({ id, mask }) => [id, mask?.id ?? '']);
    this.#last = Math.max(0, ...ids.map((id) => Number(/^layer-(\d+)$/.exec(id)?.[1] ?? 0)));
  }

  readonly next = (): string => `layer-${++this.#last}`;
}

/** Adds a layer within an edit, and makes it the active one. */
export function insert(document: Document, edit: Edit, id: string, options: NewLayer): void {
  const { state } = document;
  const { title = '', role = 'paint', pixels, at = { x: 0, y: 0 }, above } = options;
  const beside = document.layer(above ?? state.active);
  const into = above === undefined && beside.role === 'group';
  const index = state.layers.indexOf(beside) + (into ? 0 : 1);
  const group = into ? beside.id : beside.group;
  // Between a layer and those that are clipped to it, it is clipped as they are.
  const next = state.layers[index];
  const clipped = beside.role === role && next?.group === group && next.clipped;
  const layer: LayerState = { ...plainLayer({ id, title }), role, group, clipped };
  const surface = pixels ? fitted(normalised(pixels), state, at) : createSurface(state);
  const layers = state.layers.toSpliced(index, 0, layer);
  edit.setState({ ...state, layers, active: id, masking: false }, new Map([[id, surface]]));
}

/** With all that is in it, and its masks. @returns the copy's id, which is the active one */
export function duplicate(document: Document, id: string, fresh: () => string): string {
  const { state } = document;
  const family = familyOf(state.layers, document.layer(id).id);
  const ids = new Map(family.map((layer) => [layer.id, fresh()] as const));
  const surfaces = new Map<string, Surface>();
  const copied = (from: string, to: string): string => {
    const surface = document.surface(from);
    surfaces.set(to, { ...surface, data: surface.data.slice() });
    return to;
  };
  const copies = family.map((layer): LayerState => {
    const copy = ids.get(layer.id)!;
    if (layer.role !== 'group') copied(layer.id, copy);
    const mask = layer.mask && { ...layer.mask, id: copied(layer.mask.id, fresh()) };
    return { ...layer, id: copy, mask, group: layer.id === id ? layer.group : ids.get(layer.group!)! };
  });
  const at = state.layers.indexOf(document.layer(id)) + 1;
  const edit = new Edit(document);
  const active = ids.get(id)!;
  edit.setState({ ...state, layers: state.layers.toSpliced(at, 0, ...copies), active, masking: false }, surfaces);
  document.commit(edit, 'layer-duplicate');
  return active;
}

/** A drawing keeps at least one layer to paint on. */
export function canRemove({ layers }: DrawingState, id: string): boolean {
  const family = familyOf(layers, id);
  return family.length > 0 && layers.some((layer) => layer.role === 'paint' && !family.includes(layer));
}

export function remove(document: Document, id: string): void {
  const { state } = document;
  const layer = document.layer(id);
  if (!canRemove(state, id)) throw new RangeError('the last layer to paint on cannot be removed');
  const family = familyOf(state.layers, id);
  const layers = state.layers.filter((each) => !family.includes(each));
  const index = state.layers.indexOf(layer) - family.length;
  const gone = family.some((each) => each.id === state.active);
  const active = gone ? layers[Math.max(0, index)]!.id : state.active;
  replace(document, { ...state, layers, active, masking: state.masking && !gone }, 'layer-remove');
}

/** Puts a layer, with all that is in it, at a place. Nothing is done where it would be put into itself. */
export function move(document: Document, id: string, place: Place): void {
  const { state } = document;
  document.layer(id);
  const family = familyOf(state.layers, id);
  const rest = state.layers.filter((layer) => !family.includes(layer));
  const [index, group] = spot(rest, place);
  if (index < 0) return;
  const moved = family.map((layer) => (layer.id === id ? { ...layer, group } : layer));
  const layers = rest.toSpliced(index, 0, ...moved);
  const same = layers.every((layer, i) => layer.id === state.layers[i]!.id && layer.group === state.layers[i]!.group);
  if (!same) replace(document, { ...state, layers }, 'layer-move');
}

/** The index among layers and the group of a place; -1 where it is next to none of them. */
function spot(layers: readonly LayerState[], place: Place): [number, string | null] {
  if (place === 'bottom') return [0, null];
  const [by, id] = Object.entries(place)[0] as ['above' | 'below' | 'into', string];
  const index = layers.findIndex((layer) => layer.id === id);
  const layer = layers[index];
  if (!layer) return [-1, null];
  if (by === 'into') return [layer.role === 'group' ? index : -1, id];
  return [by === 'above' ? index + 1 : index + 1 - familyOf(layers, id).length, layer.group];
}

/**
 * Puts a layer into a group of its own, and what is seen stays. What clipping binds meets the rest as one piece, so a
 * group in its place stands apart, and mixes as the layer did; any other one lets through what is in it, as it is.
 */
export function group(document: Document, id: string, { fresh, title }: { fresh: () => string; title: string }): void {
  const { state } = document;
  const layer = document.layer(id);
  const around: LayerState = { ...plainLayer({ id: fresh(), title }), role: 'group', group: layer.group };
  const { blend, opacity, clipped } = layer;
  const [taken, left] = isBound(state.layers, layer)
    ? [{ blend: blend === 'through' ? 'normal' : blend, opacity, clipped } as const, UNBOUND]
    : [{ blend: 'through' } as const, {}];
  const within = state.layers.map((each) => (each === layer ? { ...each, ...left, group: around.id } : each));
  const layers = within.toSpliced(state.layers.indexOf(layer) + 1, 0, { ...around, ...taken });
  replace(document, { ...state, layers }, 'group');
}

const UNBOUND = { blend: 'normal', opacity: 1, clipped: false } as const;

/** Whether it is clipped, or the next one that is seen with it is clipped to it. */
function isBound(layers: readonly LayerState[], layer: LayerState): boolean {
  const { role, group: outer } = layer;
  const above = layers.slice(layers.indexOf(layer) + 1).filter((each) => each.group === outer);
  const next = role === 'group' ? above[0] : above.find((each) => each.role === role || each.role === 'group');
  return layer.clipped || next?.clipped === true;
}

/** Takes a group apart: what is in it stays where it is, and one alone takes over how the group mixed. */
export function ungroup(document: Document, id: string): void {
  const { state } = document;
  const around = document.layer(id);
  const inside = state.layers.filter((layer) => layer.group === id);
  if (around.role !== 'group' || inside.length === 0) throw new RangeError(`${id} is no group with layers`);
  const freed = (layer: LayerState): LayerState => {
    const each = { ...layer, group: around.group, clipped: layer.clipped || around.clipped };
    if (inside.length > 1) return each;
    const takes = around.blend !== 'through' && layer.blend === 'normal';
    return { ...each, opacity: layer.opacity * around.opacity, blend: takes ? around.blend : layer.blend };
  };
  const layers = state.layers.flatMap((layer) =>
    layer === around ? [] : [inside.includes(layer) ? freed(layer) : layer],
  );
  const active = state.active === id ? inside.at(-1)!.id : state.active;
  replace(document, { ...state, layers, active, masking: false }, 'ungroup');
}

/** A group becomes one layer; any other goes into the one below it. What is merged has to be seen and free. */
export function canMergeDown(state: DrawingState, id: string): boolean {
  return merging(state, id) !== null;
}

/** What becomes one layer, and what of it the one layer keeps; null where the picture would change or a locked layer would. */
function merging({ layers }: DrawingState, id: string): { parts: LayerState[]; kept: LayerState } | null {
  const upper = layers.find((layer) => layer.id === id);
  if (!upper) return null;
  const free = (each: readonly LayerState[]): boolean =>
    each.every((layer) => isShown(layers, layer) && ![layer, ...groupsOf(layers, layer)].some(({ locked }) => locked));
  if (upper.role === 'group') {
    const parts = familyOf(layers, id);
    const paints = parts.filter(({ role }) => role !== 'group');
    if (paints.length === 0 || !free(parts) || paints.some(({ role }) => role !== 'paint')) return null;
    const { blend, opacity, clipped, group: outer, title } = upper;
    const kept = { ...paints[0]!, title, blend: blend === 'through' ? 'normal' : blend, opacity, clipped } as const;
    return { parts, kept: { ...kept, mask: null, group: outer, alphaLocked: false } };
  }
  const siblings = layers.filter((layer) => layer.group === upper.group);
  const lower = siblings[siblings.indexOf(upper) - 1];
  if (lower?.role !== upper.role || !free([upper, lower]) || lower.blend !== 'normal') return null;
  if (lower.clipped && !upper.clipped) return null;
  return { parts: [lower, upper], kept: { ...lower, opacity: 1, mask: null } };
}

export function mergeDown(document: Document, id: string): void {
  const { state } = document;
  const found = merging(state, id);
  if (!found) throw new RangeError(`layer ${id} cannot be merged down`);
  const { parts, kept } = found;
  const picture = blankOf(whole(state));
  compose(picture, apart(document, parts, kept));
  const edit = new Edit(document);
  edit.touch(kept.id, whole(state));
  words(document.surface(kept.id)).set(picture.words);
  const layers = state.layers.flatMap((layer) => (layer.id === id ? [kept] : parts.includes(layer) ? [] : [layer]));
  edit.setState({ ...state, layers, active: kept.id, masking: false });
  document.emitPixels(kept.id, [whole(state)], false);
  document.commit(edit, 'layer-merge');
}

/** Layers as they are by themselves: what the one layer keeps has no say in its pixels. */
function apart(document: Document, parts: readonly LayerState[], kept: LayerState): Sheet[] {
  const placed = (id: string) => ({ ...whole(document.state), words: words(document.surface(id)) });
  const alone = parts.map((layer): LayerState => {
    const outermost = !parts.some(({ id }) => id === layer.group);
    if (!outermost) return layer;
    // The group's own mask is in the pixels then, its mode and opacity are the layer's.
    if (layer.role === 'group') return { ...layer, group: null, opacity: 1, blend: 'normal', clipped: false };
    return { ...layer, group: null, clipped: layer.clipped && !kept.clipped };
  });
  return sheetsOf(alone, kept.role, {
    paint: ({ id }) => ({ pixels: placed(id), part: document.extent(id) }),
    mask: placed,
  });
}

/** A mask that hides nothing, or all that is not chosen where something is. It is painted on from now on. */
export function addMask(document: Document, id: string, mask: string): void {
  const { state, selection } = document;
  const before = document.layer(id);
  if (before.mask) throw new RangeError(`layer ${id} has a mask`);
  const surface = createSurface(state);
  if (selection) words(surface).forEach((_, i, all) => (all[i] = ((255 - selection.mask[i]!) << 24) >>> 0));
  const edit = new Edit(document);
  const layers = changed(state.layers, id, { mask: { id: mask, on: true } });
  edit.setState({ ...state, layers, active: id, masking: true }, new Map([[mask, surface]]));
  document.commit(edit, 'mask-add');
}

export function removeMask(document: Document, id: string): void {
  const { state } = document;
  document.layer(id);
  const layers = changed(state.layers, id, { mask: null });
  replace(document, { ...state, layers, masking: state.masking && state.active !== id }, 'mask-remove');
}

const changed = (layers: readonly LayerState[], id: string, change: Partial<LayerState>): LayerState[] =>
  layers.map((layer) => (layer.id === id ? { ...layer, ...change } : layer));

/** What of a layer is changed by itself; where it stands is `move`'s, and its mask is added and removed. */
export type LayerChange = Partial<Omit<LayerState, 'id' | 'group' | 'mask'>> & { maskOn?: boolean };

export function update(document: Document, id: string, { maskOn, ...change }: LayerChange): void {
  const { state } = document;
  const before = document.layer(id);
  const mask = before.mask && maskOn !== undefined ? { ...before.mask, on: maskOn } : before.mask;
  const after = { ...before, ...change, mask };
  const same = (key: keyof LayerState): boolean =>
    key === 'mask' ? mask?.on === before.mask?.on : after[key] === before[key];
  if ((Object.keys(after) as (keyof LayerState)[]).every(same)) return;
  if (before.role === 'paint' && after.role !== 'paint' && !canRemove(state, id))
    throw new RangeError('the last layer to paint on keeps its role');
  const edit = new Edit(document);
  edit.setState({ ...state, layers: state.layers.map((layer) => (layer === before ? after : layer)) });
  const slid = Object.keys(change).join() === 'opacity';
  document.commit(edit, 'layer-update', slid ? { undo: 'fold', key: `opacity ${id}` } : { undo: 'step' });
}

/** One further up (1) or down (-1), into groups and out of them; null where nothing is further. */
export function step(layers: readonly LayerState[], id: string, by: 1 | -1): Place | null {
  const layer = layers.find((each) => each.id === id);
  if (!layer) return null;
  const siblings = layers.filter(({ group: outer }) => outer === layer.group);
  const next = siblings[siblings.indexOf(layer) + by];
  const out = layer.group ?? undefined;
  if (!next) return out === undefined ? null : by === 1 ? { above: out } : { below: out };
  if (next.role !== 'group') return by === 1 ? { above: next.id } : { below: next.id };
  const lowest = layers.find(({ group: outer }) => outer === next.id);
  return by === 1 && lowest ? { below: lowest.id } : { into: next.id };
}

/**
 * Where a layer goes that is dropped on another one: into a group; else to where the other one is listed, above it when
 * it comes from below, below it when it comes from above. Null where nothing would change.
 */
export function dropped(layers: readonly LayerState[], id: string, target: string): Place | null {
  const [moved, on] = [id, target].map((each) => layers.find((layer) => layer.id === each));
  if (!moved || !on || moved === on || isIn(layers, on, id)) return null;
  if (on.role === 'group' && moved.group !== target) return { into: target };
  return layers.indexOf(moved) < layers.indexOf(on) ? { above: target } : { below: target };
}

/** Replaces the state as one step. */
export function replace(document: Document, state: DrawingState, title: UndoTitle): void {
  const edit = new Edit(document);
  edit.setState(state);
  document.commit(edit, title);
}
