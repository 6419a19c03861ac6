/** Eyedropper: takes the colour under the pen, while it is held. */
import type { PenSample } from '../types.ts';
import type { Desk, Tool } from './tool.ts';

export class PickTool implements Tool {
  readonly #desk: Desk;
  readonly busy = false;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  down(sample: PenSample): void {
    this.#desk.pick(sample);
  }

  move(samples: readonly PenSample[]): void {
    if (samples.length > 0) this.#desk.pick(samples.at(-1)!);
  }

  up(): void {
    // The colour was taken on the way.
  }

  cancel(): void {
    // A colour that was taken stays.
  }
}
