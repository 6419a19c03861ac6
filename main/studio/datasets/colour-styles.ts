/**
 * Coloured drawings from finished pictures: what an artist would hand over so that nobody has to guess which colour a
 * thing has. Both stand under the ink of the same strength; lengths are meant at 256 px and grow with the picture.
 */
import { Random } from '../../../models/graph/random.ts';
import { between, LINE_STYLES, scaled, type Tones } from './line-styles.ts';
import { flatten, map, type Plane } from './planes.ts';

/** From tones to red, green and blue on white paper, 0..1. */
export type ColourStyle = (tones: Tones, strength: number) => readonly Plane[];

/** The styles, one row each. */
export const COLOUR_STYLES = { flats, hints } satisfies Record<string, ColourStyle>;

/** Areas of even colour, as one fills them in under a line. */
export interface Areas {
  width: number;
  height: number;
  /** The colour of each pixel, as an index into `colours`; PAPER where the picture has ground. */
  labels: Uint8Array;
  /** Each is the mean of the picture over its areas (white where that is nearly white): red, green, blue, 0..1. */
  colours: readonly Colour[];
}
type Colour = readonly [number, number, number];

export const PAPER = 255;

/** Flats: the picture in 6 to 16 even colours, in larger or smaller areas, with the ink over them. */
function flats(tones: Tones, strength: number): readonly Plane[] {
  const { labels, colours, ...size } = areasOf(tones, strength);
  return underInk(tones, strength, (channel) => ({
    ...size,
    data: new Float32Array(labels.length).map((_, i) => colours[labels[i]!]?.[channel] ?? 1),
  }));
}

/** Hints: the ink, and 3 to 10 strokes of the true colour; the same picture has the same ones. */
function hints(tones: Tones, strength: number): readonly Plane[] {
  const areas = areasOf(tones, strength);
  const touched = strokesOn(areas, Math.round(between(3, 10, strength)), tones.seed);
  const { labels, colours, width, height } = areas;
  return underInk(tones, strength, (channel) => ({
    ...{ width, height },
    data: new Float32Array(labels.length).map((_, i) => (touched[i] ? colours[labels[i]!]![channel]! : 1)),
  }));
}

function underInk(tones: Tones, strength: number, paint: (channel: number) => Plane): Plane[] {
  const { data: dark } = LINE_STYLES.ink(tones, strength);
  return [0, 1, 2].map((channel) => map(paint(channel), (v, i) => v * (1 - Math.min(1, dark[i]!))));
}

/** Colours nearer to each other than this are one: no picture is given more than it has. */
const SAME_COLOUR = 0.08;
const ROUNDS = 3;
const WHITE: Colour = [1, 1, 1];
/** What is nearer to white than this, one leaves to the paper. */
const BARE = 0.05;
/** So many pixels tell which colours there are. */
const ASKED = 2048;

/**
 * The areas of a picture: shading and texture are flattened (Kuwahara 1976), the colours gathered (k-means, begun with
 * those farthest from each other), and areas that nobody would fill by hand given to their neighbour.
 */
export function areasOf({ colours, alpha }: Tones, strength: number): Areas {
  const { width, height } = colours[0]!;
  const radius = Math.max(1, Math.round(scaled(colours[0]!, between(5, 2.5, strength))));
  const even = flatten(flatten(colours, radius), Math.max(1, radius >> 1));
  const at = (planes: readonly Plane[], i: number): Colour => [
    planes[0]!.data[i]!,
    planes[1]!.data[i]!,
    planes[2]!.data[i]!,
  ];
  const whole = (i: number): boolean => !alpha || alpha.data[i]! > 0.95;
  const every = Math.max(1, Math.floor((width * height) / ASKED));
  const asked: Colour[] = [];
  for (let i = 0; i < width * height; i += every) if (whole(i)) asked.push(at(even, i));
  const found = gather(asked, Math.round(between(6, 16, strength)));
  const labels = new Uint8Array(width * height).map((_, i) =>
    found.length === 0 || (alpha && alpha.data[i]! < 0.5) ? PAPER : nearest(found, at(even, i)),
  );
  mergeSmall({ width, height, labels }, scaled(colours[0]!, between(12, 5, strength)) ** 2);
  const filled = means(found, labels, (i) => (whole(i) ? at(colours, i) : null));
  return { width, height, labels, colours: filled.map((colour) => (distance(colour, WHITE) < BARE ? WHITE : colour)) };
}

const distance = (a: Colour, b: Colour): number =>
  Math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2);

