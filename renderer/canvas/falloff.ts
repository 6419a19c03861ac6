/** How coverage falls from the middle of a brush to its edge. */

export const STEPS = 1024;

export interface Falloff {
  /** Coverage 0..255 by how far a pixel is inside the edge, as a share of the band (0..STEPS). */
  readonly table: Uint8Array;
  /** The width of the band in which coverage falls, in pixels, for a radius. Never under one: that is the anti-aliasing. */
  band: (radius: number) => number;
}

/**
 * A hard edge is a straight ramp of one pixel, the coverage of a box filter. A soft one is a smoothstep, which has no
 * ring where it begins and none where it ends; between the two they are mixed, so that no hardness looks like a jump.
 */
export function falloff(hardness: number, radius: number): Falloff {
  const band = (r: number): number => Math.max(1, (1 - hardness) * r + 0.5);
  const soft = Math.min(1, Math.max(0, (band(radius) - 1) / 3));
  const table = new Uint8Array(STEPS + 1);
  for (let i = 0; i <= STEPS; i++) {
    const u = i / STEPS;
    table[i] = Math.round(255 * (u + (u * u * (3 - 2 * u) - u) * soft));
  }
  return { table, band };
}
