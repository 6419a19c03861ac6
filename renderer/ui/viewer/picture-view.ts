/** The viewer's Konva stage: one picture, and a second one over its right part. Knows nothing of Svelte. */
import Konva from 'konva/lib/Core';
import { Image as KonvaImage } from 'konva/lib/shapes/Image';
import { fit, zoomAt, type Size, type View } from './zoom.ts';

export type Pixels = HTMLImageElement | HTMLCanvasElement;

/** From here on pixels are shown as squares. */
const PIXELS_FROM = 2;

export class PictureView {
  /** Told whenever the picture lies elsewhere on the stage, in CSS pixels, and at which scale. */
  onMove: (frame: Frame, scale: number) => void = () => undefined;
  readonly #stage: Konva.Stage;
  readonly #layer = new Konva.Layer();
  readonly #left = new KonvaImage({ image: undefined });
  readonly #right = new KonvaImage({ image: undefined });
  /** The parts of the picture at either side of the line: what is transparent in one must not show the other. */
  readonly #before = new Konva.Group();
  readonly #clip = new Konva.Group();
  readonly #body = new Konva.Group({ draggable: true });
  #split = 0.5;
  #fitted = true;

  constructor(container: HTMLDivElement) {
    this.#stage = new Konva.Stage({ container, width: container.clientWidth, height: container.clientHeight });
    this.#clip.add(this.#right);
    this.#before.add(this.#left);
    this.#body.add(this.#before, this.#clip);
    this.#layer.add(this.#body);
    this.#stage.add(this.#layer);
    this.#stage.on('wheel', ({ evt }) => {
      evt.preventDefault();
      const at = this.#stage.getPointerPosition();
      if (at) this.#take(zoomAt(this.#view(), Math.exp(-evt.deltaY * 0.0015), at));
    });
    this.#stage.on('dblclick', () => this.fit());
    this.#body.on('dragstart', () => (this.#fitted = false));
    this.#body.on('dragmove', () => this.#tell());
  }

  /** Shows a picture, and beside it another one to compare with. The view stays where the sizes do. */
  show(left: Pixels, right: Pixels | null): void {
    const other = !sameSize(this.#left.image() as Pixels | undefined, left);
    this.#left.image(left);
    // Both fill the same frame, so that they can be compared whatever their sizes.
    const { width, height } = sizeOf(left);
    this.#left.size({ width, height });
    this.#right.image(right ?? undefined);
    this.#right.size({ width, height });
    this.#clip.visible(right !== null);
    this.split(this.#split);
    if (other || this.#fitted) this.fit();
    else this.#tell();
  }

  /** Where the two pictures meet, 0..1. */
  split(at: number): void {
    this.#split = at;
    const { width, height } = this.#left.size();
    const x = width * at;
    this.#before.clip({ x: 0, y: 0, width: this.#clip.visible() ? x : width, height });
    this.#clip.clip({ x, y: 0, width: width - x, height });
  }

  resize(box: Size): void {
    this.#stage.size(box);
    if (this.#fitted) this.fit();
  }

  /** Zooms about the middle of the stage. */
  zoom(factor: number): void {
    this.#take(zoomAt(this.#view(), factor, { x: this.#stage.width() / 2, y: this.#stage.height() / 2 }));
  }

  fit(): void {
    if (!this.#left.image()) return;
    this.#take(fit(this.#left.size(), this.#stage.size()));
    this.#fitted = true;
  }

  destroy(): void {
    this.#stage.destroy();
  }

  #view(): View {
    return { scale: this.#body.scaleX(), ...this.#body.position() };
  }

  #take({ scale, x, y }: View): void {
    this.#fitted = false;
    this.#body.setAttrs({ scaleX: scale, scaleY: scale, x, y });
    this.#layer.imageSmoothingEnabled(scale < PIXELS_FROM);
    this.#tell();
  }

  #tell(): void {
    const { scale, x, y } = this.#view();
    const { width, height } = this.#left.size();
    this.onMove({ left: x, top: y, width: width * scale, height: height * scale }, scale);
  }
}

interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

const sizeOf = (pixels: Pixels): Size =>
  pixels instanceof HTMLImageElement
    ? { width: pixels.naturalWidth, height: pixels.naturalHeight }
    : { width: pixels.width, height: pixels.height };

const sameSize = (a: Pixels | undefined, b: Pixels): boolean =>
  a !== undefined && sizeOf(a).width === sizeOf(b).width && sizeOf(a).height === sizeOf(b).height;
