/** Frames: whatever is encoded is decoded to the same, and no bytes make the decoder do worse than throw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, encode } from './wire.ts';

const message = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__' && key !== '$bytes' && key !== 'toJSON'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

describe('frames', () => {
  it('carry every message, bytes as bytes', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  it('carry a Node Buffer as its bytes, and messages without bytes as text', () => {
    expect(decode(encode({ a: Buffer.from([1, 2]) }))).toEqual({ a: new Uint8Array([1, 2]) });
    expect(typeof encode({ a: 1 })).toBe('string');
  });

  it('that are damaged throw', () => {
    const whole = encode({ first: new Uint8Array([1, 2, 3]), second: new Uint8Array(9) }) as Uint8Array;
    for (let end = 0; end < whole.length; end++) expect(() => decode(whole.subarray(0, end))).toThrow();
    expect(() => decode(new Uint8Array([...whole, 0]))).toThrow(SyntaxError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
