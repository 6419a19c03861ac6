/** One of a pane's planes: a Konva.Layer with the nodes of a part of the scene, seen through the view. */
import Konva from 'konva/lib/Core';
import { Shape } from 'konva/lib/Shape';
import { boxOfPoints, clip, isEmpty, shift, type Size } from './box.ts';
import type { Composite } from './composite.ts';
import { mirrorOf, type Mirrors } from './mirrors.ts';
import { toStage, type Projection } from './projection.ts';
import { Reconciler } from './reconcile.ts';
import type { SceneItem } from './scene.ts';
import { corners } from './select.ts';
import type { Box, Surface } from './types.ts';

/** From here on pixels are shown as squares. */
const PIXELS_FROM = 8;
const CHECK = 16;

export interface PlaneOptions {
  mirrors: Mirrors;
  composite: Composite;
  /** Of the document. */
  size: Size;
  wraps: () => boolean;
}

export class Plane {
  readonly konva = new Konva.Layer({ listening: false });
  readonly #options: PlaneOptions;
  readonly #reconciler: Reconciler<SceneItem, Shape>;
  /** What the nodes show; a node's drawing reads it. */
  readonly #items = new WeakMap<Shape, SceneItem>();
  readonly #pieces = new WeakMap<Surface, HTMLCanvasElement>();
  #checks: CanvasPattern | null = null;

  constructor(options: PlaneOptions) {
    this.#options = options;
    this.#reconciler = new Reconciler({
      create: (item) => this.#create(item),
      update: (node, item) => this.#set(node, item),
      place: (node, index) => {
        if (!node.getParent()) this.konva.add(node);
        node.zIndex(index);
      },
      remove: (node) => node.destroy(),
    });
  }

  show(items: readonly SceneItem[]): void {
    if (this.#reconciler.reconcile(items)) this.konva.batchDraw();
  }

  has(key: string): boolean {
    return this.#reconciler.node(key) !== undefined;
  }

  look({ scale, rotation, mirrored, centre }: Projection, pane: Size): void {
    this.konva.setAttrs({
      x: pane.width / 2,
      y: pane.height / 2,
      offset: centre,
      rotation,
      scaleX: mirrored ? -scale : scale,
      scaleY: scale,
      imageSmoothingEnabled: scale < PIXELS_FROM,
    });
  }

  /** Draws only what shows a box of the document, in wrap mode wherever it is seen. */
  redraw(box: Box, projection: Projection, pane: Size): void {
    const { width, height } = this.#options.size;
    for (const row of this.#around())
      for (const column of this.#around()) this.#redrawOnce(shift(box, column * width, row * height), projection, pane);
  }

  #around(): readonly number[] {
    return this.#options.wraps() ? [-1, 0, 1] : [0];
  }

  #redrawOnce(box: Box, projection: Projection, pane: Size): void {
    // Two pixels more: those that smoothing mixes in.
    const seen = boxOfPoints(
      corners(box).map((corner) => toStage(projection, corner, pane)),
      2 + 2 * projection.scale,
    );
    if (isEmpty(clip(seen, pane))) return;
    const context = this.konva.getNativeCanvasElement().getContext('2d')!;
    context.save();
    context.beginPath();
    context.rect(seen.left, seen.top, seen.width, seen.height);
    context.clip();
    context.clearRect(seen.left, seen.top, seen.width, seen.height);
    // Konva would clear all of it.
    this.konva.clearBeforeDraw(false);
    this.konva.drawScene();
    this.konva.clearBeforeDraw(true);
    context.restore();
  }

  #create(item: SceneItem): Shape {
    const node = new Shape({
      perfectDrawEnabled: false,
      sceneFunc: ({ _context: context }, shape) => this.#draw(context, this.#items.get(shape)!),
    });
    this.#set(node, item);
    return node;
  }

  #set(node: Shape, item: SceneItem): void {
    this.#items.set(node, item);
    node.opacity('opacity' in item ? item.opacity : 1);
  }

  #draw(context: CanvasRenderingContext2D, item: SceneItem): void {
    const { size } = this.#options;
    // The paper is one piece, so that no seam shows between its copies.
    const around = item.kind === 'paper' ? [0] : this.#around();
    for (const row of around)
      for (const column of around) {
        context.save();
        context.translate(column * size.width, row * size.height);
        this.#drawOnce(context, item);
        context.restore();
      }
  }

  #drawOnce(context: CanvasRenderingContext2D, item: SceneItem): void {
    const { size, mirrors, composite } = this.#options;
    if (item.kind === 'layer') context.drawImage(mirrors.canvas(item.id), 0, 0);
    else if (item.kind === 'composite') context.drawImage(composite.canvas(), 0, 0);
    else if (item.kind === 'result') context.drawImage(item.canvas, 0, 0, size.width, size.height);
    else if (item.kind === 'paper') {
      context.fillStyle = item.colour === 'transparent' ? this.#pattern(context) : item.colour;
      const { width, height } = size;
      if (this.#options.wraps()) context.fillRect(-width, -height, 3 * width, 3 * height);
      else context.fillRect(0, 0, width, height);
    } else {
      const { pixels, transform } = item.floating;
      context.beginPath();
      context.rect(0, 0, size.width, size.height);
      // In wrap mode the piece goes on in the neighbours, which are drawn the same.
      if (!this.#options.wraps()) context.clip();
      context.translate(transform.x, transform.y);
      context.rotate((transform.rotation * Math.PI) / 180);
      context.scale(transform.scaleX, transform.scaleY);
      context.drawImage(this.#piece(pixels), -pixels.width / 2, -pixels.height / 2);
    }
  }

  #piece(pixels: Surface): HTMLCanvasElement {
    let canvas = this.#pieces.get(pixels);
    if (!canvas) this.#pieces.set(pixels, (canvas = mirrorOf(pixels).canvas));
    return canvas;
  }

  #pattern(context: CanvasRenderingContext2D): CanvasPattern {
    if (this.#checks) return this.#checks;
    const tile = document.createElement('canvas');
    tile.width = tile.height = 2 * CHECK;
    const squares = tile.getContext('2d')!;
    squares.fillStyle = '#ffffff';
    squares.fillRect(0, 0, 2 * CHECK, 2 * CHECK);
    squares.fillStyle = '#ececec';
    squares.fillRect(0, 0, CHECK, CHECK);
    squares.fillRect(CHECK, CHECK, CHECK, CHECK);
    return (this.#checks = context.createPattern(tile, 'repeat')!);
  }
}
