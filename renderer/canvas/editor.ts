/**
 * The drawing editor: what a drawing is made of, the tools that change it, and undo. Pure: no DOM, no Svelte, no Konva.
 * This is the one door; the work is done in the files that it names. What is under way (a stroke, a polygon, a floating
 * piece) is brought to an end before anything else is done: see `leave` of each tool.
 */
import { lightOf } from '../../preload/contract/layers/compose.ts';
import { groupsOf, isShown } from '../../preload/contract/layers/stack.ts';
import { clip, whole } from './box.ts';
import { Document, type DocumentOptions } from './document.ts';
import { Edit } from './edit.ts';
import { flatten } from './flatten.ts';
import { chosenPiece, Floating } from './floating.ts';
import * as layers from './layers.ts';
import { Nudge } from './nudge.ts';
import { Easel } from './paint.ts';
import * as pieces from './pieces.ts';
import { contentBox, formatColour, normalised, parseColour } from './pixels.ts';
import { corners, invert, selectPolygon } from './select.ts';
import { firstSettings, noSymmetry, toolbox, type Toolbox } from './toolbox.ts';
import type { Desk, Tool } from './tools/tool.ts';
import type * as T from './types.ts';

export type EditorOptions = DocumentOptions;

type Pair = [colour: string, secondary: string];
const BLACK_ON_WHITE: Pair = ['#000000', '#ffffff'];
const WHITE_ON_BLACK: Pair = ['#ffffff', '#000000'];

function checked(colour: string): string {
  parseColour(colour);
  return colour;
}

/** The grey as bright as a colour. */
function greyOf(colour: string): string {
  const { r, g, b } = parseColour(colour);
  const light = lightOf(r, g, b);
  return formatColour({ r: light, g: light, b: light });
}

/** Black, or white where that stands out more. */
function inkOn(paper: string): Pair {
  if (paper === 'transparent') return BLACK_ON_WHITE;
  const { r, g, b } = parseColour(paper);
  return lightOf(r, g, b) < 128 ? WHITE_ON_BLACK : BLACK_ON_WHITE;
}

export class Editor implements Desk {
  /** What the eyedropper reads besides the layers: the result picture shown in the result pane, or null. */
  sample: ((point: T.Point) => string | null) | null = null;
  /** Told why the pen was refused. */
  refused: ((why: 'locked' | 'hidden' | 'group') => void) | null = null;
  /** How near counts as on a handle or a first corner, in document pixels. The canvas keeps it at some CSS pixels. */
  reach = 8;
  /** For tools; the window reads it through the members below. */
  readonly document: Document;
  readonly easel: Easel;
  readonly #tools: Toolbox;
  readonly #ids: layers.LayerIds;
  readonly #nudge: Nudge;
  #tool: T.ToolName = 'brush';
  /** The tool that was in use before a transformation. */
  #before: T.ToolName = 'brush';
  #settings: T.ToolSettings;
  #symmetry: T.Symmetry;
  readonly #colours: { paint: Pair; mask: Pair };
  #overlays: readonly T.Overlay[] = [];

