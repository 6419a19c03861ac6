/**
 * How training pictures are varied: one affine sampling of the whole movement (mirror, enlarge, rotate, shift), so that
 * a picture is blurred by interpolation at most once, and a change of colour. Chance comes in as `Random`.
 */
import type { Random } from '../../../models/graph/random.ts';
import type { Augmentation } from '../processes/messages.ts';
import type { Picture } from '../pictures/pictures.ts';
import { mix, sample, type ColourMatrix } from './kernels/moved.ts';

/** Where the pixel at (x, y) is taken from: (xx x + xy y + x0, yx x + yy y + y0), in pixels, from the top left one's centre. */
export interface Movement {
  xx: number;
  xy: number;
  x0: number;
  yx: number;
  yy: number;
  y0: number;
}

/** Factors for brightness, contrast and saturation; 1 changes nothing. */
export interface Colour {
  brightness: number;
  contrast: number;
  saturation: number;
}

/**
 * Draws what happens to one pair. Every number is drawn whether it is used or not, so that turning one thing on or off
 * leaves the others as they were.
 */
export function drawAugmentation(
  settings: Augmentation,
  size: number,
  random: Random,
): { move: Movement; colour: Colour; hue: number } {
  const signed = (): number => 2 * random.uniform() - 1;
  const mirror = random.uniform() < 0.5 && settings.flip ? -1 : 1;
  // Whole pixels: a shift alone then copies pixels untouched.
  const shiftX = Math.round(signed() * settings.jitter * size);
  const shiftY = Math.round(signed() * settings.jitter * size);
  const zoom = 1 + random.uniform() * settings.zoom;
  const angle = (signed() * settings.rotate * Math.PI) / 180;
  const factor = (): number => 1 + signed() * settings.colour;
  const colour = { brightness: factor(), contrast: factor(), saturation: factor() };
  const hue = signed() * settings.hue;
  const [cos, sin, middle] = [Math.cos(angle) / zoom, Math.sin(angle) / zoom, (size - 1) / 2];
  const [xx, xy, yx, yy] = [mirror * cos, -mirror * sin, sin, cos]; // turn about the middle, then mirror
  const x0 = middle - (xx + xy) * middle + shiftX;
  const y0 = middle - (yx + yy) * middle + shiftY;
  return { move: { xx, xy, x0, yx, yy, y0 }, colour, hue };
}

/** Leaves everything where it is. */
export const STILL: Movement = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };

/** The movement that is seen in a window of a picture whose first pixel is there. */
export const within = ({ left, top }: { left: number; top: number }, move: Movement): Movement => ({
  ...move,
  ...{ x0: move.x0 + left, y0: move.y0 + top },
});

/**
 * Samples a picture as moved, bilinearly, the edge repeated outwards, into square planes (CHW, [-1, 1]) of `size` that
 * begin at `offset` of `out`. A movement by whole pixels gives exactly `toPlanar` of the moved picture.
 */
export function sampleMoved(
  picture: Picture,
  { move, size }: { move: Movement; size: number },
  out: Float32Array,
  offset: number,
): void {
  sample(picture, move, size, out, offset);
}

/** How light red, green and blue are. */
type Weights = readonly [number, number, number];

/** A matrix of what each of three colours becomes by each, and by alpha. */
const matrix = (at: (to: number, from: number) => number, alpha = 0): ColourMatrix => {
  const row = (to: number) => [at(to, 0), at(to, 1), at(to, 2), alpha] as const;
  return [row(0), row(1), row(2)];
};

/** Changes the colours of one picture of planes (CHW, [-1, 1]; RGBA premultiplied) at `offset`, in place. */
export function recolour(planes: Float32Array, offset: number, plane: number, channels: 3 | 4, colour: Colour): void {
  const { brightness, contrast, saturation } = colour;
  if (brightness === 1 && contrast === 1 && saturation === 1) return;
  const GREY: Weights = [0.299, 0.587, 0.114];
  // Contrast is about the middle of what shows: alpha / 2.
  const at = (to: number, from: number): number =>
    brightness * contrast * (GREY[from]! + saturation * ((from === to ? 1 : 0) - GREY[from]!));
  mix(planes, offset, plane, channels, matrix(at, (brightness * (1 - contrast)) / 2));
}

/**
 * Turns the colours of one picture of planes (CHW, [-1, 1]; RGBA premultiplied) at `offset` about the line of greys by
 * `degrees`, in place: greys and how light things are stay (the matrix of hueRotate, W3C Filter Effects 1, 8.5).
 */
export function turnHue(planes: Float32Array, offset: number, plane: number, channels: 3 | 4, degrees: number): void {
  if (degrees === 0) return;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const LIGHT: Weights = [0.213, 0.715, 0.072];
  const ACROSS: readonly Weights[] = [
    [-0.213, -0.715, 0.928],
    [0.143, 0.14, -0.283],
    [-0.787, 0.715, 0.072],
  ];
  const at = (to: number, from: number): number =>
    LIGHT[from]! + cos * ((from === to ? 1 : 0) - LIGHT[from]!) + sin * ACROSS[to]![from]!;
  mix(planes, offset, plane, channels, matrix(at));
}
