/**
 * Messages as frames of a WebSocket. A message without pixels is a text frame of JSON; one with Uint8Arrays is a binary
 * frame: length of the JSON (uint32, little endian), the JSON with `{"$bytes": length}` in their places, then their bytes.
 */

/** A message as a frame. */
export function encode(message: unknown): string | Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  // `this[key]` and not the value given: a Node Buffer has already turned itself into JSON there.
  const json = JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    const bytes = this[key];
    if (!(bytes instanceof Uint8Array)) return value;
    parts.push(bytes);
    return { $bytes: bytes.length };
  });
  if (parts.length === 0) return json;
  const head = new TextEncoder().encode(json);
  const frame = new Uint8Array(4 + head.length + parts.reduce((sum, { length }) => sum + length, 0));
  new DataView(frame.buffer).setUint32(0, head.length, true);
  frame.set(head, 4);
  let at = 4 + head.length;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** A frame as a message. @throws SyntaxError when it is none */
export function decode(frame: string | Uint8Array): unknown {
  if (typeof frame === 'string') return JSON.parse(frame);
  if (frame.length < 4) throw new SyntaxError('The frame is cut short');
  const headLength = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  let at = 4 + headLength;
  if (at > frame.length) throw new SyntaxError('The frame is cut short');
  const message: unknown = JSON.parse(
    new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(4, at)),
    (_, value) => {
      const length = (value as { $bytes?: unknown } | null)?.$bytes;
      if (typeof length !== 'number') return value as unknown;
      if (!Number.isInteger(length) || length < 0 || at + length > frame.length)
        throw new SyntaxError('The frame is cut short');
      const bytes = frame.slice(at, at + length);
      at += length;
      return bytes;
    },
  );
  if (at !== frame.length) throw new SyntaxError('The frame has bytes that belong to nothing');
  return message;
}
