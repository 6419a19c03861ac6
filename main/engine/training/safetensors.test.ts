import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { UserError } from '../../errors.ts';
import type { NamedTensor } from '../engine.ts';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from './safetensors.ts';

const { path, remove } = temporary();
afterAll(remove);

const tensor = (name: string, shape: number[], at = 0): NamedTensor => ({
  name,
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => Math.sin(i + at)),
});
const blank = (tensors: readonly NamedTensor[]): NamedTensor[] =>
  tensors.map((each) => ({ ...each, data: new Float32Array(each.data.length) }));

describe('safetensors', () => {
  it('gives back what was written, bit by bit, in any order of the targets', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.tuple(fc.string({ minLength: 1 }), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 })),
          { selector: ([name]) => name, minLength: 1, maxLength: 6 },
        ),
        (spec) => {
          const tensors = spec
            .filter(([name]) => name !== '__metadata__' && name !== '__proto__')
            .map(([name, shape], i) => tensor(name, shape, i));
          writeSafetensors(path('a'), tensors, { step: '7', note: 'ünï' });
          const targets = blank(tensors).reverse();
          expect(readSafetensors(path('a'), targets)).toMatchObject({ step: '7', note: 'ünï' });
          expect(targets.reverse().map(({ data }) => data)).toEqual(tensors.map(({ data }) => data));
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it('refuses any damage: no flipped byte, cut or addition gets through', () => {
    const tensors = [tensor('w', [4, 5]), tensor('b', [3])];
    writeSafetensors(path('whole'), tensors, { step: '7' });
    const whole = readFileSync(path('whole'));
    const reads = (bytes: Uint8Array): boolean => {
      writeFileSync(path('hurt'), bytes);
      const targets = blank(tensors);
      try {
        readSafetensors(path('hurt'), targets);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return false;
      }
      // A flip inside the free text of the metadata is the one harmless kind.
      return targets.some(({ data }, i) => data.some((x, j) => x !== tensors[i]!.data[j]));
    };
    for (let at = 0; at < whole.length; at++)
      expect(reads(Buffer.from(whole).fill(whole[at]! ^ 0x41, at, at + 1)), `byte ${at}`).toBe(false);
    for (const length of [0, 7, 8, 40, whole.length - 1]) {
      writeFileSync(path('hurt'), whole.subarray(0, length));
      expect(() => readSafetensors(path('hurt'), blank(tensors)), `cut at ${length}`).toThrow(/damaged/);
    }
    writeFileSync(path('hurt'), Buffer.concat([whole, Buffer.alloc(4)]));
    expect(() => readSafetensorsMetadata(path('hurt'))).toThrow(/do not cover the file/);
  });

  it('refuses a file of another model', () => {
    writeSafetensors(path('other'), [tensor('w', [4])], {});
    expect(() => readSafetensors(path('other'), blank([tensor('w', [2, 2])]))).toThrow(/other settings/);
    expect(() => readSafetensors(path('other'), blank([tensor('w', [4]), tensor('b', [1])]))).toThrow(
      /holds 1 tensors where this model has 2/,
    );
  });
});
