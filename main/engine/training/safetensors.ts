/**
 * The safetensors format (https://github.com/huggingface/safetensors): a JSON header and raw tensors, no code.
 * The reader trusts nothing: bounded header, checked sizes, no overlaps, no holes, and a SHA-256 of the data.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import type { NamedTensor } from '../engine.ts';

const MAX_HEADER = 8 << 20;
const MAX_TENSORS = 100_000;

const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.literal('F32'),
      shape: z.array(z.int().min(0)),
      data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function digest(tensors: readonly NamedTensor[]): string {
  const hash = createHash('sha256');
  for (const { data } of tensors) hash.update(bytesOf(data));
  return hash.digest('hex');
}

/** Writes tensors and string metadata, atomically. @throws UserError when the disk is full or cannot be written */
export function writeSafetensors(
  file: string,
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>>,
): void {
  let at = 0;
  const entries = tensors.map(
    ({ name, shape, data }) => [name, { dtype: 'F32', shape, data_offsets: [at, (at += data.byteLength)] }] as const,
  );
  const json = JSON.stringify({
    __metadata__: { ...metadata, sha256: digest(tensors) },
    ...Object.fromEntries(entries),
  });
  const header = Buffer.from(
    json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 - Buffer.byteLength(json) + json.length),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeAtomic(file, [length, header, ...tensors.map(({ data }) => bytesOf(data))]);
}

/**
 * Reads a file straight into `targets`, which must be exactly the tensors that it holds.
 * @returns its metadata
 * @throws UserError when it is damaged or holds other tensors; the targets may then be half-filled
 */
export function readSafetensors(file: string, targets: readonly NamedTensor[]): Record<string, string> {
  const damaged = (why: string): UserError => new UserError(`${file} is damaged (${why})`);
  const fd = openSync(file, 'r');
  try {
    const { header, start, metadata } = readHeader(fd, damaged);
    if (header.size !== targets.length)
      throw new UserError(
        `${file} holds ${header.size} tensors where this model has ${targets.length}: it belongs to other settings`,
      );
    for (const { name, shape, data } of targets) {
      const entry = header.get(name);
      if (entry?.shape.join() !== shape.join())
        throw new UserError(`${file} does not fit this model at "${name}": it belongs to other settings`);
      const bytes = bytesOf(data);
      for (let done = 0; done < bytes.length;) {
        const read = readSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 28), start + entry.from + done);
        if (read === 0) throw damaged('it ends too early');
        done += read;
      }
    }
    if (digest(targets.toSorted((a, b) => header.get(a.name)!.from - header.get(b.name)!.from)) !== metadata['sha256'])
      throw damaged('its checksum does not match');
    return metadata;
  } finally {
    closeSync(fd);
  }
}

/** All tensors of a file, whatever they are. @throws UserError when it is damaged */
export function readAllSafetensors(file: string): { tensors: NamedTensor[]; metadata: Record<string, string> } {
  const fd = openSync(file, 'r');
  let tensors: NamedTensor[];
  try {
    const { header } = readHeader(fd, (why) => new UserError(`${file} is damaged (${why})`));
    tensors = [...header].map(([name, { shape }]) => {
      return { name, shape, data: new Float32Array(shape.reduce((product, side) => product * side, 1)) };
    });
  } finally {
    closeSync(fd);
  }
  return { tensors, metadata: readSafetensors(file, tensors) };
}

/** Only the metadata of a file. @throws UserError when it is damaged */
export function readSafetensorsMetadata(file: string): Record<string, string> {
  const fd = openSync(file, 'r');
  try {
    return readHeader(fd, (why) => new UserError(`${file} is damaged (${why})`)).metadata;
  } finally {
    closeSync(fd);
  }
}

interface Header {
  header: Map<string, { shape: number[]; from: number }>;
  metadata: Record<string, string>;
  /** Where the data begins in the file. */
  start: number;
}

function readHeader(fd: number, damaged: (why: string) => UserError): Header {
  const size = fstatSync(fd).size;
  const prefix = Buffer.alloc(8);
  if (size < 8 || readSync(fd, prefix, 0, 8, 0) !== 8) throw damaged('it has no header');
  const length = Number(prefix.readBigUInt64LE());
  if (length > MAX_HEADER || 8 + length > size) throw damaged('its header has an impossible length');
  const text = Buffer.alloc(length);
  readSync(fd, text, 0, length, 8);
  let json: unknown;
  try {
    json = JSON.parse(text.toString());
  } catch {
    throw damaged('its header cannot be read');
  }
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success || Object.keys(parsed.data).length > MAX_TENSORS) throw damaged('its header says nonsense');
  const header: Header['header'] = new Map();
  const spans: [number, number][] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(parsed.data)) {
    if (name === '__metadata__' && !('dtype' in entry && Array.isArray(entry.shape))) {
      metadata = entry as Record<string, string>;
      continue;
    }
    if (!Array.isArray(entry['shape'])) throw damaged(`"${name}" has no shape`);
    const { shape, data_offsets } = entry as { shape: number[]; data_offsets: [number, number] };
    const bytes = shape.reduce((product, side) => product * side, 4);
    if (!Number.isSafeInteger(bytes) || data_offsets[1] - data_offsets[0] !== bytes)
      throw damaged(`"${name}" has another size than its shape`);
    header.set(name, { shape, from: data_offsets[0] });
    spans.push(data_offsets);
  }
  spans.sort((a, b) => a[0] - b[0]);
  const end = spans.reduce((at, [from, to]) => (from === at ? to : NaN), 0);
  if (8 + length + end !== size) throw damaged('its tensors do not cover the file');
  return { header, metadata, start: 8 + length };
}
