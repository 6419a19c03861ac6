import { describe, expect, it } from 'vitest';
import { gradients } from './gradient.ts';
import { checkGraph, printGraph } from './graph.ts';
import {
  add,
  conv2d,
  concat,
  leakyRelu,
  mean,
  mul,
  relu,
  scale,
  square,
  stopGradient,
  sum,
} from './operators/index.ts';
import { GraphError, input, parameter, type Tensor } from './tensor.ts';

const zero = { kind: 'constant', value: 0 } as const;

describe('a graph', () => {
  it('prints itself', () => {
    const x = input('x', [1, 3, 8, 8]);
    const y = leakyRelu(conv2d(x, parameter('w', [4, 3, 4, 4], zero), { stride: 2, pads: [1, 1, 1, 1] }), {
      alpha: 0.2,
    });
    expect(printGraph({ y: mean(y) })).toMatchInlineSnapshot(`
      "input x : [1, 3, 8, 8]
      parameter w : [4, 3, 4, 4]
      %2 = Conv2d(x, w) {"stride":2,"pads":[1,1,1,1]} : [1, 4, 4, 4]
      %3 = LeakyRelu(%2) {"alpha":0.2} : [1, 4, 4, 4]
      %4 = ReduceMean(%3) {"axes":[0,1,2,3]} : [1, 1, 1, 1]
      %5 = Reshape(%4) {"shape":[]} : []
      return y = %5"
    `);
  });

  it('refuses what does not fit: the operator, the shapes and the line that built it', () => {
    const build = (): Tensor =>
      conv2d(input('x', [1, 3, 8, 8]), parameter('w', [4, 5, 4, 4], zero), { stride: 2, pads: [1, 1, 1, 1] });
    expect(build).toThrow(GraphError);
    expect(build).toThrow(
      /Conv2d: the input has 3 channels, the weight takes 5\n.*\[1, 3, 8, 8\], \[4, 5, 4, 4\].*\n.*graph\.test\.ts:\d+/,
    );
    expect(() => add(input('a', [2, 3]), input('b', [4]))).toThrow(/do not broadcast/);
    expect(() => concat([input('a', [2, 3]), input('b', [3, 3])], { axis: 1 })).toThrow(/axis 1 only/);
    expect(() =>
      conv2d(input('x', [1, 3, 2, 2]), parameter('w', [4, 3, 4, 4], zero), { stride: 1, pads: [0, 0, 0, 0] }),
    ).toThrow(/the result would be/);
  });

  it('checks itself: shapes, and one name for one leaf', () => {
    expect(() => checkGraph({ y: add(input('x', [2]), input('x', [2])) })).toThrow(/two leaves are named "x"/);
    const y = relu(input('x', [2]));
    expect(() => checkGraph({ y: { ...y, shape: [3] } })).toThrow(
      /Relu: has shape \[3\] but its inputs give \[2\]\n.*graph\.test\.ts/,
    );
    expect(() => checkGraph({ y })).not.toThrow();
  });
});

describe('gradients', () => {
  it('add up over every path, and pass no stopGradient', () => {
    const x = input('x', []);
    const [both] = gradients(add(mul(x, x), scale(x, { factor: 3 })), [x]);
    expect(printGraph({ both: both! })).toContain('Add');
    const [stopped] = gradients(mul(stopGradient(x), x), [x]);
    expect(printGraph({ stopped: stopped! })).not.toMatch(/Add/);
  });

  it('are zeros where the loss does not look, and need a scalar', () => {
    const [x, y] = [input('x', [2]), input('y', [3])];
    expect(gradients(sum(square(x)), [x, y])[1]).toMatchObject({ shape: [3], attributes: { value: 0 } });
    expect(() => gradients(x, [x])).toThrow(/must be a scalar, not \[2\]/);
  });
});
