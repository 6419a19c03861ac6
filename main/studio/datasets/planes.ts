/**
 * Image processing on planes of numbers (row after row), as the line styles need it: blurs, gradients, thin edges.
 * Written out over typed arrays and separable, since thousands of pictures go through it.
 */

/** One number a pixel. */
export interface Plane {
  width: number;
  height: number;
  data: Float32Array;
}

/** A plane of the same size from each pixel's value (and index). */
export function map({ width, height, data }: Plane, value: (v: number, i: number) => number): Plane {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = value(data[i]!, i);
  return { width, height, data: out };
}

/** A Gaussian blur, separable, to three sigma; at the edges the border's pixels go on. */
export function blur(plane: Plane, sigma: number): Plane {
  const radius = Math.max(1, Math.ceil(sigma * 3));
  const kernel = new Float64Array(radius + 1).map((_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const sum = kernel.reduce((total, weight) => total + 2 * weight, -kernel[0]!);
  for (let i = 0; i <= radius; i++) kernel[i] = kernel[i]! / sum;
  return columns(rows(plane, kernel), kernel);
}

function rows({ width, height, data }: Plane, kernel: Float64Array): Plane {
  const out = new Float32Array(data.length);
  const radius = kernel.length - 1;
  const line = new Float32Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    line.fill(row[0]!, 0, radius).fill(row[width - 1]!, radius + width);
    line.set(row, radius);
    for (let x = 0, at = radius; x < width; x++, at++) {
      let sum = kernel[0]! * line[at]!;
      for (let k = 1; k <= radius; k++) sum += kernel[k]! * (line[at - k]! + line[at + k]!);
      out[y * width + x] = sum;
    }
  }
  return { width, height, data: out };
}

function columns({ width, height, data }: Plane, kernel: Float64Array): Plane {
  const out = new Float32Array(data.length);
  const line = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const middle = y * width;
    for (let x = 0; x < width; x++) line[x] = kernel[0]! * data[middle + x]!;
    for (let k = 1; k < kernel.length; k++) {
      const weight = kernel[k]!;
      const above = Math.max(0, y - k) * width;
      const below = Math.min(height - 1, y + k) * width;
      for (let x = 0; x < width; x++) line[x] = line[x]! + weight * (data[above + x]! + data[below + x]!);
    }
    out.set(line, middle);
  }
  return { width, height, data: out };
}

/** Slopes of a plane in both directions. */
export interface Gradient {
  width: number;
  height: number;
  dx: Float32Array;
  dy: Float32Array;
  /** Length of the slope. */
  size: Float32Array;
}

/** Sobel gradients, in units of the plane's values a pixel; where there are several planes, of the steepest one. */
export function gradient(planes: readonly Plane[]): Gradient {
  const { width, height } = planes[0]!;
  const pixels = width * height;
  const out = { width, height, dx: new Float32Array(pixels), dy: new Float32Array(pixels) };
  const size = new Float32Array(pixels);
  for (const { data } of planes)
    for (let y = 0, i = 0; y < height; y++) {
      const above = y > 0 ? -width : 0;
      const below = y < height - 1 ? width : 0;
      for (let x = 0; x < width; x++, i++) {
        const l = x > 0 ? -1 : 0;
        const r = x < width - 1 ? 1 : 0;
        const falling = data[i + below + r]! - data[i + above + l]!; // from the upper left to the lower right
        const rising = data[i + above + r]! - data[i + below + l]!;
        const dx = (falling + rising + 2 * (data[i + r]! - data[i + l]!)) / 8;
        const dy = (falling - rising + 2 * (data[i + below]! - data[i + above]!)) / 8;
        const steep = Math.sqrt(dx * dx + dy * dy);
        if (steep <= size[i]!) continue;
        out.dx[i] = dx;
        out.dy[i] = dy;
        size[i] = steep;
      }
    }
  return { ...out, size };
}

/** Thin edges (Canny 1986): the ridges of the gradient, kept where they are strong or hang on to strong ones. */
export function thinEdges(slopes: Gradient, low: number, high: number): Uint8Array {
  const { width, height, size } = slopes;
  const edges = new Uint8Array(size.length);
  const strong: number[] = [];
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      if (size[i]! < low || !isRidge(slopes, i)) continue;
      edges[i] = 1;
      if (size[i]! >= high) strong.push(i);
    }
  return reached(edges, strong, width);
}