  /** @throws RangeError where pixels are not of the drawing's size, or the active layer is missing. */
  constructor(options: EditorOptions) {
    this.document = new Document(options);
    this.easel = new Easel(options.state);
    this.#ids = new layers.LayerIds(options.state);
    this.#nudge = new Nudge(this.document);
    this.#symmetry = noSymmetry(options.state);
    this.#settings = firstSettings(options.state);
    this.#colours = { paint: inkOn(options.state.paper), mask: BLACK_ON_WHITE };
    this.#tools = toolbox(this, {
      lift: () => (this.mayPaint() ? Floating.lift(this.document) : null),
      apply: (floating) => this.#apply(floating),
      discard: (floating) => (floating.pasted ? floating.cancel() : this.document.commit(floating.discard(), 'clear')),
      ended: () => this.#take(this.#before),
    });
  }

  get state(): T.DrawingState {
    return this.document.state;
  }
  get tool(): T.ToolName {
    return this.#tool;
  }
  get settings(): T.ToolSettings {
    return this.#settings;
  }
  get symmetry(): T.Symmetry {
    return this.#symmetry;
  }
  /** What is painted with. A mask has colours of its own, all of them greys: black hides, white shows. */
  get colour(): string {
    return this.#colours[this.#palette][0];
  }
  get secondary(): string {
    return this.#colours[this.#palette][1];
  }
  get selection(): T.Selection | null {
    return this.document.selection;
  }
  get overlays(): readonly T.Overlay[] {
    return this.#overlays;
  }
  get canUndo(): boolean {
    return this.busy || this.document.history.undoable !== null;
  }
  get canRedo(): boolean {
    return !this.busy && this.document.history.redoable !== null;
  }
  get undoTitle(): T.UndoTitle | null {
    return this.document.history.undoable?.title ?? null;
  }
  get redoTitle(): T.UndoTitle | null {
    return this.document.history.redoable?.title ?? null;
  }
  /** A stroke, a shape or a transformation is under way. */
  get busy(): boolean {
    return this.#current.busy;
  }

  subscribe(listener: (change: T.Change) => void): () => void {
    return this.document.subscribe(listener);
  }

  // The pen, in document pixels. It may be outside of the document.

  down(sample: T.PenSample): void {
    this.#current.down(sample);
  }
  move(samples: readonly T.PenSample[]): void {
    this.#current.move(samples);
  }
  up(sample: T.PenSample): void {
    this.#current.up(sample);
  }
  /** Esc, or a pen that was lost: puts back what is under way. */
  cancel(): void {
    this.#current.cancel();
  }
  /** The pen moved with no button held. */
  hover(sample: T.PenSample): void {
    this.#current.hover?.(sample);
  }
  /** Enter: closes the polygon, puts the floating piece down. */
  confirm(): void {
    this.#current.confirm?.();
  }

  // Tools.

  /** Taking `transform` lifts off what is chosen at once. */
  setTool(tool: T.ToolName): void {
    if (tool === this.#tool) return;
    this.#leave();
    if (tool === 'transform') this.beginTransform();
    else this.#take(tool);
  }
  setBrush(which: 'brush' | 'eraser', change: Partial<T.BrushSettings>): void {
    this.#settings = { ...this.#settings, [which]: { ...this.#settings[which], ...change } };
    this.document.emit({ kind: 'tool' });
  }
  set(change: Partial<Omit<T.ToolSettings, 'brush' | 'eraser'>>): void {
    this.#settings = { ...this.#settings, ...change };
    this.document.emit({ kind: 'tool' });
  }
  /** @throws RangeError where it is not `#rrggbb`, as the next three do. */
  setColour(colour: string): void {
    this.#setColours(colour, this.secondary);
  }
  setSecondary(colour: string): void {
    this.#setColours(this.colour, colour);
  }
  swapColours(): void {
    this.#setColours(this.secondary, this.colour);
  }
  resetColours(): void {
    this.#setColours(...BLACK_ON_WHITE);
  }
  setSymmetry(change: Partial<T.Symmetry>): void {
    this.#symmetry = { ...this.#symmetry, ...change };
    this.document.emit({ kind: 'tool' });
  }

  // The drawing.

  setWrap(wrap: boolean): void {
    this.#leave();
    if (wrap !== this.state.wrap) layers.replace(this.document, { ...this.state, wrap }, 'wrap');
  }
  /** `#rrggbb`, or 'transparent'. */
  setPaper(paper: string): void {
    this.#leave();
    if (paper !== 'transparent') parseColour(paper);
    if (paper !== this.state.paper) layers.replace(this.document, { ...this.state, paper }, 'paper');
  }
  /** Ends what is under way first: takes back a corner of a polygon, or else all of it. */
  undo(): void {
    if (!this.busy) this.document.undo();
    else if (!this.#current.back?.()) this.cancel();
  }
  redo(): void {
    if (!this.busy) this.document.redo();
  }
  /** What undo holds, in bytes. */
  historyBytes(): number {
    return this.document.history.bytes;
  }

  // Layers. An id that is of no layer throws a RangeError everywhere.

  /** @returns the new layer's id. It is the active one, and goes above the active one by default. */
  addLayer(options: layers.NewLayer = {}): string {
    this.#leave();
    const id = this.#ids.next();
    const edit = new Edit(this.document);
    layers.insert(this.document, edit, id, options);
    this.document.commit(edit, 'layer-add');
    return id;
  }
  /** @returns the copy's id. It is the active one. */
  duplicateLayer(id: string): string {
    this.#leave();
    return layers.duplicate(this.document, id, this.#ids.next);
  }
  /** @throws RangeError for the last paint layer. */
  removeLayer(id: string): void {
    this.#leave();
    layers.remove(this.document, id);
  }
  canRemove(id: string): boolean {
    return layers.canRemove(this.state, id);
  }
  moveLayer(id: string, place: layers.Place): void {
    this.#leave();
    layers.move(this.document, id, place);
  }
  /** Puts a layer into a group of its own. */
  groupLayer(id: string, title: string): void {
    this.#leave();
    layers.group(this.document, id, { fresh: this.#ids.next, title });
  }
  /** @throws RangeError where it is no group with layers. */
  ungroup(id: string): void {
    this.#leave();
    layers.ungroup(this.document, id);
  }
  /** A mask that hides what is not chosen, or nothing; the pen is on it then. @throws RangeError where there is one. */
  addMask(id: string): void {
    this.#leave();
    layers.addMask(this.document, id, this.#ids.next());
  }
  removeMask(id: string): void {
    this.#leave();
    layers.removeMask(this.document, id);
  }
  /** Whether the pen paints on the active layer's mask. No step of undo. */
  setMasking(masking: boolean): void {
    if (masking === this.state.masking) return;
    this.#leave();
    this.#point({ masking });
  }
  /** @throws RangeError where `canMergeDown` is false. */
  mergeDown(id: string): void {
    this.#leave();
    layers.mergeDown(this.document, id);
  }
  /** What is merged has to be visible, free, and of one role; a group becomes one layer. */
  canMergeDown(id: string): boolean {
    return layers.canMergeDown(this.state, id);
  }
  /** Changes of the opacity that follow one another within a second are one step. */
  updateLayer(id: string, change: layers.LayerChange): void {
    this.#leave();
    layers.update(this.document, id, change);
  }
  /** No step of undo. */
  setActive(id: string): void {
    this.document.layer(id);
    if (id === this.state.active) return;
    this.#leave();
    this.#point({ active: id, masking: false });
  }
  /** @param id of a layer or a mask */
  clearLayer(id = this.document.target): void {
    this.#leave();
    pieces.clearLayer(this.document, id);
  }

  // What is chosen, and pieces. Choosing is undone as painting is.

  selectAll(): void {
    this.#leave();
    pieces.setSelection(this.document, selectPolygon(corners(whole(this.state)), this.state, false));
  }
  deselect(): void {
    this.#leave();
    pieces.setSelection(this.document, null);
  }
  /** Without a selection nothing is done: all is chosen then, and nothing cannot be. */
  invertSelection(): void {
    this.#leave();
    pieces.setSelection(this.document, invert(this.selection, this.state));
  }
  copy(): T.Piece | null {
    const surface = this.document.surfaces.get(this.document.target);
    return surface ? chosenPiece(surface, this.selection) : null;
  }
  cut(): T.Piece | null {
    this.#leave();
    const piece = this.mayPaint() ? this.copy() : null;
    if (piece) pieces.eraseAll(this.document, 'cut');
    return piece;
  }
  /** Delete. While corners of a polygon are set, takes back the last one; a floating piece is thrown away. */
  clear(): void {
    if (this.#current.back?.() || this.#tools.transform.discard()) return;
    this.#leave();
    if (this.mayPaint()) pieces.eraseAll(this.document, 'clear');
  }
  fillSelection(): void {
    this.#leave();
    if (this.mayPaint()) pieces.fillChosen(this.document, this.easel, this.colour);
  }
  /** A new layer with the pixels, at a place or in the middle, floating. Cancelling removes the layer too. */
  paste(pixels: T.Surface, at?: T.Point, title = ''): void {
    this.#leave();
    const middle = (room: number, size: number): number => Math.round((room - size) / 2);
    const { width, height } = this.state;
    const corner = at ?? { x: middle(width, pixels.width), y: middle(height, pixels.height) };
    const edit = new Edit(this.document);
    const { role } = this.document.layer(this.state.active);
    layers.insert(this.document, edit, this.#ids.next(), { title, role: role === 'group' ? 'paint' : role });
    this.document.emitState();
    this.#transform(new Floating(this.document, edit, { pixels: normalised(pixels), at: corner }, true));
  }
  beginTransform(): void {
    this.#leave();
    const floating = this.mayPaint() ? Floating.lift(this.document) : null;
    if (floating) this.#transform(floating);
    else this.#take('transform');
  }
  setTransform(transform: T.Transform): void {
    this.#tools.transform.set(transform);
  }
  applyTransform(): void {
    this.#tools.transform.confirm();
  }
  cancelTransform(): void {
    this.#tools.transform.cancel();
  }
  /** Moves the floating piece, or else the chosen pixels (all of the layer where nothing is chosen). */
  nudge(dx: number, dy: number): void {
    const { floating } = this.#tools.transform;
    if (floating) {
      const { transform } = floating;
      this.setTransform({ ...transform, x: transform.x + dx, y: transform.y + dy });
    } else if (!this.busy && this.mayPaint()) this.#nudge.by(dx, dy);
  }

  // Pixels.

  /** The truth of a layer or of a mask; never to be written to from outside. @throws RangeError for a group */
  surface(id: string): T.Surface {
    return this.document.surface(id);
  }
  /** What is seen of layers of some roles (default: paint) in a box, straight RGBA: with a piece that floats, and on paper where that is wanted. */
  flatten({ box = whole(this.state), roles = ['paint'] as readonly T.LayerRole[], paper = false } = {}): T.Surface {
    const piece = this.#tools.transform.floating;
    return flatten(this.document, {
      ...{ box: clip(box, this.state), roles, paper: paper ? this.state.paper : 'transparent' },
      instead: piece && { id: piece.layer, surface: piece.preview() },
    });
  }
  contentBox(id: string): T.Box | null {
    return contentBox(this.surface(id));
  }
  /** Replaces a region of a layer, as one step. */
  put(layer: string, pixels: T.Surface, at: T.Point): void {
    this.#leave();
    pieces.put(this.document, layer, pixels, at);
  }

  // For tools.

  mayPaint(): boolean {
    const { layers: all, active } = this.state;
    const layer = this.document.layer(active);
    const locked = [layer, ...groupsOf(all, layer)].some((each) => each.locked);
    const why =
      this.document.target === active && layer.role === 'group'
        ? 'group'
        : locked
          ? 'locked'
          : isShown(all, layer)
            ? null
            : 'hidden';
    if (why) this.refused?.(why);
    return why === null;
  }
  pick(point: T.Point): void {
    const colour = this.sample?.(point) ?? this.#seenAt(point);
    if (colour) this.setColour(colour);
  }
  showOverlays(overlays: readonly T.Overlay[]): void {
    if (overlays.length === 0 && this.#overlays.length === 0) return;
    this.#overlays = overlays;
    this.document.emit({ kind: 'overlay' });
  }

  get #current(): Tool {
    return this.#tools[this.#tool];
  }

  #leave(): void {
    this.#current.leave?.();
  }

  /** What is painted on, which is no step of undo. */
  #point(change: Partial<Pick<T.DrawingState, 'active' | 'masking'>>): void {
    const edit = new Edit(this.document);
    edit.setState({ ...this.state, ...change });
    this.document.commit(edit, 'layer-update', { undo: 'never' });
  }

  #take(tool: T.ToolName): void {
    this.#tool = tool;
    this.document.emit({ kind: 'tool' });
  }

  #transform(floating: Floating): void {
    this.#before = this.#tool === 'transform' ? this.#before : this.#tool;
    this.#take('transform');
    this.#tools.transform.begin(floating);
  }

  #apply(floating: Floating): void {
    if (!floating.moved && !floating.pasted) floating.cancel();
    else this.document.commit(floating.apply(), floating.pasted ? 'paste' : 'transform');
  }

  get #palette(): 'paint' | 'mask' {
    return this.document.masks ? 'mask' : 'paint';
  }

  #setColours(...wanted: Pair): void {
    const [colour, secondary] = wanted.map((each) => (this.document.masks ? greyOf(each) : checked(each))) as Pair;
    if (colour === this.colour && secondary === this.secondary) return;
    this.#colours[this.#palette] = [colour, secondary];
    this.document.emit({ kind: 'tool' });
  }

  /** The colour of all layers over the paper at a point, or null where nothing is. */
  #seenAt({ x, y }: T.Point): string | null {
    const { width, height, wrap } = this.state;
    const inside = (at: number, size: number): number => (wrap ? ((at % size) + size) % size : at);
    const box = { left: Math.floor(inside(x, width)), top: Math.floor(inside(y, height)), width: 1, height: 1 };
    const { data } = this.flatten({ box, roles: ['paint', 'reference', 'correction'], paper: true });
    const [r = 0, g = 0, b = 0, a = 0] = data;
    return a === 0 ? null : formatColour({ r, g, b });
  }
}
