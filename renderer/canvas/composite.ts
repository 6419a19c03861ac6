/**
 * A canvas element that shows a drawing as it is composed: for drawings whose layers mix, which planes that lie over each
 * other cannot show. Both panes draw from the same one. What a stroke touched is composed anew, and nothing more.
 */
import { boxOfPoints, clip, Touched, whole } from './box.ts';
import type { Editor } from './editor.ts';
import { frame } from './resample.ts';
import type { Box } from './types.ts';

const known = new WeakMap<Editor, Composite>();

export class Composite {
  readonly #editor: Editor;
  readonly #stale = new Touched();
  /** Where a piece that is being moved was seen last. */
  #piece: Box | null = null;
  #shown: { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } | null = null;

  static of(editor: Editor): Composite {
    let composite = known.get(editor);
    if (!composite) known.set(editor, (composite = new Composite(editor)));
    return composite;
  }

  private constructor(editor: Editor) {
    this.#editor = editor;
    editor.subscribe((change) => {
      if (change.kind === 'pixels') this.#stale.add(change.box);
      else if (change.kind === 'state' && change.picture) this.#stale.add(whole(editor.state));
      else if (change.kind === 'overlay') this.#follow();
    });
  }

  /** A piece that is moved changes where it was and where it is. */
  #follow(): void {
    const { overlays, state } = this.#editor;
    const floating = overlays.find((overlay) => overlay.kind === 'floating');
    const now = floating
      ? state.wrap
        ? whole(state)
        : boxOfPoints(frame(floating.transform, floating.pixels), 2)
      : null;
    for (const box of [this.#piece, now]) if (box) this.#stale.add(clip(box, state));
    this.#piece = now;
  }

  /** The paper with references and paint, as they are now, and with a piece that is being moved. */
  canvas(): HTMLCanvasElement {
    if (!this.#shown) {
      const canvas = document.createElement('canvas');
      const { width, height } = Object.assign(canvas, {
        width: this.#editor.state.width,
        height: this.#editor.state.height,
      });
      this.#shown = { canvas, context: canvas.getContext('2d')! };
      this.#stale.add({ left: 0, top: 0, width, height });
    }
    for (const box of this.#stale.take()) {
      const { data, width, height } = this.#editor.flatten({
        ...{ box, roles: ['reference', 'paint'], paper: true },
      });
      this.#shown.context.putImageData(new ImageData(data, width, height), box.left, box.top);
    }
    return this.#shown.canvas;
  }
}
