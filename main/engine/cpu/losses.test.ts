import { describe, expect, it } from 'vitest';
import { crossEntropy, gradientPenalty, relative } from '../../../models/families/losses.ts';
import { conv2d } from '../../../models/graph/operators/convolution.ts';
import { square } from '../../../models/graph/operators/elementwise.ts';
import { input, type Tensor } from '../../../models/graph/tensor.ts';
import { evaluateGraph } from './evaluate-graph.ts';
import { startRuntime } from './ort.ts';
import { values } from '../testing/testing.ts';

startRuntime(1);

describe('gradientPenalty', () => {
  const given = { x: values(1, 'x', [2, 3, 4, 4]), w: values(1, 'w', [1, 3, 4, 4]) };
  const penalty = (kernel: number, judge = (logits: Tensor): Tensor => logits): number => {
    const [x, w] = [input('x', [2, 3, 4, 4]), input('w', [1, 3, kernel, kernel])];
    const logits = judge(conv2d(x, w, { stride: kernel, pads: [0, 0, 0, 0] }));
    const weights = given.w.subarray(0, 3 * kernel * kernel);
    return evaluateGraph({ penalty: gradientPenalty(logits, x) }, { x: given.x, w: weights }).penalty[0]!;
  };
  const squares = (numbers: Float32Array): number => numbers.reduce((sum, value) => sum + value * value, 0);

  it('is half the squared length of the weights of a linear discriminator, whatever the pictures', () => {
    expect(penalty(4)).toBeCloseTo(squares(given.w) / 2, 4);
  });

  it('takes the mean logit of a discriminator that judges patches: four of 2 x 2, a quarter of the slope each', () => {
    expect(penalty(2)).toBeCloseTo((4 * squares(given.w.subarray(0, 12))) / 16 / 2, 5);
  });

  it('is the mean over the pictures, each by its own slope: 2 (w x) w where the logit is (w x) squared', () => {
    const logits = [0, 1].map((i) =>
      given.w.reduce((sum, value, at) => sum + value * given.x[i * given.w.length + at]!, 0),
    );
    const slopes = logits.map((logit) => (4 * logit * logit * squares(given.w)) / 2);
    expect(penalty(4, square) / ((slopes[0]! + slopes[1]!) / 2)).toBeCloseTo(1, 4);
  });
});

describe('relative logits', () => {
  it('are how far the real ones lie above the mean fake one, and the fake ones above the mean real one', () => {
    const [real, fake] = [input('r', [2, 1, 1, 2]), input('f', [2, 1, 1, 2])];
    const told = evaluateGraph(relative(real, fake), {
      r: Float32Array.of(1, 2, 3, 6),
      f: Float32Array.of(-1, 0, 0, 3),
    });
    expect([...told.real]).toEqual([0.5, 1.5, 2.5, 5.5]);
    expect([...told.fake]).toEqual([-4, -3, -3, 0]);
  });
});

describe('cross entropy', () => {
  it('is that of the softmax, also where exponentials overflow', () => {
    const [logits, truth] = [input('logits', [3, 4]), input('truth', [3, 4])];
    const given = {
      logits: Float32Array.of(1, 2, 3, 4, 200, -200, 0, 5, 0, 0, 0, 0),
      truth: Float32Array.of(0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1),
    };
    const { loss } = evaluateGraph({ loss: crossEntropy(logits, truth) }, given);
    const first = Math.log([1, 2, 3, 4].reduce((sum, x) => sum + Math.exp(x), 0)) - 2;
    expect(loss[0]).toBeCloseTo((first + 0 + Math.log(4)) / 3, 5);
  });
});
