/** Reads videos by their containers' own words, so that what a browser wrote is counted by something that is no browser. */

export interface VideoFile {
  width: number;
  height: number;
  /** Pictures that the file holds. */
  frames: number;
  seconds: number;
}

/** @throws Error where it is no WebM with a video track */
export function readWebm(file: Buffer): VideoFile {
  const said: Partial<Record<string, number>> = {};
  let frames = 0;
  /** Elements that hold others. */
  const within = new Set([0x18538067, 0x1549a966, 0x1654ae6b, 0xae, 0xe0, 0x1f43b675, 0xa0]);
  const names: Readonly<Record<number, string>> = { 0xb0: 'width', 0xba: 'height', 0x2ad7b1: 'scale' };
  const walk = (from: number, to: number): void => {
    for (let at = from; at < to;) {
      const id = lengthy(file, at, true);
      const size = lengthy(file, id.next, false);
      // A size of which all bits are set says that it ends with what it is in.
      const end = size.unknown ? to : size.next + size.value;
      if (within.has(id.value)) walk(size.next, end);
      // SimpleBlock, and the Block of a BlockGroup.
      if (id.value === 0xa3 || id.value === 0xa1) frames++;
      if (id.value === 0x4489)
        said['duration'] = size.value === 4 ? file.readFloatBE(size.next) : file.readDoubleBE(size.next);
      const name = names[id.value];
      if (name !== undefined) said[name] = file.readUIntBE(size.next, size.value);
      at = end;
    }
  };
  walk(0, file.length);
  const { width, height, duration, scale = 1e6 } = said;
  if (width === undefined || height === undefined || duration === undefined) throw new Error('No WebM of a known size');
  return { width, height, frames, seconds: (duration * scale) / 1e9 };
}

/** A number of EBML (RFC 8794): its first byte says how many follow. */
function lengthy(file: Buffer, at: number, withMark: boolean): { value: number; next: number; unknown: boolean } {
  const length = Math.clz32(file[at]!) - 23;
  let value = withMark ? file[at]! : file[at]! & (0xff >> length);
  let ones = (file[at]! & (0xff >> length)) === 0xff >> length;
  for (let i = 1; i < length; i++) {
    value = value * 256 + file[at + i]!;
    ones &&= file[at + i] === 0xff;
  }
  return { value, next: at + length, unknown: ones && !withMark };
}

/** @throws Error where it is no MP4 with one track */
export function readMp4(file: Buffer): VideoFile {
  const boxes = new Map<string, Buffer>();
  const within = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
  const walk = (from: number, to: number): void => {
    for (let at = from; at < to;) {
      const [said, kind] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)];
      const [head, size] = said === 1 ? [16, Number(file.readBigUInt64BE(at + 8))] : [8, said === 0 ? to - at : said];
      if (within.has(kind)) walk(at + head, at + size);
      else boxes.set(kind, file.subarray(at + head, at + size));
      at += size;
    }
  };
  walk(0, file.length);
  const [tkhd, mdhd, stsz] = ['tkhd', 'mdhd', 'stsz'].map((kind) => boxes.get(kind));
  if (!tkhd || !mdhd || !stsz) throw new Error('No MP4 with a track');
  const [scale, duration] =
    mdhd[0] === 1
      ? [mdhd.readUInt32BE(20), Number(mdhd.readBigUInt64BE(24))]
      : [mdhd.readUInt32BE(12), mdhd.readUInt32BE(16)];
  // The sides are the last two numbers of its head, of 16 bits before the point.
  const side = (fromEnd: number): number => tkhd.readUInt32BE(tkhd.length - fromEnd) / 65536;
  return { width: side(8), height: side(4), frames: stsz.readUInt32BE(8), seconds: duration / scale };
}
