/** Two pictures over each other: where the line between them is, and how large they are shown. */
import { splitAfterKey } from './split.ts';

export class Comparison {
  /** The share of the width at the left of the line. */
  split = $state(0.5);
  /** Of the box on the screen. */
  width = $state(0);
  /** Of the pictures themselves. */
  before = $state.raw({ width: 1, height: 1 });
  after = $state(0);
  readonly ratio = $derived(this.before.width / this.before.height);

  /** Whether a result of so many pixels is shown in its pixels, not blurred. */
  crisp(pixels: number): boolean {
    return pixels > 0 && this.width * devicePixelRatio > pixels * 2;
  }

  readonly measure = ({ currentTarget }: Event): void => {
    const { naturalWidth, naturalHeight } = currentTarget as HTMLImageElement;
    this.before = { width: naturalWidth, height: naturalHeight };
  };
  readonly grab = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#follow(event);
  };
  readonly move = (event: PointerEvent): void => {
    if ((event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) this.#follow(event);
  };
  readonly key = (event: KeyboardEvent): void => {
    const to = splitAfterKey(event.key, this.split);
    if (to === null) return;
    event.preventDefault();
    this.split = to;
  };

  #follow({ clientX, currentTarget }: PointerEvent): void {
    const frame = (currentTarget as HTMLElement).closest('[role=slider]')!;
    const { left, width } = frame.getBoundingClientRect();
    this.split = Math.max(0, Math.min(1, (clientX - left) / width));
  }
}
