/** The address of our window, and whether a frame is it. */

export const SCHEME = 'app';
export const ORIGIN = `${SCHEME}://studio`;

/** What of a frame matters here. */
interface Frame {
  readonly url: string;
  readonly parent: unknown;
}

/** Whether a message comes from the top frame of our own page, and from nowhere else (Electron's checklist, 17). */
export function isOurs(frame: Frame | null): boolean {
  if (frame?.parent !== null) return false;
  try {
    const { protocol, host } = new URL(frame.url);
    return `${protocol}//${host}` === ORIGIN;
  } catch (error) {
    if (error instanceof TypeError) return false; // about:blank and the like
    throw error;
  }
}
