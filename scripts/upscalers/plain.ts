/**
 * Layers of ncnn as loops over numbers, written from its documentation and from nothing of ours: what converted models
 * are held against. Slow; for small pictures.
 */
import { activationOf, type NcnnLayer } from './ncnn.ts';

/** Planes [C, H, W]. */
export interface Volume {
  channels: number;
  height: number;
  width: number;
  data: Float32Array;
}

const volume = (channels: number, height: number, width: number): Volume => ({
  ...{ channels, height, width },
  data: new Float32Array(channels * height * width),
});

/** The value at a place; 0 outside. */
const valueAt = ({ data, height, width }: Volume, c: number, y: number, x: number): number =>
  y < 0 || x < 0 || y >= height || x >= width ? 0 : data[(c * height + y) * width + x]!;

function eachValue(of: Volume, value: (c: number, y: number, x: number) => number): Volume {
  let at = 0;
  for (let c = 0; c < of.channels; c++)
    for (let y = 0; y < of.height; y++) for (let x = 0; x < of.width; x++) of.data[at++] = value(c, y, x);
  return of;
}

function activated(layer: NcnnLayer, of: Volume): Volume {
  const act = activationOf(layer);
  of.data.forEach((value, i) => {
    if (act.kind === 'relu') of.data[i] = Math.max(0, value);
    else if (act.kind === 'leaky') of.data[i] = value < 0 ? act.alpha * value : value;
    else if (act.kind === 'sigmoid') of.data[i] = 1 / (1 + Math.exp(-value));
  });
  return of;
}

type Evaluate = (layer: NcnnLayer, inputs: readonly Volume[]) => Volume | Volume[];

