/** A pen with pressure, simulated as Chromium would hear it from a tablet. */
import type { CDPSession, Locator, Page } from 'playwright';

/** Places that a tablet tells from one point to the next; the window draws a frame for each. */
const BETWEEN = 2;

/** A pen over the window: strokes with pressure, as a tablet sends them. */
export class Pen {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async over(page: Page): Promise<Pen> {
    return new Pen(await page.context().newCDPSession(page));
  }

  /** Draws through points (shares of the element), each with its pressure. `up` false leaves the pen down. */
  async stroke(on: Locator, points: readonly (readonly [number, number, number])[], up = true): Promise<void> {
    const box = (await on.boundingBox())!;
    const send = async (type: string, [x, y, force]: readonly [number, number, number]): Promise<void> => {
      await this.#session.send('Input.dispatchMouseEvent', {
        ...{ type: type as 'mouseMoved', x: box.x + x * box.width, y: box.y + y * box.height, force },
        ...{ pointerType: 'pen', button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, clickCount: 1 },
      });
    };
    await send('mousePressed', points[0]!);
    for (const [i, point] of points.entries())
      for (let step = 1; step <= BETWEEN && i > 0; step++) {
        const from = points[i - 1]!;
        const at = (k: 0 | 1 | 2): number => from[k] + ((point[k] - from[k]) * step) / BETWEEN;
        await send('mouseMoved', [at(0), at(1), at(2)]);
      }
    if (up) await send('mouseReleased', points.at(-1)!);
  }
}