function nearest(colours: readonly Colour[], to: Colour): number {
  let [best, least] = [0, Infinity];
  for (let i = 0; i < colours.length; i++) {
    const far = distance(colours[i]!, to);
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

/** At most `most` colours that stand for all of these. */
function gather(all: readonly Colour[], most: number): Colour[] {
  const found: Colour[] = all.length === 0 ? [] : [meanOf(all)];
  while (found.length > 0 && found.length < most) {
    let [next, least] = [all[0]!, 0];
    for (const colour of all) {
      const far = distance(colour, found[nearest(found, colour)]!);
      if (far > least) [next, least] = [colour, far];
    }
    if (least < SAME_COLOUR) break;
    found.push(next);
    for (let round = 0; round < ROUNDS; round++) {
      const parts = found.map((): Colour[] => []);
      for (const colour of all) parts[nearest(found, colour)]!.push(colour);
      parts.forEach((part, i) => part.length > 0 && (found[i] = meanOf(part)));
    }
  }
  return found;
}

const meanOf = (all: readonly Colour[]): Colour => {
  const mean = (channel: 0 | 1 | 2): number => all.reduce((sum, colour) => sum + colour[channel], 0) / all.length;
  return [mean(0), mean(1), mean(2)];
};

/** The mean of each label's pixels; what was found where it has none left. */
function means(found: readonly Colour[], labels: Uint8Array, at: (i: number) => Colour | null): Colour[] {
  const sums = found.map(() => [0, 0, 0, 0]);
  labels.forEach((label, i) => {
    const colour = label === PAPER ? null : at(i);
    if (!colour) return;
    const sum = sums[label]!;
    colour.forEach((v, channel) => (sum[channel]! += v));
    sum[3]!++;
  });
  return sums.map(([r, g, b, n], i) => (n! > 0 ? [r! / n!, g! / n!, b! / n!] : found[i]!));
}

/** Gives each area of fewer pixels than `least` to the colour that surrounds most of it; what lies on paper alone stays. */
function mergeSmall({ width, height, labels }: Omit<Areas, 'colours'>, least: number): void {
  const seen = new Uint8Array(labels.length);
  for (let start = 0; start < labels.length; start++) {
    const label = labels[start]!;
    if (seen[start] || label === PAPER) continue;
    const area = [start];
    const around = new Map<number, number>();
    seen[start] = 1;
    for (let n = 0; n < area.length; n++) {
      const i = area[n]!;
      const x = i % width;
      for (const [next, inside] of [
        [i - 1, x > 0],
        [i + 1, x < width - 1],
        [i - width, i >= width],
        [i + width, i < width * (height - 1)],
      ] as const) {
        if (!inside) continue;
        const other = labels[next]!;
        if (other !== label) around.set(other, (around.get(other) ?? 0) + (other === PAPER ? 0 : 1));
        else if (!seen[next]) {
          seen[next] = 1;
          area.push(next);
        }
      }
    }
    if (area.length >= least) continue;
    const [to] = [...around].reduce((a, b) => (b[1] > a[1] ? b : a), [label, 0]);
    for (const i of area) labels[i] = to;
  }
}

/** What is nearer to white than this makes no stroke that is seen. */
const SEEN = 0.12;

/**
 * Which pixels are touched by `count` short strokes, each of which stays within the area that it begins in: as an artist
 * says first what matters most, each in the largest colour that has none yet, and then in those that have the fewest for
 * their size. None where all is paper or white.
 */
export function strokesOn({ width, height, labels, colours }: Areas, count: number, seed: number): Uint8Array {
  const random = new Random(seed, 'hints');
  const touched = new Uint8Array(labels.length);
  const shown = colours.map((colour) => distance(colour, WHITE) > SEEN);
  const places = colours.map((): number[] => []);
  labels.forEach((label, i) => shown[label] && places[label]!.push(i));
  const given = colours.map(() => 0);
  const wants = (label: number): number => places[label]!.length / (1 + given[label]!) ** 2;
  const size = { width, height, data: new Float32Array() };
  for (let stroke = 0; stroke < count; stroke++) {
    const label = colours.reduce((most, _, each) => (wants(each) > wants(most) ? each : most), 0);
    if ((places[label]?.length ?? 0) === 0) break;
    given[label]!++;
    const start = places[label]![random.below(places[label]!.length)]!;
    const pen = scaled(size, 3 + 4 * random.uniform());
    const long = scaled(size, 12 + 28 * random.uniform());
    const bend = (random.uniform() - 0.5) * 1.5;
    let direction = 2 * Math.PI * random.uniform();
    let [x, y] = [start % width, Math.floor(start / width)];
    const step = Math.max(0.5, pen / 2);
    for (let gone = 0; gone < long; gone += step) {
      dab(x, y, pen, label);
      direction += (bend * step) / long;
      x += step * Math.cos(direction);
      y += step * Math.sin(direction);
    }
  }
  return touched;

  function dab(cx: number, cy: number, radius: number, label: number): void {
    for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(height - 1, cy + radius); y++)
      for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(width - 1, cx + radius); x++)
        if (labels[y * width + x] === label && Math.hypot(x - cx, y - cy) <= radius) touched[y * width + x] = 1;
  }
}

/** A picture whose strongest colours are this far from grey is coloured. */
const COLOURED = 0.15;
/** So much of what is no paper has to be. */
const SHARE = 0.1;

/** Whether a picture says with colour what a drawing in ink would leave open. */
export function isColoured({ colours: [red, green, blue], alpha }: Tones): boolean {
  let [coloured, all] = [0, 0];
  for (let i = 0; i < red!.data.length; i++) {
    if (alpha && alpha.data[i]! < 0.5) continue;
    const colour: Colour = [red!.data[i]!, green!.data[i]!, blue!.data[i]!];
    if (distance(colour, WHITE) < SEEN) continue;
    all++;
    if (Math.max(...colour) - Math.min(...colour) > COLOURED) coloured++;
  }
  return coloured > SHARE * all;
}
