/**
 * The optimiser's fused pass, in AssemblyScript: compiled to WebAssembly SIMD by `npm run build`.
 * One pass over memory does what a dozen graph operators would: 28 bytes a parameter instead of some hundred.
 * The gains are 1 - beta, from the host in double precision: in single, 1 - 0.999 is wrong in the fifth digit.
 * All pointers are byte offsets of float32 arrays, 16-byte aligned; counts are in floats, a multiple of 4.
 */

// oxfmt-ignore
export function adam(
  w: usize, g: usize, m: usize, v: usize, count: usize,
  beta1: f32, gain1: f32, beta2: f32, gain2: f32, epsilon: f32, stepSize: f32, correction: f32,
): void {
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const c1 = f32x4.splat(gain1);
  const c2 = f32x4.splat(gain2);
  const eps = f32x4.splat(epsilon);
  const size = f32x4.splat(stepSize);
  const corr = f32x4.splat(correction);
  const end = count << 2;
  for (let i: usize = 0; i < end; i += 16) {
    const grad = v128.load(g + i);
    const first = f32x4.add(f32x4.mul(v128.load(m + i), b1), f32x4.mul(grad, c1));
    const second = f32x4.add(f32x4.mul(v128.load(v + i), b2), f32x4.mul(f32x4.mul(grad, grad), c2));
    v128.store(m + i, first);
    v128.store(v + i, second);
    const denominator = f32x4.add(f32x4.sqrt(f32x4.mul(second, corr)), eps);
    v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.div(f32x4.mul(first, size), denominator)));
  }
}

/** average = decay x average + (1 - decay) x w */
export function ema(average: usize, w: usize, count: usize, decay: f32): void {
  const keep = f32x4.splat(decay);
  const take = f32x4.splat(1 - decay);
  const end = count << 2;
  for (let i: usize = 0; i < end; i += 16)
    v128.store(average + i, f32x4.add(f32x4.mul(v128.load(average + i), keep), f32x4.mul(v128.load(w + i), take)));
}
