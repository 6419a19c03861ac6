import { scale } from '../../../models/graph/operators/affine.ts';
import { describe, expect, it } from 'vitest';
import { add } from '../../../models/graph/operators/elementwise.ts';
import { input } from '../../../models/graph/tensor.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { OrtError, runtimeVersion, Session, startRuntime, Value } from './ort.ts';

startRuntime(2);

describe('ONNX Runtime through its C API', () => {
  const a = input('a', [4, 5]);
  const model = writeOnnx({ sum: add(a, scale(input('b', [4, 5]), { factor: 2 })) }, { target: 'cpu' });

  it('reads and writes our buffers in place, also shared ones', async () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const [x, y, out] = [
      new Value(new Float32Array(shared.buffer, 0, 20).fill(1), [4, 5]),
      Value.zeros([4, 5]),
      Value.zeros([4, 5]),
    ];
    const call = new Session(model.bytes).bind({ a: x, b: y }, { sum: out });
    y.data.fill(3);
    call.run();
    expect([...new Set(out.data)]).toEqual([7]);
    x.data.fill(-1);
    await call.runAsync();
    expect([...new Set(out.data)]).toEqual([5]);
  });

  it('reports what ONNX Runtime says, as an error', () => {
    expect(() => new Session(new Uint8Array([1, 2, 3]))).toThrow(OrtError);
    const wrong = Value.zeros([5]);
    expect(() => new Session(model.bytes).bind({ a: wrong, b: wrong }, { sum: Value.zeros([4, 5]) }).run()).toThrow(
      /dimension|shape|rank/i,
    );
  });

  it('keeps one number of threads for a process', () => {
    startRuntime(2);
    expect(runtimeVersion()).toMatch(/^1\./);
    expect(() => startRuntime(3)).toThrow(OrtError);
  });
});
