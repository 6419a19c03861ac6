/** Lays what a stroke covers on a layer, always from the pixels before the stroke: so it can be done again and again. */
import { clip, intersect, isEmpty, type Size } from './box.ts';
import { atop, erased, over, times } from '../../preload/contract/layers/blend.ts';
import { Coverage } from './coverage.ts';
import type { Document } from './document.ts';
import type { Edit } from './edit.ts';
import { Grain } from './grain.ts';
import { parseColour, words } from './pixels.ts';
import { patchBox, patchesOf } from './patches.ts';
import type { Box, GrainName } from './types.ts';

export interface Paint {
  /** `#rrggbb`, or null to erase. */
  colour: string | null;
  opacity: number;
  /** The ground that shows through; none where it covers evenly. */
  grain?: GrainName;
}

/** What strokes and shapes of a document share: the coverage buffer, made at the first use. */
export class Easel {
  readonly #size: Size;
  #coverage: Coverage | null = null;

  constructor(size: Size) {
    this.#size = size;
  }

  /** Clean; for one stroke at a time. */
  coverage(): Coverage {
    this.#coverage ??= new Coverage(this.#size);
    this.#coverage.clear();
    return this.#coverage;
  }
}

export class Painting {
  readonly coverage: Coverage;
  readonly edit: Edit;
  readonly #document: Document;
  readonly #layer: string;
  /** The layer's alpha stays as it is. */
  readonly #keeps: boolean;
  readonly #grain: Grain | null;
  readonly #word: number | null;
  readonly #alphas: Uint8Array;

  constructor(document: Document, edit: Edit, coverage: Coverage, { colour, opacity, grain = 'none' }: Paint) {
    this.#document = document;
    this.edit = edit;
    this.coverage = coverage;
    this.#layer = document.target;
    this.#keeps = document.keepsAlpha;
    this.#grain = Grain.of(grain, document.state);
    const rgb = colour === null ? null : parseColour(colour);
    this.#word = rgb && (rgb.b << 16) | (rgb.g << 8) | rgb.r;
    this.#alphas = new Uint8Array(256).map((_, i) => Math.round(i * opacity));
  }

  /** Shows on the layer what was covered since the last time, and tells of it. */
  show(running: boolean): void {
    const { boxes } = this.coverage.touched;
    for (const box of boxes) this.#lay(box);
    this.coverage.shown();
    this.#document.emitPixels(this.#layer, boxes, running);
  }

  #lay(box: Box): void {
    const surface = this.#document.surface(this.#layer);
    const { selection } = this.#document;
    const inside = selection ? intersect(box, selection.box) : clip(box, surface);
    if (isEmpty(inside)) return;
    this.edit.touch(this.#layer, inside);
    const pixels = words(surface);
    for (const patch of patchesOf(surface, inside)) {
      const square = patchBox(surface, patch);
      this.#layTile(pixels, this.edit.before(this.#layer, patch), square, intersect(square, inside), selection?.mask);
    }
  }

  #layTile(pixels: Uint32Array, before: Uint32Array, square: Box, part: Box, mask: Uint8Array | undefined): void {
    const { bytes, from, to, width: stride } = this.coverage;
    const [word, alphas, grain, keeps] = [this.#word, this.#alphas, this.#grain, this.#keeps];
    const solid = word === null ? 0 : (0xff000000 | word) >>> 0;
    for (let y = part.top; y < part.top + part.height; y++) {
      const left = Math.max(part.left, from[y]!);
      const end = y * stride + Math.min(part.left + part.width, to[y]!);
      let at = y * stride + left;
      let was = (y - square.top) * square.width + left - square.left;
      for (; at < end; at++, was++) {
        const covered = bytes[at]!;
        if (covered === 0) continue;
        const strength = alphas[grain ? grain.through(covered, at - y * stride, y) : covered]!;
        const alpha = mask ? times(strength, mask[at]!) : strength;
        const below = before[was]!;
        if (keeps) pixels[at] = word === null ? below : atop(below, word, alpha);
        else if (word === null) pixels[at] = erased(below, alpha);
        else pixels[at] = alpha === 255 ? solid : over(below, word, alpha);
      }
    }
  }
}
