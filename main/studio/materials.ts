/**
 * Materials of our own, as textures that go on across their borders: bricks, tiles, planks and stones, each as an artist
 * would draw it (flat colours with ink along the joints) and as it looks under a light from the upper left.
 */
import { Random } from '../../models/graph/random.ts';

/** A material by its number, as three pictures: one byte a channel, row after row. */
export interface Material {
  kind: keyof typeof KINDS;
  /** RGB. */
  drawing: Uint8Array;
  /** RGB. */
  texture: Uint8Array;
  /** Grey: white stands out most. */
  height: Uint8Array;
}

/** Where a place lies: in which piece, and how far it is to the nearest joint, in sides of the picture. */
interface Place {
  piece: number;
  edge: number;
}
/** Tells it of u and v, 0 <= u, v < 1 from the upper left; what lies beyond comes again on the other side. */
type Layout = (u: number, v: number) => Place;

interface Kind {
  layout: (random: Random) => Layout;
  /** Half the width of a joint, and how far the edge of a piece is rounded, in sides of the picture. */
  joint: number;
  round: number;
  /** Waves of its grain across and down, and how much they stand out, 0 to 1. */
  grain: readonly [number, number];
  rough: number;
}

const KINDS = {
  bricks: { layout: bricks, joint: 0.007, round: 0.016, grain: [24, 24], rough: 0.5 },
  tiles: { layout: tiles, joint: 0.005, round: 0.014, grain: [6, 6], rough: 0.15 },
  planks: { layout: planks, joint: 0.003, round: 0.008, grain: [40, 4], rough: 0.45 },
  stones: { layout: stones, joint: 0.006, round: 0.045, grain: [16, 16], rough: 0.6 },
} satisfies Record<string, Kind>;

const fraction = (v: number): number => v - Math.floor(v);
/** How far it is to the nearest whole number. */
const toWhole = (v: number): number => Math.abs(v - Math.round(v));
const between = (random: Random, low: number, high: number): number => low + random.below(high - low + 1);

function bricks(random: Random): Layout {
  const [rows, columns] = [2 * between(random, 2, 5), between(random, 2, 5)];
  return (u, v) => {
    const y = v * rows;
    const row = Math.floor(y);
    const x = u * columns + (row % 2) / 2;
    const piece = row * columns + (Math.floor(x) % columns);
    return { piece, edge: Math.min(toWhole(x) / columns, toWhole(y) / rows) };
  };
}

function tiles(random: Random): Layout {
  const n = between(random, 3, 7);
  if (random.uniform() < 0.6)
    return (u, v) => ({
      piece: Math.floor(u * n) * n + Math.floor(v * n),
      edge: Math.min(toWhole(u * n), toWhole(v * n)) / n,
    });
  // On their corners: the middle of a tile says which it is, whichever side it is seen on.
  return (u, v) => {
    const [x, y] = [(u + v) * n, (u - v) * n];
    const [cx, cy] = [Math.floor(x) + 0.5, Math.floor(y) + 0.5];
    const [across, down] = [cx + cy, cx - cy].map((at) => Math.round(fraction(at / (2 * n)) * 2 * n) % (2 * n));
    return { piece: across! * 2 * n + down!, edge: Math.min(toWhole(x), toWhole(y)) / (n * Math.SQRT2) };
  };
}

function planks(random: Random): Layout {
  const boards = Array.from({ length: between(random, 3, 7) }, () => ({
    start: random.uniform(),
    pieces: between(random, 1, 2),
  }));
  return (u, v) => {
    const x = u * boards.length;
    const board = Math.floor(x);
    const { start, pieces } = boards[board]!;
    const y = fraction(v - start) * pieces;
    return { piece: board * 2 + Math.floor(y), edge: Math.min(toWhole(x) / boards.length, toWhole(y) / pieces) };
  };
}

/** Each place belongs to the nearest of some points, one in each square of a grid (Worley 1996). */
function stones(random: Random): Layout {
  const n = between(random, 4, 7);
  const points = Array.from({ length: n * n }, () => [random.uniform(), random.uniform()] as const);
  return (u, v) => {
    const [x, y] = [u * n, v * n];
    const near: { index: number; dx: number; dy: number; far: number }[] = [];
    for (let row = Math.floor(y) - 2; row <= Math.floor(y) + 2; row++)
      for (let column = Math.floor(x) - 2; column <= Math.floor(x) + 2; column++) {
        const index = ((row + n) % n) * n + ((column + n) % n);
        const [px, py] = points[index]!;
        const [dx, dy] = [column + px - x, row + py - y];
        near.push({ index, dx, dy, far: dx * dx + dy * dy });
      }
    const own = near.reduce((a, b) => (b.far < a.far ? b : a));
    // To the line that is as far from its point as from another one.
    const edges = near.map((other) =>
      other === own ? Infinity : (other.far - own.far) / 2 / Math.hypot(other.dx - own.dx, other.dy - own.dy),
    );
    return { piece: own.index, edge: Math.min(...edges) / n };
  };
}

