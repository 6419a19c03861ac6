/**
 * Drawings from finished pictures, without a network: one function a style, from tones to the darkness of lines.
 * `strength` runs from 0 (few, bold lines) to 1 (many, fine lines). Lengths are meant at 256 px and grow with the
 * picture, so that a drawing looks the same at any size.
 */
import { blur, despeckle, flatten, gradient, map, thinEdges, type Plane } from './planes.ts';

/** What a picture is drawn from. */
export interface Tones {
  /** Red, green and blue over the white of the paper, 0..1. */
  colours: readonly Plane[];
  /** How light the picture is (luma, Rec. 709), 0..1. */
  light: Plane;
  /** Half luma, half the brightest channel: a strong red is dark by luma, and nobody draws a red scarf as a black one. */
  liveliness: Plane;
  /** What is picture and what is ground, 0..1; undefined where the picture fills its frame. */
  alpha?: Plane | undefined;
  /** Of what is drawn by chance: of the picture itself, so that it is drawn alike again. */
  seed: number;
}

/** From tones to darkness: 0 is paper, 1 is ink. */
export type LineStyle = (tones: Tones, strength: number) => Plane;

/** The styles, one row each. */
export const LINE_STYLES = { ink, pencil, outline, shapes } satisfies Record<string, LineStyle>;

export type LineName = keyof typeof LINE_STYLES;

/** A length at 256 px, at the picture's own size. */
export const scaled = ({ width, height }: Plane, length: number): number => (length * Math.max(width, height)) / 256;

const smoothStep = (low: number, high: number, v: number): number => {
  const t = Math.min(1, Math.max(0, (v - low) / (high - low)));
  return t * t * (3 - 2 * t);
};

export const between = (few: number, many: number, strength: number): number => few + (many - few) * strength;

/**
 * Ink: the eXtended difference of Gaussians (Winnemoeller, Kyprianidis and Olsen 2012). A picture sharpened by its own
 * blur, through a soft threshold: edges become lines that swell and taper. The paper sharpens the tones themselves; here
 * a tone curve first lifts all but the darkest to white, so that only what is black fills with ink, with clean borders.
 */
function ink({ light, liveliness, alpha }: Tones, strength: number): Plane {
  const sigma = scaled(light, between(1.7, 0.8, strength));
  const [sharpness, threshold, steepness] = [between(24, 60, strength), 0.7, 5];
  const [fine, coarse] = [blur(light, sigma), blur(light, sigma * 1.6)];
  const tone = blur(liveliness, scaled(light, 1.5));
  const lines = map(fine, (v, i) => {
    const sharpened = smoothStep(0.2, 0.36, tone.data[i]!) + sharpness * (v - coarse.data[i]!);
    const dark = sharpened >= threshold ? 0 : Math.tanh(steepness * (threshold - sharpened));
    return smoothStep(0.2, 0.8, dark);
  });
  // Faint lines go on where they hang on to firm ones, and are speckles elsewhere.
  const firm = map(coarse, (v, i) => (sharpness * (v - fine.data[i]!) > 0.55 || tone.data[i]! < 0.25 ? 1 : 0.1));
  despeckle(lines, scaled(light, 5) * scaled(light, between(8, 3, strength)), firm.data);
  return darker(lines, silhouette(alpha, between(1.6, 0.9, strength)));
}

/**
 * Pencil: colour dodge, as retouchers draw from photos. The picture divided by its own blur leaves soft lines where it
 * is darker than its surroundings; a light shading keeps the forms.
 */
function pencil({ light, liveliness, alpha }: Tones, strength: number): Plane {
  const smooth = blur(light, scaled(light, between(1.1, 0.7, strength)));
  const around = blur(smooth, scaled(light, between(6, 2.4, strength)));
  const shade = blur(liveliness, scaled(light, 4));
  const gain = between(1.8, 3.2, strength);
  const lines = map(smooth, (v, i) => {
    const dodged = Math.min(1, (v + 0.04) / (around.data[i]! + 0.04));
    return Math.min(0.92, gain * (1 - dodged) + 0.35 * (1 - shade.data[i]!));
  });
  return darker(
    lines,
    map(silhouette(alpha, between(1.2, 0.9, strength)) ?? lines, (v) => 0.8 * v),
  );
}

/**
 * Outline: thin contours by Canny's detector (1986) on the colours, with the silhouette drawn closed from alpha.
 */
function outline({ colours, alpha }: Tones, strength: number): Plane {
  const sigma = scaled(colours[0]!, between(2.6, 1.1, strength));
  const slopes = gradient(colours.map((plane) => blur(plane, sigma)));
  const high = between(0.075, 0.035, strength) / Math.max(1, sigma / 2);
  return contours(slopes, { high, long: between(26, 12, strength), width: 1, alpha });
}

/**
 * Shapes: the borders of flat areas only. The colours are flattened first (Kuwahara 1976), so that shading and texture
 * leave no line, and what remains is where one area meets another.
 */
function shapes({ colours, alpha }: Tones, strength: number): Plane {
  const radius = Math.max(1, Math.round(scaled(colours[0]!, between(7, 3, strength))));
  const flat = flatten(flatten(colours, radius), Math.max(1, radius >> 1));
  const slopes = gradient(flat.map((plane) => blur(plane, scaled(plane, 1.2))));
  return contours(slopes, { high: between(0.09, 0.05, strength), long: between(40, 20, strength), width: 1.3, alpha });
}

interface ContourOptions {
  /** The slope at which a contour begins; it goes on down to 40 % of it. */
  high: number;
  /** The shortest contour that is kept, pixels at 256. */
  long: number;
  /** Of the pen, pixels at 256. */
  width: number;
  alpha: Plane | undefined;
}

function contours(slopes: ReturnType<typeof gradient>, { high, long, width, alpha }: ContourOptions): Plane {
  const edges = thinEdges(slopes, high * 0.4, high);
  const lines = { width: slopes.width, height: slopes.height, data: Float32Array.from(edges) };
  // A contour that only goes along the silhouette says nothing that the silhouette does not.
  const inside = alpha && map(blur(alpha, scaled(alpha, 3)), (v) => (v > 0.95 ? 1 : 0.15));
  despeckle(lines, scaled(lines, long), inside?.data);
  return darker(pen(lines, width), silhouette(alpha, width));
}

/** Draws one-pixel lines with a pen: smooth, and a little wider. */
function pen(lines: Plane, width: number): Plane {
  const sigma = scaled(lines, width) * 0.6;
  const peak = 1 / (Math.sqrt(2 * Math.PI) * sigma); // of a straight line, blurred
  return map(blur(lines, sigma), (v) => Math.min(1, (1.35 * v) / peak));
}

/** The border between picture and ground as a closed line, where there is alpha. */
function silhouette(alpha: Plane | undefined, width: number): Plane | undefined {
  if (!alpha) return undefined;
  const sigma = Math.max(0.7, scaled(alpha, width) * 0.8);
  // Half way up the soft border the product is largest, all along it.
  return map(blur(alpha, sigma), (v) => Math.min(1, Math.max(0, 4 * v * (1 - v) - 0.25) * 1.8));
}

function darker(lines: Plane, other: Plane | undefined): Plane {
  return other ? map(lines, (v, i) => Math.max(v, other.data[i]!)) : lines;
}
