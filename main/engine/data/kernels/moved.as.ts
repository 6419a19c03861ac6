/**
 * Moving pictures and turning their hues, in AssemblyScript: compiled to WebAssembly SIMD by `npm run build`. A card takes
 * a step in milliseconds, so what it learns from has to be made in fewer.
 * All pointers are byte offsets; planes are float32, one after the other, [-1, 1].
 */

/** The channels of the pixel at an address as numbers, and one of what follows where there are three. */
function pixel(at: usize): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
}

/**
 * Lays a picture of bytes (HWC, 1 byte more after it) as moved into square planes of `size`, each of which begins `plane`
 * bytes after the one before: what is at (x, y) is taken, bilinearly and the edge repeated, from (xx x + xy y + x0,
 * yx x + yy y + y0).
 */
// oxfmt-ignore
export function sample(
  picture: usize, width: i32, height: i32, channels: i32, out: usize, size: i32, plane: usize,
  xx: f64, xy: f64, x0: f64, yx: f64, yy: f64, y0: f64,
): void {
  const row = width * channels;
  const last = <f64>(width - 1);
  const lowest = <f64>(height - 1);
  const half = f32x4.splat(127.5);
  let to = out;
  for (let y = 0; y < size; y++) {
    const rowX = xy * <f64>y + x0;
    const rowY = yy * <f64>y + y0;
    for (let x = 0; x < size; x++, to += 4) {
      const fromX = min(max(xx * <f64>x + rowX, 0), last);
      const fromY = min(max(yx * <f64>x + rowY, 0), lowest);
      const left = <i32>fromX; // neither is negative
      const top = <i32>fromY;
      const across = f32x4.splat(<f32>(fromX - <f64>left));
      const down = f32x4.splat(<f32>(fromY - <f64>top));
      const at = picture + <usize>(top * row + left * channels);
      const right = left < width - 1 ? <usize>channels : 0;
      const below = top < height - 1 ? <usize>row : 0;
      const a = pixel(at);
      const c = pixel(at + below);
      const upper = f32x4.add(a, f32x4.mul(across, f32x4.sub(pixel(at + right), a)));
      const lower = f32x4.add(c, f32x4.mul(across, f32x4.sub(pixel(at + below + right), c)));
      const value = f32x4.div(f32x4.sub(f32x4.add(upper, f32x4.mul(down, f32x4.sub(lower, upper))), half), half);
      f32.store(to, f32x4.extract_lane(value, 0));
      f32.store(to + plane, f32x4.extract_lane(value, 1));
      f32.store(to + 2 * plane, f32x4.extract_lane(value, 2));
      if (channels == 4) f32.store(to + 3 * plane, f32x4.extract_lane(value, 3));
    }
  }
}

/**
 * Mixes the first three planes, in place: what a row of the matrix (three weights, and one of alpha) makes of a pixel's
 * premultiplied colour and alpha, 0..1, held within 0 and its alpha. Three planes have an alpha of 1.
 * @param count of numbers in a plane, a multiple of 4
 */
// oxfmt-ignore
export function mix(
  planes: usize, count: i32, channels: i32,
  rr: f32, rg: f32, rb: f32, ra: f32, gr: f32, gg: f32, gb: f32, ga: f32, br: f32, bg: f32, bb: f32, ba: f32,
): void {
  const plane = <usize>count << 2;
  for (let at = planes, end = planes + plane; at < end; at += 16) {
    const r = share(at);
    const g = share(at + plane);
    const b = share(at + 2 * plane);
    const alpha = channels == 4 ? share(at + 3 * plane) : f32x4.splat(1);
    v128.store(at, mixed(r, g, b, alpha, rr, rg, rb, ra));
    v128.store(at + plane, mixed(r, g, b, alpha, gr, gg, gb, ga));
    v128.store(at + 2 * plane, mixed(r, g, b, alpha, br, bg, bb, ba));
  }
}

/** Four numbers of a plane as 0..1. */
function share(at: usize): v128 {
  return f32x4.mul(f32x4.add(v128.load(at), f32x4.splat(1)), f32x4.splat(0.5));
}

// oxfmt-ignore
function mixed(r: v128, g: v128, b: v128, alpha: v128, byR: f32, byG: f32, byB: f32, byAlpha: f32): v128 {
  const colours = f32x4.add(f32x4.mul(f32x4.splat(byR), r), f32x4.mul(f32x4.splat(byG), g));
  const sum = f32x4.add(f32x4.add(colours, f32x4.mul(f32x4.splat(byB), b)), f32x4.mul(f32x4.splat(byAlpha), alpha));
  const held = f32x4.pmax(f32x4.splat(0), f32x4.pmin(alpha, sum));
  return f32x4.sub(f32x4.mul(f32x4.splat(2), held), f32x4.splat(1));
}