/** Whether the gradient is steepest here along its own direction (between pixels, by linear interpolation). */
function isRidge({ width, dx, dy, size }: Gradient, i: number): boolean {
  const ax = Math.abs(dx[i]!);
  const ay = Math.abs(dy[i]!);
  const sx = dx[i]! < 0 ? -1 : 1;
  const sy = dy[i]! < 0 ? -width : width;
  const diagonal = sx + sy;
  const straight = ax > ay ? sx : sy;
  const part = ax > ay ? ay / ax : ax / ay;
  const here = size[i]!;
  const ahead = size[i + straight]! * (1 - part) + size[i + diagonal]! * part;
  const behind = size[i - straight]! * (1 - part) + size[i - diagonal]! * part;
  return here >= ahead && here > behind;
}

/** The edge pixels that are connected (8 neighbours) to one of the seeds. */
function reached(edges: Uint8Array, seeds: readonly number[], width: number): Uint8Array {
  const out = new Uint8Array(edges.length);
  const stack = [...seeds];
  for (const i of seeds) out[i] = 1;
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  while (stack.length > 0) {
    const i = stack.pop()!;
    for (const step of around) {
      const next = i + step; // edges never lie on the border, so that no neighbour lies outside
      if (!edges[next] || out[next]) continue;
      out[next] = 1;
      stack.push(next);
    }
  }
  return out;
}

/** Darkness that nobody sees on paper. */
const FAINT = 0.06;

/**
 * Takes away, in place, connected marks (anything darker than FAINT) of which less than `least` counts: speckles.
 * @param counts how much each pixel counts; 1 where it is not given
 */
export function despeckle({ width, height, data }: Plane, least: number, counts?: Float32Array): void {
  const seen = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (data[start]! <= FAINT || seen[start]) continue;
    const mark = [start];
    let size = 0;
    seen[start] = 1;
    for (let n = 0; n < mark.length; n++) {
      const x = mark[n]! % width;
      const y = (mark[n]! - x) / width;
      size += counts ? counts[mark[n]!]! : 1;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const next = v * width + u;
          if (data[next]! <= FAINT || seen[next]) continue;
          seen[next] = 1;
          mark.push(next);
        }
    }
    if (size < least) for (const i of mark) data[i] = 0;
  }
}

/**
 * The Kuwahara filter (1976) on red, green and blue: each pixel becomes the mean of the calmest of the four squares that it
 * is a corner of. Areas turn flat and edges stay sharp. By summed-area tables, so that a large radius costs no more.
 */
export function flatten(colours: readonly Plane[], radius: number): Plane[] {
  const { width, height } = colours[0]!;
  const [red, green, blue] = colours.map(({ data }) => summedArea(width, height, (i) => data[i]!));
  const squares = summedArea(width, height, (i) => colours.reduce((sum, { data }) => sum + data[i]! * data[i]!, 0));
  const [r, g, b] = [red!, green!, blue!];
  const out = colours.map(() => new Float32Array(width * height));
  const stride = width + 1;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      let calmest = Infinity;
      for (let quadrant = 0; quadrant < 4; quadrant++) {
        const left = quadrant & 1 ? x : Math.max(0, x - radius);
        const right = quadrant & 1 ? Math.min(width, x + radius + 1) : x + 1;
        const top = (quadrant & 2 ? y : Math.max(0, y - radius)) * stride;
        const bottom = (quadrant & 2 ? Math.min(height, y + radius + 1) : y + 1) * stride;
        const area = ((right - left) * (bottom - top)) / stride;
        const sumOf = (sums: Float64Array): number =>
          sums[bottom + right]! - sums[top + right]! - sums[bottom + left]! + sums[top + left]!;
        const mr = sumOf(r) / area;
        const mg = sumOf(g) / area;
        const mb = sumOf(b) / area;
        const variance = sumOf(squares) / area - mr * mr - mg * mg - mb * mb;
        if (variance >= calmest) continue;
        calmest = variance;
        out[0]![i] = mr;
        out[1]![i] = mg;
        out[2]![i] = mb;
      }
    }
  return out.map((data) => ({ width, height, data }));
}

/** Sums over all pixels above and left of a corner; one row and column more than the plane. */
function summedArea(width: number, height: number, value: (i: number) => number): Float64Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0, row = 0, at = (y + 1) * (width + 1) + 1; x < width; x++, i++, at++) {
      row += value(i);
      sums[at] = sums[at - width - 1]! + row;
    }
  return sums;
}
