/** How visible a seam is: the change across it, compared with how much the picture changes anyway. */

export interface Interleaved {
  data: ArrayLike<number>;
  width: number;
  height: number;
  channels: number;
}

/** Seams, each named by the pixel after it: column 0 is the seam between the last column and the first. */
export interface Seams {
  columns: readonly number[];
  rows: readonly number[];
}

/** The seam of a picture that is laid beside itself. */
export const TILED: Seams = { columns: [0], rows: [0] };

/**
 * The mean absolute difference of neighbours across the seams, divided by that of all other neighbours in the same
 * directions: 1 where a seam cannot be told from the rest, more where it can be seen. A flat picture has 1.
 * @param least counts as the change of a picture that changes less: what nobody can see is no seam
 */
export function seamScore({ data, width, height, channels }: Interleaved, seams: Seams, least = 0): number {
  const [atSeam, inside] = [new Mean(), new Mean()];
  const step = (from: number, to: number): number => {
    let total = 0;
    for (let c = 0; c < channels; c++) total += Math.abs(data[to * channels + c]! - data[from * channels + c]!);
    return total;
  };
  const [columns, rows] = [new Set(seams.columns), new Set(seams.rows)];
  if (columns.size > 0)
    for (let x = columns.has(0) ? 0 : 1; x < width; x++)
      for (let y = 0; y < height; y++)
        (columns.has(x) ? atSeam : inside).add(step(y * width + ((x + width - 1) % width), y * width + x));
  if (rows.size > 0)
    for (let y = rows.has(0) ? 0 : 1; y < height; y++)
      for (let x = 0; x < width; x++)
        (rows.has(y) ? atSeam : inside).add(step(((y + height - 1) % height) * width + x, y * width + x));
  const change = Math.max(least, inside.value);
  if (change === 0) return atSeam.value === 0 ? 1 : Infinity;
  return atSeam.value / change;
}

class Mean {
  #total = 0;
  #count = 0;

  add(value: number): void {
    this.#total += value;
    this.#count++;
  }

  get value(): number {
    return this.#count === 0 ? 0 : this.#total / this.#count;
  }
}
