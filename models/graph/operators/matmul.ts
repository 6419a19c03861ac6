/** Matrix products. */
import { operator, type Apply, type Tensor } from '../tensor.ts';

interface Flags {
  transposeA?: boolean;
  transposeB?: boolean;
}

/** op(a) x op(b) of two matrices. */
export const matmul: Apply<Flags, readonly [Tensor, Tensor]> = operator('MatMul', {
  shape: ([a, b], { transposeA = false, transposeB = false }) => {
    if (a.shape.length !== 2 || b.shape.length !== 2) throw new Error('both must be matrices');
    const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
    const [k2, n] = transposeB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
    if (k !== k2) throw new Error(`inner lengths ${k} and ${k2} differ`);
    return [m, n];
  },
  gradient: ({ inputs: [a, b], attributes: { transposeA = false, transposeB = false }, grad }) => [
    transposeA
      ? matmul(b, grad, { transposeA: transposeB, transposeB: true })
      : matmul(grad, b, { transposeB: !transposeB }),
    transposeB
      ? matmul(grad, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, grad, { transposeA: !transposeA }),
  ],
  onnx: (emit, inputs, { transposeA, transposeB }) =>
    emit.node('Gemm', inputs, { transA: { int: transposeA ? 1 : 0 }, transB: { int: transposeB ? 1 : 0 } }),
  tensorflow: (tf, [a, b], { transposeA, transposeB }) => tf.matMul(a!, b!, transposeA, transposeB),
  cases: [
    {
      inputs: [
        [2, 3],
        [3, 4],
      ],
      attributes: {},
    },
    {
      inputs: [
        [3, 2],
        [3, 4],
      ],
      attributes: { transposeA: true },
    },
    {
      inputs: [
        [2, 3],
        [4, 3],
      ],
      attributes: { transposeB: true },
    },
    {
      inputs: [
        [3, 2],
        [4, 3],
      ],
      attributes: { transposeA: true, transposeB: true },
    },
  ],
});