/** Bicubic as ncnn and OpenCV have it: a = -0.75, centres of pixels, edges repeated. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (d: number): number => (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  const far = (d: number): number => a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

const LAYERS: Readonly<Record<string, Evaluate>> = {
  Split: ({ outputs }, [x]) => outputs.map(() => x!),
  Concat: (_, inputs) => ({
    ...inputs[0]!,
    channels: inputs.reduce((sum, { channels }) => sum + channels, 0),
    data: Float32Array.from(inputs.flatMap(({ data }) => [...data])),
  }),
  Convolution: (layer, [x]) => {
    const { options, weight, bias } = layer;
    const [k, stride, padding] = [options.get(1), options.get(3) ?? 1, options.get(4) ?? 0].map(Number) as [
      number,
      number,
      number,
    ];
    const length = (side: number): number => Math.floor((side + 2 * padding - k) / stride) + 1;
    const result = volume(Number(options.get(0)), length(x!.height), length(x!.width));
    return activated(
      layer,
      eachValue(result, (o, y, xx) => {
        let sum = bias[o] ?? 0;
        for (let c = 0; c < x!.channels; c++)
          for (let i = 0; i < k; i++)
            for (let j = 0; j < k; j++)
              sum +=
                weight[((o * x!.channels + c) * k + i) * k + j]! *
                valueAt(x!, c, y * stride - padding + i, xx * stride - padding + j);
        return sum;
      }),
    );
  },
  Deconvolution: (layer, [x]) => {
    const { options, weight, bias } = layer;
    const [k, stride, padding] = [options.get(1), options.get(3) ?? 1, options.get(4) ?? 0].map(Number) as [
      number,
      number,
      number,
    ];
    const length = (side: number): number => (side - 1) * stride + k - 2 * padding;
    const result = volume(Number(options.get(0)), length(x!.height), length(x!.width));
    eachValue(result, (o) => bias[o] ?? 0);
    for (let c = 0; c < x!.channels; c++)
      for (let y = 0; y < x!.height; y++)
        for (let xx = 0; xx < x!.width; xx++)
          for (let o = 0; o < result.channels; o++)
            for (let i = 0; i < k; i++)
              for (let j = 0; j < k; j++) {
                const [ty, tx] = [y * stride + i - padding, xx * stride + j - padding];
                if (ty < 0 || tx < 0 || ty >= result.height || tx >= result.width) continue;
                result.data[(o * result.height + ty) * result.width + tx]! +=
                  valueAt(x!, c, y, xx) * weight[((o * x!.channels + c) * k + i) * k + j]!;
              }
    return activated(layer, result);
  },
  PReLU: ({ slope }, [x]) =>
    eachValue(volume(x!.channels, x!.height, x!.width), (c, y, xx) => {
      const value = valueAt(x!, c, y, xx);
      return value < 0 ? value * slope[c]! : value;
    }),
  PixelShuffle: ({ options }, [x]) => {
    const r = Number(options.get(0));
    return eachValue(volume(x!.channels / (r * r), x!.height * r, x!.width * r), (c, y, xx) =>
      valueAt(x!, c * r * r + (y % r) * r + (xx % r), Math.floor(y / r), Math.floor(xx / r)),
    );
  },
  Interp: ({ options, name }, [x]) => {
    const [kind, tall, wide] = [options.get(0), options.get(1), options.get(2)].map(Number) as [number, number, number];
    const result = volume(x!.channels, Math.round(x!.height * tall), Math.round(x!.width * wide));
    if (kind === 1) return eachValue(result, (c, y, xx) => valueAt(x!, c, Math.floor(y / tall), Math.floor(xx / wide)));
    if (kind !== 3) throw new Error(`${name} resizes in a way that is not known here`);
    const clamp = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
    const about = (at: number, factor: number): [number, number[]] => {
      const place = (at + 0.5) / factor - 0.5;
      return [Math.floor(place) - 1, cubicWeights(place - Math.floor(place))];
    };
    return eachValue(result, (c, y, xx) => {
      const [[top, down], [left, across]] = [about(y, tall), about(xx, wide)];
      let sum = 0;
      for (const [i, wy] of down.entries())
        for (const [j, wx] of across.entries())
          sum += wy * wx * valueAt(x!, c, clamp(top + i, x!.height), clamp(left + j, x!.width));
      return sum;
    });
  },
  BinaryOp: ({ options, name }, [a, b]) => {
    const kind = Number(options.get(0) ?? 0);
    if (kind !== 0 && kind !== 2) throw new Error(`${name} does ${kind}, which is not known here`);
    return eachValue(volume(a!.channels, a!.height, a!.width), (c, y, x) => {
      const other = b!.data.length === b!.channels ? b!.data[c]! : valueAt(b!, c, y, x);
      return kind === 0 ? valueAt(a!, c, y, x) + other : valueAt(a!, c, y, x) * other;
    });
  },
  Eltwise: ({ options, name }, [a, b]) => {
    if (options.get(0) !== 1) throw new Error(`${name} does not add`);
    const [first, second] = (options.get(1) as readonly number[] | undefined) ?? [1, 1];
    return { ...a!, data: a!.data.map((value, i) => first! * value + second! * b!.data[i]!) };
  },
  Crop: ({ options }, [x]) => {
    const [[, top, left], [, bottom, right]] = cropOf(options);
    return eachValue(volume(x!.channels, x!.height - top - bottom, x!.width - left - right), (c, y, xx) =>
      valueAt(x!, c, y + top, xx + left),
    );
  },
  Pooling: ({ options, name }, [x]) => {
    if (options.get(0) !== 1 || options.get(4) !== 1) throw new Error(`${name} is no mean over the picture`);
    const pixels = x!.height * x!.width;
    return eachValue(volume(x!.channels, 1, 1), (c) => {
      let sum = 0;
      for (let i = 0; i < pixels; i++) sum += x!.data[c * pixels + i]!;
      return sum / pixels;
    });
  },
  InnerProduct: (layer, [x]) => {
    const outputs = Number(layer.options.get(0));
    return activated(
      layer,
      eachValue(volume(outputs, 1, 1), (o) =>
        x!.data.reduce((sum, value, i) => sum + value * layer.weight[o * x!.data.length + i]!, layer.bias[o] ?? 0),
      ),
    );
  },
};

/** Pixels cut off: [all, top, left] and [all, bottom, right]. @throws Error for crops that are not of height and width */
export function cropOf(options: NcnnLayer['options']): [[0, number, number], [0, number, number]] {
  const [starts, ends, axes] = [9, 10, 11].map((key) => (options.get(key) as readonly number[] | undefined) ?? []);
  if (axes!.join() !== '-2,-1') throw new Error('a crop of other axes than height and width is not known here');
  return [
    [0, starts![0]!, starts![1]!],
    [0, -ends![0]!, -ends![1]!],
  ];
}

/** The last layer's result. */
export function evaluate(layers: readonly NcnnLayer[], picture: Volume): Volume {
  const known = new Map<string, Volume>();
  let last: Volume = picture;
  for (const layer of layers) {
    if (layer.type === 'Input') {
      known.set(layer.outputs[0]!, picture);
      continue;
    }
    const evaluateLayer = LAYERS[layer.type];
    if (!evaluateLayer) throw new Error(`a layer ${layer.type} is not known here`);
    const results = evaluateLayer(
      layer,
      layer.inputs.map((name) => known.get(name)!),
    );
    for (const [i, result] of (Array.isArray(results) ? results : [results]).entries()) {
      known.set(layer.outputs[i]!, result);
      last = result;
    }
  }
  return last;
}