/** Smooth noise, -1 to 1, of so many waves across and down, which comes again after 1 (Perlin 1985, of values). */
function noise(random: Random, across: number, down: number): (u: number, v: number) => number {
  const values = new Float32Array(across * down).map(() => 2 * random.uniform() - 1);
  const ease = (t: number): number => t * t * (3 - 2 * t);
  return (u, v) => {
    const [x, y] = [fraction(u) * across, fraction(v) * down];
    const [x0, y0] = [Math.floor(x) % across, Math.floor(y) % down];
    const [x1, y1] = [(x0 + 1) % across, (y0 + 1) % down];
    const [tx, ty] = [ease(x - Math.floor(x)), ease(y - Math.floor(y))];
    const row = (at: number): number => values[at * across + x0]! * (1 - tx) + values[at * across + x1]! * tx;
    return row(y0) * (1 - ty) + row(y1) * ty;
  };
}

type Colour = readonly [number, number, number];

/** Red, green and blue, 0 to 1, of a hue (0 to 1), a saturation and a lightness. */
function colourOf(hue: number, saturation: number, lightness: number): Colour {
  const most = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue * 12) % 12;
    return lightness - most * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Half the width of a line of ink, in sides of the picture; and its colour. */
const LINE = 0.006;
const INK = 0.1;
/** How far what is drawn by hand strays, in sides of the picture. */
const STRAY = 0.006;
/** How steep the light finds what stands out. */
const RELIEF = 1.1;
/** How far the grain goes below the joints and above the highest pieces, at most. */
const GRAIN = 0.12;
const [AMBIENT, DIFFUSE] = [0.47, 0.55];
/** Colours of joints are those of what they join, in the shade. */
const SHADE = 0.38;

/** The material of a number, `side` pixels wide and high; the same number is always the same material. */
export function material(number: number, side: number): Material {
  const random = new Random(number, 'material');
  const names = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const kind = names[number % names.length]!;
  const { layout, joint, round, grain, rough } = KINDS[kind];
  const place = layout(random);
  // Joints lie anywhere, also at the border.
  const [left, top] = [random.uniform(), random.uniform()];
  const [strayX, strayY] = [noise(random, 7, 7), noise(random, 7, 7)];
  const [coarse, fine] = [noise(random, ...grain), noise(random, 2 * grain[0], 2 * grain[1])];
  const stains = noise(random, 4, 4);
  const [hue, saturation, lightness] = [
    random.uniform(),
    0.08 + 0.5 * random.uniform(),
    0.35 + 0.35 * random.uniform(),
  ];
  const colours = Array.from({ length: between(random, 1, 3) }, (_, i) =>
    colourOf(fraction(hue + 0.06 * i), saturation, Math.min(0.8, lightness + 0.1 * i)),
  );
  // Of each piece: its colour, and how light and how high it is.
  const pieces = Array.from({ length: 256 }, () => ({
    colour: colours[random.below(colours.length)]!,
    light: 0.92 + 0.16 * random.uniform(),
    height: 0.85 + 0.15 * random.uniform(),
  }));

  const of = new Uint8Array(side * side);
  const [edges, heights] = [new Float32Array(side * side), new Float32Array(side * side)];
  const [bumps, pixels] = [new Float32Array(side * side), [...Array(side).keys()]];
  for (const y of pixels)
    for (const x of pixels) {
      const [u, v] = [(x + 0.5) / side, (y + 0.5) / side];
      const { piece, edge } = place(
        fraction(u + left + STRAY * strayX(u, v)),
        fraction(v + top + STRAY * strayY(u, v)),
      );
      const i = y * side + x;
      [of[i], edges[i]] = [piece % pieces.length, edge];
      bumps[i] = 0.65 * coarse(u, v) + 0.35 * fine(u, v);
      const rise = Math.max(0, Math.min(1, (edge - joint) / round));
      heights[i] = Math.sin((rise * Math.PI) / 2) * pieces[of[i]]!.height + GRAIN * rough * bumps[i];
    }

  const [drawing, texture] = [new Uint8Array(3 * side * side), new Uint8Array(3 * side * side)];
  const height = new Uint8Array(heights.map((v) => Math.round((255 * (v + GRAIN)) / (1 + 2 * GRAIN))));
  const at = (x: number, y: number): number => heights[((y + side) % side) * side + ((x + side) % side)]!;
  const byte = (v: number): number => Math.round(255 * Math.max(0, Math.min(1, v)));
  for (const y of pixels)
    for (const x of pixels) {
      const i = y * side + x;
      const { colour, light } = pieces[of[i]!]!;
      const ink = Math.max(0, Math.min(1, (LINE - edges[i]!) * side + 0.5));
      // The slope towards the upper left, where the light is, for pictures of any size.
      const slope = ((at(x + 1, y) - at(x - 1, y) + at(x, y + 1) - at(x, y - 1)) * side) / 256;
      const lit = AMBIENT + (DIFFUSE * (1 + RELIEF * slope)) / Math.hypot(1, RELIEF * slope);
      const depth = Math.max(0, Math.min(1, (edges[i]! - 0.4 * joint) / joint));
      const [u, v] = [(x + 0.5) / side, (y + 0.5) / side];
      const tone = light * lit * (1 + 0.24 * rough * bumps[i]! + 0.05 * stains(u, v)) * (SHADE + (1 - SHADE) * depth);
      for (const channel of [0, 1, 2] as const) {
        drawing[3 * i + channel] = byte(colour[channel] * (1 - ink) + INK * ink);
        texture[3 * i + channel] = byte(colour[channel] * tone);
      }
    }
  return { kind, drawing, texture, height };
}
