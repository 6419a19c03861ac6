/** Pictures as a video, by the encoder of the browser: no encoder of ours could be given away freely. */
import { ArrayBufferTarget, Muxer } from 'webm-muxer';

/** What WebCodecs calls a codec and what WebM calls it; the better one first. */
const CODECS = [
  { codec: 'vp09.00.10.08', name: 'V_VP9' },
  { codec: 'vp8', name: 'V_VP8' },
] as const;

/** Small pictures are enlarged to this side at least, in pixels: a video of 64 would be shown as a stamp. */
const SIDE = 512;
/** Bits for each pixel of each picture: flat colours with sharp outlines, and no visible blocks. */
const BITS = 0.6;
/** Pictures from one that stands alone to the next. */
const KEY_EVERY = 24;

/** Why a video cannot be made here. */
export class NoEncoder extends Error {
  override name = 'NoEncoder';
}

/**
 * Encodes pictures of one size as WebM, on white.
 * @throws NoEncoder where the browser has none, as on a page that does not come from this machine or by https
 */
export async function encodeVideo(pictures: readonly ImageBitmap[], fps: number): Promise<Uint8Array> {
  const [first] = pictures as [ImageBitmap];
  const factor = Math.max(1, Math.ceil(SIDE / Math.max(first.width, first.height)));
  // Encoders take even sizes.
  const [width, height] = [first.width, first.height].map((side) => 2 * Math.ceil((side * factor) / 2)) as [
    number,
    number,
  ];
  const size = { width, height, framerate: fps, bitrate: Math.round(BITS * width * height * fps) };
  const usable = await usableCodec(size);
  if (!usable) throw new NoEncoder();
  const muxer = new Muxer({
    target: new ArrayBufferTarget(),
    video: { codec: usable.name, width, height, frameRate: fps },
  });
  let failed: DOMException | undefined;
  const encoder = new VideoEncoder({
    output: (chunk, about) => muxer.addVideoChunk(chunk, about),
    error: (error) => (failed = error),
  });
  encoder.configure({ codec: usable.codec, ...size });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  for (const [i, picture] of pictures.entries()) {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    const [timestamp, duration] = [Math.round((1e6 * i) / fps), Math.round(1e6 / fps)];
    const frame = new VideoFrame(canvas, { timestamp, duration });
    encoder.encode(frame, { keyFrame: i % KEY_EVERY === 0 });
    frame.close();
    // The queue holds whole pictures: it must not grow to all of them.
    if (encoder.encodeQueueSize > KEY_EVERY) await encoder.flush();
  }
  await encoder.flush();
  encoder.close();
  if (failed) throw failed;
  muxer.finalize();
  return new Uint8Array(muxer.target.buffer);
}

async function usableCodec(size: Omit<VideoEncoderConfig, 'codec'>): Promise<(typeof CODECS)[number] | undefined> {
  if (!('VideoEncoder' in globalThis)) return undefined;
  for (const each of CODECS) {
    const { supported } = await VideoEncoder.isConfigSupported({ codec: each.codec, ...size });
    if (supported) return each;
  }
  return undefined;
}
