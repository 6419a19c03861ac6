/**
 * Finding the things on a sheet: connected components of a mask, by union-find in two passes over typed arrays
 * (Rosenfeld and Pfaltz 1966). Pure: it knows nothing of pictures and files.
 */

/** A rectangle of pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Which pixels are not background: 1, else 0; row after row. */
export interface Mask {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * The boxes of a mask's islands, in reading order. Islands are 8-connected, and those with at most `gap` empty pixels
 * between them count as one.
 */
export function islands(mask: Mask, gap: number): Box[] {
  const labels = label(gap > 0 ? smear(mask, gap) : mask);
  return readingOrder(boxesOf(mask, labels));
}

/**
 * Each pixel spread over the `gap` pixels right of and below it. Two pixels then touch exactly when at most `gap` empty
 * ones were between them in each direction; as both are spread the same way, it matters not which is left or above.
 */
function smear({ width, height, data }: Mask, gap: number): Mask {
  const across = new Uint8Array(data.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0, left = 0; x < width; x++, i++) {
      left = data[i] ? gap + 1 : left - 1;
      if (left > 0) across[i] = 1;
    }
  const out = new Uint8Array(data.length);
  const left = new Int32Array(width);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      left[x] = across[i] ? gap + 1 : left[x]! - 1;
      if (left[x]! > 0) out[i] = 1;
    }
  return { width, height, data: out };
}

/** Labels of 8-connected components: a root pixel's index + 1 for each pixel of the mask, else 0. */
function label({ width, height, data }: Mask): Int32Array {
  const parents = new Int32Array(data.length + 1);
  const find = (i: number): number => {
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]!]!; // path halving
      i = parents[i]!;
    }
    return i;
  };
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (!data[i]) continue;
      const at = i + 1;
      parents[at] = at;
      if (x > 0 && data[i - 1]) unite(find(i), at);
      if (y === 0) continue;
      for (let dx = x > 0 ? -1 : 0; dx <= 1 && x + dx < width; dx++)
        if (data[i - width + dx]) unite(find(at - width + dx), find(at));
    }
  for (let i = 1; i <= data.length; i++) if (parents[i]) parents[i] = parents[parents[i]!]!;
  return parents.subarray(1);

  /** The smaller root becomes the parent, so that after the first pass every root comes before its pixels. */
  function unite(a: number, b: number): void {
    if (a < b) parents[b] = a;
    else parents[a] = b;
  }
}

/** The extent of each label, over the pixels of the mask itself (the smeared ones only tie them together). */
function boxesOf({ width, height, data }: Mask, labels: Int32Array): Box[] {
  const indices = new Map<number, number>();
  const [lefts, tops, rights, bottoms]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (!data[i]) continue;
      let index = indices.get(labels[i]!);
      if (index === undefined) {
        index = indices.size;
        indices.set(labels[i]!, index);
        [lefts[index], tops[index], rights[index], bottoms[index]] = [x, y, x, y];
      }
      if (x < lefts[index]!) lefts[index] = x;
      if (x > rights[index]!) rights[index] = x;
      bottoms[index] = y;
    }
  return lefts.map((left, i) => ({
    ...{ left, top: tops[i]! },
    ...{ width: rights[i]! - left + 1, height: bottoms[i]! - tops[i]! + 1 },
  }));
}

/** Row by row, each from the left. A box belongs to the row whose first box its middle lies beside. */
export function readingOrder(boxes: readonly Box[]): Box[] {
  const rows: Box[][] = [];
  for (const box of boxes.toSorted((a, b) => a.top - b.top || a.left - b.left)) {
    const row = rows.at(-1);
    const middle = box.top + box.height / 2;
    if (row && middle < row[0]!.top + row[0]!.height) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.left - b.left || a.top - b.top));
}
