/** How the canvas is looked at. Shared by the panes that show the same document, so that they move together. */
import {
  about,
  clampScale,
  fitted,
  panned,
  toDocument,
  toStage,
  wholeTurn,
  type Projection,
  type Size,
} from './projection.ts';
import type { Point } from './types.ts';

export class CanvasView {
  /** CSS pixels per document pixel. */
  scale = $state(1);
  /** Degrees clockwise, in [-180, 180). */
  rotation = $state(0);
  /** Flipped left to right to look at; the document stays as it is. */
  mirrored = $state(false);
  /** The document point in the middle of the pane. */
  centre = $state.raw<Point>({ x: 0, y: 0 });
  /** The size of the pane that was laid out last, in CSS pixels: what a zoom without a place is about. */
  pane = $state.raw<Size>({ width: 0, height: 0 });
  /** Nobody has zoomed or panned since the last fit: a pane that changes its size fits again. */
  fits = $state(true);
  readonly #document: Size;

  /** The view as plain numbers. */
  get projection(): Projection {
    const { scale, rotation, mirrored, centre } = this;
    return { scale, rotation, mirrored, centre };
  }

  constructor(document: Size) {
    this.#document = document;
    this.centre = { x: document.width / 2, y: document.height / 2 };
  }

  /** Shows the whole document. Without arguments: of the document that it was made for, in the last pane. */
  fit(document: Size = this.#document, pane: Size = this.pane): void {
    if (pane.width <= 0 || pane.height <= 0) return;
    const { scale, centre } = fitted(document, pane, this.rotation);
    this.scale = scale;
    this.centre = centre;
    this.fits = true;
  }

  /** What is under the place of the pane stays under it; without a place, what is in the middle. */
  zoomAt(factor: number, at: Point = this.#middle()): void {
    this.#take(about(this.projection, { scale: clampScale(this.scale * factor) }, at, this.pane));
  }

  /** One document pixel is one CSS pixel. */
  actual(): void {
    this.zoomAt(1 / this.scale);
  }

  /** Turns about the middle of the pane, or about a place of it. */
  rotateBy(degrees: number, at: Point = this.#middle()): void {
    this.#take(about(this.projection, { rotation: wholeTurn(this.rotation + degrees) }, at, this.pane));
  }

  /** Flips what is seen about the middle of the pane. */
  mirror(): void {
    this.#take(
      about(
        this.projection,
        { mirrored: !this.mirrored, rotation: wholeTurn(-this.rotation) },
        this.#middle(),
        this.pane,
      ),
    );
  }

  /** Moves the document by CSS pixels of the pane. */
  pan(dx: number, dy: number): void {
    this.#take(panned(this.projection, dx, dy));
  }

  /** Upright, unmirrored, and whole. */
  reset(): void {
    this.rotation = 0;
    this.mirrored = false;
    this.fit();
  }

  toDocument(at: Point, pane: Size = this.pane): Point {
    return toDocument(this.projection, at, pane);
  }

  toStage(point: Point, pane: Size = this.pane): Point {
    return toStage(this.projection, point, pane);
  }

  #middle(): Point {
    return { x: this.pane.width / 2, y: this.pane.height / 2 };
  }

  #take({ scale, rotation, mirrored, centre }: Projection): void {
    this.scale = scale;
    this.rotation = rotation;
    this.mirrored = mirrored;
    this.centre = centre;
    this.fits = false;
  }
}
