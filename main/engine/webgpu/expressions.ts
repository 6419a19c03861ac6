/**
 * How each operator that is no sum over many elements is written at one place of its result. A typed table: an operator
 * without a row does not compile. Contractions and reductions have kernels of their own and always lie in buffers.
 */
import { CUBIC_HALF } from '../../../models/graph/operators/halve.ts';
import type { Index, Writer } from './writer.ts';
import { literal } from './writer.ts';
import type { ContractionName, Name, ReductionName, Value } from './value.ts';

/** Operators that only kernels compute, or that are gone when values are made. */
type Elsewhere = ContractionName | ReductionName | 'Input' | 'Pack' | 'Parameter' | 'StopGradient' | 'Standardize';

interface Expression<N extends Name> {
  /** Writes the value at a place; gives the name of what holds it. */
  write(w: Writer, value: Value<N>, at: Index): string;
  /** How much work a place is, where 1 is an addition. */
  work: number;
}

/** Element by element; inputs that are smaller repeat. */
const pointwise = <N extends Name>(
  work: number,
  code: (args: string[], attributes: Value<N>['attributes']) => string,
): Expression<N> => ({
  work,
  write: (w, value, at) =>
    w.let(
      code(
        value.inputs.map((input) => w.value(input, w.repeated(at, value.shape, input))),
        value.attributes,
      ),
    ),
});

/** What moves values: reads its input at other coordinates. */
const moved = <N extends Name>(
  work: number,
  from: (coords: readonly string[], value: Value<N>, w: Writer) => readonly string[],
): Expression<N> => ({
  work,
  write: (w, value, at) => w.value(value.inputs[0]!, { coords: from(w.coords(at, value.shape), value, w) }),
});

const TRANSCENDENTAL = 8;

