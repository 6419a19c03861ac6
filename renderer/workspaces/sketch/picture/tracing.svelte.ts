/** Lines from a picture: chosen, looked at in every style and strength, put on a layer. */
import type { LineStyle, Picked, Region } from '../../../../preload/contract/index.ts';
import { pickFiles } from '../../../files/pick.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import { Newest } from '../../../ui/newest.ts';
import type { OpenDrawing } from '../open-drawing.svelte.ts';
import { fitted, surfaceOf } from '../pixels.ts';

export const STYLES: readonly LineStyle[] = ['ink', 'pencil', 'outline', 'shapes'];
/** Previews are no larger. */
const PREVIEW = 768;
/** A slider that is being moved asks for its last place only. */
const PAUSE_MS = 150;
const REFERENCE_OPACITY = 0.5;

export class Tracing {
  picked = $state.raw<Picked | null>(null);
  style = $state<LineStyle>('ink');
  strength = $state(0.5);
  /** Whether the picture itself is kept beneath the lines. */
  reference = $state(false);
  picture = $state.raw<Region | null>(null);
  lines = $state.raw<Region | null>(null);
  error = $state<string>();
  drawing = $state(false);
  busy = $state(false);
  readonly frame: { width: number; height: number };
  readonly #drawing: OpenDrawing;
  readonly #newest = new Newest();

  constructor(drawing: OpenDrawing) {
    this.#drawing = drawing;
    this.frame = fitted(drawing.editor.state, PREVIEW);
  }

  async choose(): Promise<void> {
    const title = t.sketch.picture.pickTitle;
    const [picked] = await pickFiles(studio, { folders: false, several: false, title });
    if (picked) await this.take(picked);
  }

  async take(picked: Picked): Promise<void> {
    this.error = undefined;
    try {
      this.picture = await studio.call('drawings.picture', { token: picked.token, ...this.frame });
      this.picked = picked;
      this.lines = null;
      void this.look();
    } catch (error) {
      this.error = messageOf(error);
    }
  }

  /** Draws the lines anew, once the slider rests. */
  async look(): Promise<void> {
    const { picked } = this;
    if (!picked) return;
    this.drawing = true;
    try {
      this.lines = await this.#newest.ask(this.lines ? PAUSE_MS : 0, () => this.#lines(this.frame, picked));
      this.error = undefined;
    } catch (error) {
      this.error = messageOf(error);
    }
    this.drawing = false;
  }

  /** Puts the lines on a new layer at the drawing's own size. @returns whether they are there */
  async put(): Promise<boolean> {
    const { picked, style } = this;
    if (!picked) return false;
    const { editor } = this.#drawing;
    this.busy = true;
    this.error = undefined;
    try {
      const lines = await this.#lines(editor.state, picked);
      if (this.reference) await addPicture(this.#drawing, picked, 'reference');
      const title = t.sketch.picture.linesLayer(t.sketch.picture.styles[style]);
      editor.setActive(editor.addLayer({ title, role: 'paint', pixels: surfaceOf(lines), at: placeOf(lines) }));
      return true;
    } catch (error) {
      this.error = messageOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  end(): void {
    this.#newest.stop();
  }

  #lines({ width, height }: { width: number; height: number }, { token }: Picked): Promise<Region> {
    return studio.call('drawings.lines', { token, width, height, style: this.style, strength: this.strength });
  }
}

const placeOf = ({ left, top }: Region): { x: number; y: number } => ({ x: left, y: top });

/** Adds a picture as a layer: to draw after, beneath everything; or as part of the drawing, to be placed. @throws CallError */
export async function addPicture({ editor }: OpenDrawing, { token }: Picked, as: 'reference' | 'layer'): Promise<void> {
  const { width, height } = editor.state;
  const region = await studio.call('drawings.picture', { token, width, height });
  const pixels = surfaceOf(region);
  if (as === 'layer') {
    editor.paste(pixels, placeOf(region));
    return;
  }
  const { active } = editor.state;
  const title = t.sketch.picture.referenceLayer;
  const id = editor.addLayer({ title, role: 'reference', pixels, at: placeOf(region) });
  editor.updateLayer(id, { opacity: REFERENCE_OPACITY });
  editor.moveLayer(id, 'bottom');
  editor.setActive(active);
}

/** Adds an example of what the model knows, beneath everything: it is painted over on the layer that was in hand. @throws CallError */
export async function addExample({ editor }: OpenDrawing, model: string): Promise<void> {
  const { width, height } = editor.state;
  const region = await studio.call('paint.example', { model, width, height });
  const { active } = editor.state;
  const title = t.sketch.picture.exampleLayer;
  const id = editor.addLayer({ title, role: 'paint', pixels: surfaceOf(region), at: placeOf(region) });
  editor.moveLayer(id, 'bottom');
  editor.setActive(active);
}
