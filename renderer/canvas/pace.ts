/** How fast the canvas answers the pen, in milliseconds: the newest of both, for the benchmark in bench/. */
const KEPT = 512;

export interface Pace {
  /** What pointer handlers took. */
  handler: number[];
  /** From an event to the frame after the one in which it was drawn. */
  screen: number[];
}

declare global {
  interface Window {
    __maquettePace?: Pace;
  }
}

const pace: Pace = { handler: [], screen: [] };

function note(list: number[], value: number): void {
  list.push(value);
  if (list.length > KEPT) list.shift();
}

/** Runs a pointer handler and notes its time. */
export function timed(handler: () => void): void {
  const start = performance.now();
  handler();
  note(pace.handler, performance.now() - start);
}

/** To be called in the frame that draws. @param stamp the time stamp of the oldest event that it shows */
export function drawn(stamp: number): void {
  requestAnimationFrame(() => note(pace.screen, performance.now() - stamp));
}

export function exposePace(): void {
  window.__maquettePace = pace;
}
