/**
 * Canvas elements that show the surfaces of an editor; both panes draw from the same ones. A mirror's ImageData lies over
 * the surface's own bytes, so that showing a stroke copies what it touched and nothing more.
 */
import { Touched } from './box.ts';
import type { Editor } from './editor.ts';
import type { Surface } from './types.ts';

interface Mirror {
  surface: Surface;
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  image: ImageData;
  stale: Touched;
}

const known = new WeakMap<Editor, Mirrors>();

export class Mirrors {
  readonly #editor: Editor;
  readonly #mirrors = new Map<string, Mirror>();

  static of(editor: Editor): Mirrors {
    let mirrors = known.get(editor);
    if (!mirrors) known.set(editor, (mirrors = new Mirrors(editor)));
    return mirrors;
  }

  private constructor(editor: Editor) {
    this.#editor = editor;
    editor.subscribe((change) => {
      if (change.kind === 'pixels') this.#mirrors.get(change.layer)?.stale.add(change.box);
      else if (change.kind === 'state') this.#forget();
    });
  }

  /** The layer as it is now. */
  canvas(id: string): HTMLCanvasElement {
    const mirror = this.#mirrors.get(id) ?? this.#make(id);
    for (const { left, top, width, height } of mirror.stale.take())
      mirror.context.putImageData(mirror.image, 0, 0, left, top, width, height);
    return mirror.canvas;
  }

  #make(id: string): Mirror {
    const surface = this.#editor.surface(id);
    const mirror = { surface, ...mirrorOf(surface), stale: new Touched() };
    this.#mirrors.set(id, mirror);
    return mirror;
  }

  #forget(): void {
    const present = new Set(this.#editor.state.layers.map(({ id }) => id));
    for (const [id, { surface }] of this.#mirrors)
      if (!present.has(id) || this.#editor.surface(id) !== surface) this.#mirrors.delete(id);
  }
}

/** A canvas with the pixels of a surface. */
export function mirrorOf(surface: Surface): Pick<Mirror, 'canvas' | 'context' | 'image'> {
  const canvas = document.createElement('canvas');
  canvas.width = surface.width;
  canvas.height = surface.height;
  const context = canvas.getContext('2d')!;
  const image = new ImageData(surface.data, surface.width, surface.height);
  context.putImageData(image, 0, 0);
  return { canvas, context, image };
}
