/** Colours of other kinds than the 8-bit sRGB that pictures are worked on in. */

/** A share of 0 to 1 as a byte. */
export const shareToByte = (share: number): number => Math.round(Math.max(0, Math.min(1, share)) * 255);

/** Light (linear, 0 to 1) as a byte: sRGB's curve (IEC 61966-2-1). */
export function lightToByte(light: number): number {
  const inside = Math.max(0, Math.min(1, light));
  return shareToByte(inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055);
}

/** CIE L*a*b* under D50, as files have it, to light of sRGB's primaries: the matrix has Bradford's adaptation in it. */
const FROM_XYZ = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;
const WHITE = [0.96422, 1, 0.82521] as const;

/** L* of 0 to 100, a* and b* of -128 to 127: red, green and blue as bytes. */
export function labToRgb(l: number, a: number, b: number): [number, number, number] {
  const y = (l + 16) / 116;
  const xyz = [y + a / 500, y, y - b / 200].map((f, i) => {
    const share = f > 6 / 29 ? f ** 3 : (f - 16 / 116) * 3 * (6 / 29) ** 2;
    return share * WHITE[i]!;
  });
  const byte = (row: readonly number[]): number => lightToByte(row.reduce((sum, each, i) => sum + each * xyz[i]!, 0));
  return [byte(FROM_XYZ[0]), byte(FROM_XYZ[1]), byte(FROM_XYZ[2])];
}