export const table: { [N in Exclude<Name, Elsewhere>]: Expression<N> } = {
  Fill: { work: 0, write: (_, { attributes: { value } }) => literal(value) },
  Add: pointwise(1, ([a, b]) => `${a} + ${b}`),
  Sub: pointwise(1, ([a, b]) => `${a} - ${b}`),
  Mul: pointwise(1, ([a, b]) => `${a} * ${b}`),
  Div: pointwise(4, ([a, b]) => `${a} / ${b}`),
  Greater: pointwise(1, ([a, b]) => `select(0.0, 1.0, ${a} > ${b})`),
  Gate: pointwise(2, ([x, grad], { alpha }) => `select(${grad} * ${literal(alpha)}, ${grad}, ${x} > 0.0)`),
  Scale: pointwise(1, ([x], { factor }) => `${x} * ${literal(factor)}`),
  Offset: pointwise(1, ([x], { by }) => `${x} + ${literal(by)}`),
  Neg: pointwise(1, ([x]) => `-(${x})`),
  Abs: pointwise(1, ([x]) => `abs(${x})`),
  Sqrt: pointwise(4, ([x]) => `sqrt(${x})`),
  Exp: pointwise(TRANSCENDENTAL, ([x]) => `exp(${x})`),
  Log: pointwise(TRANSCENDENTAL, ([x]) => `log(${x})`),
  // Some drivers write tanh with exponentials that overflow.
  Tanh: pointwise(TRANSCENDENTAL, ([x]) => `tanh(clamp(${x}, -15.0, 15.0))`),
  Sigmoid: pointwise(TRANSCENDENTAL, ([x]) => `1.0 / (1.0 + exp(-(${x})))`),
  Softplus: pointwise(TRANSCENDENTAL, ([x]) => `max(${x}, 0.0) + log(1.0 + exp(-abs(${x})))`),
  Relu: pointwise(1, ([x]) => `max(${x}, 0.0)`),
  LeakyRelu: pointwise(2, ([x], { alpha }) => `select(${x} * ${literal(alpha)}, ${x}, ${x} > 0.0)`),
  PRelu: pointwise(2, ([x, slope]) => `select(${x} * ${slope}, ${x}, ${x} > 0.0)`),
  Reshape: {
    work: 0,
    write: (w, { inputs: [x], shape }, at) => w.value(x!, { flat: w.flat(at, shape) }),
  },
  Transpose: moved(0, (coords, { attributes: { order } }) => order.map((_, axis) => coords[order.indexOf(axis)]!)),
  BroadcastTo: {
    work: 0,
    write: (w, { inputs: [x], shape }, at) => w.value(x!, w.repeated(at, shape, x!)),
  },
  Slice: moved(0, (coords, { attributes: { begin } }, w) =>
    coords.map((at, i) => (begin[i] === 0 ? at : w.let(`${at} + ${begin[i]}u`))),
  ),
  Pad: {
    work: 2,
    write: (w, { inputs: [x], shape, attributes: { pads } }, at) => {
      const coords = w.coords(at, shape);
      const inside = coords.flatMap((coordinate, i) => {
        const [before, after] = pads[i]!;
        return [
          ...(before > 0 ? [`${coordinate} >= ${before}u`] : []),
          ...(after > 0 ? [`${coordinate} < ${before + x!.shape[i]!}u`] : []),
        ];
      });
      const from = (): Index => ({
        coords: coords.map((coordinate, i) =>
          pads[i]![0] === 0 ? coordinate : w.let(`${coordinate} - ${pads[i]![0]}u`),
        ),
      });
      return inside.length === 0 ? w.value(x!, from()) : w.when(inside.join(' && '), () => w.value(x!, from()));
    },
  },
  Concat: {
    work: 2,
    write: (w, { inputs, shape, attributes: { axis } }, at) => {
      const coords = w.coords(at, shape);
      const result = w.variable();
      let begin = 0;
      for (const input of inputs) {
        const [from, to] = [begin, begin + input.shape[axis]!];
        const inside = [
          from > 0 ? `${coords[axis]} >= ${from}u` : '',
          to < shape[axis]! ? `${coords[axis]} < ${to}u` : '',
        ];
        w.block(`if (${inside.filter(Boolean).join(' && ') || 'true'})`, () => {
          const own = coords.map((each, i) => (i === axis && from > 0 ? w.let(`${each} - ${from}u`) : each));
          return `${result} = ${w.value(input, { coords: own })};`;
        });
        begin = to;
      }
      return result;
    },
  },
  Upsample: moved(0, ([n, c, y, x], { attributes: { factor } }, w) => [
    n!,
    c!,
    w.let(`${y} / ${factor}u`),
    w.let(`${x} / ${factor}u`),
  ]),
  SumPool: {
    work: 4,
    write: (w, { inputs: [input], shape, attributes: { factor } }, at) => {
      const [n, c, y, x] = w.coords(at, shape);
      const terms = Array.from({ length: factor * factor }, (_, i) => {
        const row = w.let(`${y} * ${factor}u + ${Math.floor(i / factor)}u`);
        const column = w.let(`${x} * ${factor}u + ${i % factor}u`);
        return w.value(input!, { coords: [n!, c!, row, column] });
      });
      return w.let(terms.join(' + '));
    },
  },
  PixelShuffle: moved(2, ([n, c, y, x], { attributes: { factor } }, w) => [
    n!,
    w.let(`(${c} * ${factor}u + ${y} % ${factor}u) * ${factor}u + ${x} % ${factor}u`),
    w.let(`${y} / ${factor}u`),
    w.let(`${x} / ${factor}u`),
  ]),
  PixelUnshuffle: moved(2, ([n, c, y, x], { attributes: { factor } }, w) => [
    n!,
    w.let(`${c} / ${factor * factor}u`),
    w.let(`${y} * ${factor}u + ${c} / ${factor}u % ${factor}u`),
    w.let(`${x} * ${factor}u + ${c} % ${factor}u`),
  ]),
  Halve: {
    work: 32,
    write: (w, { inputs: [x], shape }, at) => {
      const [n, c, y, x0] = w.coords(at, shape);
      const taps = (coordinate: string, length: number): string[] =>
        CUBIC_HALF.map((_, t) => w.let(`u32(clamp(i32(${coordinate} * 2u) + ${t - 1}, 0, ${length - 1}))`));
      const [rows, columns] = [taps(y!, x!.shape[2]!), taps(x0!, x!.shape[3]!)];
      const terms = rows.flatMap((row, i) =>
        columns.map((column, j) => {
          const share = literal(CUBIC_HALF[i]! * CUBIC_HALF[j]!);
          return `${share} * ${w.value(x!, { coords: [n!, c!, row, column] })}`;
        }),
      );
      return w.let(terms.join(' + '));
    },
  },
  Unhalve: {
    work: 12,
    write: (w, { inputs: [x], shape }, at) => {
      const [n, c, y, x0] = w.coords(at, shape);
      // Each pixel was seen by two of the half; at an edge, which is repeated, twice by the same.
      const seenBy = (coordinate: string, length: number): [place: string, share: string][] => {
        const odd = w.let(`${coordinate} % 2u == 1u`);
        return [0, 1].map((t) => [
          w.let(`u32(clamp(i32((${coordinate} + 1u) / 2u) - ${t}, 0, ${length - 1}))`),
          w.let(`select(${literal(CUBIC_HALF[1 + 2 * t]!)}, ${literal(CUBIC_HALF[2 * t]!)}, ${odd})`),
        ]);
      };
      const [rows, columns] = [seenBy(y!, x!.shape[2]!), seenBy(x0!, x!.shape[3]!)];
      const terms = rows.flatMap(([row, a]) =>
        columns.map(([column, b]) => `${a} * ${b} * ${w.value(x!, { coords: [n!, c!, row, column] })}`),
      );
      return w.let(terms.join(' + '));
    },
  },
  ReflectPad: moved(4, ([n, c, y, x], { inputs: [input], attributes: { by } }, w) => {
    const mirrored = (at: string, length: number): string => {
      const from = w.let(`abs(i32(${at}) - ${by})`);
      return w.let(`u32(min(${from}, ${2 * (length - 1)} - ${from}))`);
    };
    return [n!, c!, mirrored(y!, input!.shape[2]!), mirrored(x!, input!.shape[3]!)];
  }),
  ReflectFold: {
    work: 24,
    write: (w, { inputs: [input], shape, attributes: { by } }, at) => {
      const [n, c, y, x] = w.coords(at, shape);
      const sum = w.variable();
      // Each pixel is at its own place, and perhaps at one that mirrors it before the first or after the last.
      const places = (coordinate: string, length: number, emit: (at: string) => string): string => {
        const i = w.counter();
        w.block(`for (var ${i} = 0u; ${i} < 3u; ${i}++)`, () => {
          const own = `${coordinate} + ${by}u`;
          const before = `${by}u - ${coordinate}`;
          const after = `${by + 2 * (length - 1)}u - ${coordinate}`;
          const there = `${i} == 0u || (${i} == 1u && ${coordinate} >= 1u && ${coordinate} <= ${by}u) || (${i} == 2u && ${coordinate} + ${by + 1}u >= ${length}u && ${coordinate} + 2u <= ${length}u)`;
          w.block(`if (${there})`, () =>
            emit(w.let(`select(select(${after}, ${before}, ${i} == 1u), ${own}, ${i} == 0u)`)),
          );
          return '';
        });
        return '';
      };
      places(y!, shape[2]!, (row) =>
        places(x!, shape[3]!, (column) => `${sum} += ${w.value(input!, { coords: [n!, c!, row, column] })};`),
      );
      return sum;
    },
  },
  GatherPixels: {
    work: 2,
    write: (w, { inputs: [input, places], shape }, at) => {
      const [n, c, p] = w.coords(at, shape);
      const pixel = w.let(`u32(${w.value(places!, { flat: p! })})`);
      const [, channels, height, width] = input!.shape;
      return w.value(input!, { flat: w.let(`(${n} * ${channels}u + ${c}) * ${height! * width!}u + ${pixel}`) });
    },
  },
  ScatterPixels: {
    work: 3,
    write: (w, { inputs: [features, placeOf], shape }, at) => {
      const [n, c, y, x] = w.coords(at, shape);
      const place = w.value(placeOf!, { flat: w.let(`${y} * ${shape[3]}u + ${x}`) });
      return w.when(`${place} >= 0.0`, () => w.value(features!, { coords: [n!, c!, w.let(`u32(${place})`)] }));
    },
  },
  Shift: {
    work: 4,
    write: (w, { inputs: [x, by], shape }, at) => {
      const [n, c, y, x0] = w.coords(at, shape);
      const moved = (axis: number, coordinate: string): string =>
        w.let(`u32(i32(${coordinate}) - i32(${w.value(by!, { coords: [n!, `${axis}u`] })}))`);
      // Before the first row a number without a sign is huge, and so not inside.
      const [row, column] = [moved(0, y!), moved(1, x0!)];
      return w.when(`${row} < ${shape[2]}u && ${column} < ${shape[3]}u`, () =>
        w.value(x!, { coords: [n!, c!, row, column] }),
      );
    },
  },
  PlaceOf: {
    work: 64,
    write: (w, { inputs: [places], shape }, at) => {
      const pixel = w.flat(at, shape);
      const [result, i] = [w.variable(), w.counter()];
      w.lines.push(`${result} = -1.0;`);
      w.block(`for (var ${i} = 0u; ${i} < ${places!.shape[0]}u; ${i}++)`, () => {
        const place = w.value(places!, { flat: i });
        return `if (u32(${place}) == ${pixel}) { ${result} = f32(${i}); }`;
      });
      return result;
    },
  },
  FoldColumns: {
    work: 12,
    write: (
      w,
      {
        inputs: [columns],
        shape,
        attributes: {
          stride,
          pads,
          kernel: [kh, kw],
          from: [height, width],
        },
      },
      at,
    ) => {
      const [n, c, y, x] = w.coords(at, shape);
      const [py, px] = [w.let(`${y} + ${pads[0]}u`), w.let(`${x} + ${pads[1]}u`)];
      const sum = w.variable();
      for (let tap = 0; tap < Math.ceil(kh / stride) * Math.ceil(kw / stride); tap++) {
        const [ty, tx] = [Math.floor(tap / Math.ceil(kw / stride)), tap % Math.ceil(kw / stride)];
        const [ky, kx] = [w.let(`${py} % ${stride}u + ${ty * stride}u`), w.let(`${px} % ${stride}u + ${tx * stride}u`)];
        // Below the first row a number without a sign is huge, and so not inside.
        const [row, column] = [w.let(`${py} / ${stride}u - ${ty}u`), w.let(`${px} / ${stride}u - ${tx}u`)];
        w.block(`if (${ky} < ${kh}u && ${kx} < ${kw}u && ${row} < ${height}u && ${column} < ${width}u)`, () => {
          const product = w.let(`(${c} * ${kh}u + ${ky}) * ${kw}u + ${kx}`);
          const pixel = w.let(`(${n} * ${height}u + ${row}) * ${width}u + ${column}`);
          return `${sum} += ${w.value(columns!, { coords: [product, pixel] })};`;
        });
      }
      return sum;
    },
  },
  SplitSum: {
    work: 16,
    write: (w, { inputs: [input], shape, attributes: { parts } }, at) => {
      const flat = w.flat(at, shape);
      const size = shape.reduce((product, length) => product * length, 1);
      const part = (i: string): string => w.load(input!, w.let(`${flat} + ${i}`));
      if (parts <= 4) return w.let(Array.from({ length: parts }, (_, i) => part(`${i * size}u`)).join(' + '));
      // Four at a time, so that loads wait beside each other.
      const [sum, i] = [w.variable(), w.counter()];
      w.block(`for (var ${i} = 0u; ${i} < ${parts * size}u; ${i} += ${4 * size}u)`, () => {
        const four = [0, 1, 2, 3].map((each) => part(`${i} + ${each * size}u`));
        return `${sum} += (${four[0]} + ${four[1]}) + (${four[2]} + ${four[3]});`;
      });
      return sum;
    },
  },
};

type Written = keyof typeof table;

/** Whether a value can be written out where it is needed. */
export const isWritten = (value: Value): value is Value<Written> => value.operator in table;

export const expressions = {
  write(w: Writer, value: Value, at: Index): string {
    if (!isWritten(value)) throw new Error(`${value.operator} lies in no buffer and has no expression`);
    // The row of the value's own operator takes that operator's attributes.
    return (table[value.operator] as Expression<Name>).write(w, value, at);
  },
  workOf: (value: Value): number => (isWritten(value) ? table[value.operator].work : 0),
};
