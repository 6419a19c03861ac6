/** Pictures as a video, by the encoder of the browser: no encoder of ours could be given away freely. */
import { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Mp4OutputFormat, Output, Quality } from 'mediabunny';
import { WebMOutputFormat, type OutputFormat, type VideoCodec } from 'mediabunny';
import type { VideoFormat } from '../../../preload/contract/index.ts';

/** What each kind of file is written as, and the codecs that everybody can play in it; the better one first. */
const FORMATS: Readonly<Record<VideoFormat, { format: () => OutputFormat; codecs: VideoCodec[] }>> = {
  mp4: { format: () => new Mp4OutputFormat(), codecs: ['avc'] },
  webm: { format: () => new WebMOutputFormat(), codecs: ['vp9', 'vp8'] },
};

/** Small pictures are enlarged to this side at least, in pixels: a video of 64 would be shown as a stamp. */
const SIDE = 512;
/** Bits for each pixel of each picture: flat colours with sharp outlines, and no visible blocks. */
const BITS = 0.6;
/** Seconds from one picture that stands alone to the next. */
const KEY_EVERY = 1;

/** Why a video cannot be made here. */
export class NoEncoder extends Error {
  override name = 'NoEncoder';
}

/**
 * Encodes pictures of one size as a video, on white.
 * @throws NoEncoder where the browser has none, as on a page that does not come from this machine or by https
 */
export async function encodeVideo(
  pictures: readonly ImageBitmap[],
  { fps, as }: { fps: number; as: VideoFormat },
): Promise<Uint8Array> {
  const [first] = pictures as [ImageBitmap];
  const factor = Math.max(1, Math.ceil(SIDE / Math.max(first.width, first.height)));
  // Encoders take even sizes.
  const even = (side: number): number => 2 * Math.ceil((side * factor) / 2);
  const [width, height] = [even(first.width), even(first.height)];
  const quality = new Quality({ bitrate: Math.round(BITS * width * height * fps) });
  const { format, codecs } = FORMATS[as];
  const codec = await getFirstEncodableVideoCodec(codecs, { width, height, frameRate: fps, quality });
  if (!codec) throw new NoEncoder();
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  const target = new BufferTarget();
  const output = new Output({ format: format(), target });
  const source = new CanvasSource(canvas, { codec, quality, keyFrameInterval: KEY_EVERY });
  output.addVideoTrack(source, { frameRate: fps });
  await output.start();
  for (const [i, picture] of pictures.entries()) {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    await source.add(i / fps, 1 / fps);
  }
  await output.finalize();
  return new Uint8Array(target.buffer!);
}
