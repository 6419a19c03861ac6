/**
 * A canvas element that shows a drawing as it is composed: for drawings whose layers mix, which planes that lie over each
 * other cannot show. Both panes draw from the same one. What a stroke touched is composed anew, and nothing more.
 */
import { Touched, whole } from './box.ts';
import type { Editor } from './editor.ts';

const known = new WeakMap<Editor, Composite>();

export class Composite {
  readonly #editor: Editor;
  readonly #stale = new Touched();
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
    });
  }

  /** The paper with references and paint, as they are now. A floating piece is not part of it. */
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
        ...{ box, roles: ['reference', 'paint'], paper: true, floating: false },
      });
      this.#shown.context.putImageData(new ImageData(data, width, height), box.left, box.top);
    }
    return this.#shown.canvas;
  }
}
