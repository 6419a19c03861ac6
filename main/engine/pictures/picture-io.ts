/** How a picture goes into a model and comes out: between our planes and the layout, range and channels of a model. */
import type { PictureIo } from '../../../preload/contract/index.ts';
import type { Size } from '../inference/tiles.ts';

type Range = PictureIo['range'];

/** Value = scale * (ours + 1) + black, where ours run from -1 to 1. */
const RANGES: Record<Range, { black: number; scale: number }> = {
  '-1..1': { black: -1, scale: 1 },
  '0..1': { black: 0, scale: 0.5 },
  '0..255': { black: 0, scale: 127.5 },
};

/** One of 255 levels, in what a model gives. */
export const levelOf = (range: Range): number => (2 * RANGES[range].scale) / 255;

/** The share of red, green and blue in a grey (Rec. 601). */
const GREY = [0.299, 0.587, 0.114];

type Layout = PictureIo['layout'];
type GoingIn = Pick<PictureIo, 'layout' | 'range' | 'mean' | 'deviation' | 'channels'>;
type ComingOut = Pick<PictureIo, 'outputLayout' | 'outputRange' | 'channels'>;

/** Where a value lies: the distances of neighbouring pixels and of neighbouring channels. */
const strides = (layout: Layout, pixels: number, channels: number): { pixel: number; channel: number } =>
  layout === 'nchw' ? { pixel: 1, channel: pixels } : { pixel: channels, channel: 1 };

/** The dimensions of a batch of one picture. */
export const shapeFor = (layout: Layout, { width, height }: Size, channels: number): number[] =>
  layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];

/** Which of the model's channels our channel `c` is. */
const order = ({ channels }: Pick<PictureIo, 'channels'>, c: number): number => (channels === 'bgr' ? 2 - c : c);

/** What a model takes for each channel of ours from -1 to 1: value = scale * (ours + 1) + black. */
function slopes({ range, mean, deviation }: GoingIn): { black: number; scale: number }[] {
  const { black, scale } = RANGES[range];
  return mean.map((each, c) => ({ black: (black - each) / deviation[c]!, scale: scale / deviation[c]! }));
}

/** Writes RGB planes in [-1, 1] the way that a model takes them. `to` has 1 channel for grey, else 3. */
export function pack(planes: Float32Array, io: GoingIn, to: Float32Array, { whole = false } = {}): void {
  const pixels = planes.length / 3;
  const channels = to.length / pixels;
  const { pixel, channel } = strides(io.layout, pixels, channels);
  const slope = slopes(io);
  for (let i = 0; i < pixels; i++) {
    if (channels === 1) {
      const grey = GREY.reduce((sum, share, c) => sum + share * planes[c * pixels + i]!, 0);
      to[i] = slope[0]!.scale * (grey + 1) + slope[0]!.black;
    } else
      for (let c = 0; c < 3; c++)
        to[i * pixel + order(io, c) * channel] = slope[c]!.scale * (planes[c * pixels + i]! + 1) + slope[c]!.black;
  }
  // Conversion to whole numbers cuts what is behind the point off.
  if (whole) for (let i = 0; i < to.length; i++) to[i] = Math.min(255, Math.max(0, Math.round(to[i]!)));
}

/** The inverse of `pack` for what a model gives, of 1 channel or 3: RGB planes, black at -1 and white at 1. */
export function unpack(values: Float32Array, io: ComingOut, planes: Float32Array): void {
  const pixels = planes.length / 3;
  const channels = values.length / pixels;
  const { pixel, channel } = strides(io.outputLayout, pixels, channels);
  const { black, scale } = RANGES[io.outputRange];
  for (let c = 0; c < 3; c++) {
    const from = channels === 1 ? 0 : order(io, c) * channel;
    for (let i = 0; i < pixels; i++) planes[c * pixels + i] = (values[i * pixel + from]! - black) / scale - 1;
  }
}
