/**
 * A classifier that says which label of each trait a picture has: what judges generators that are asked by labels. It
 * learns from the real pictures alone, on a network of its own, so that no generator was ever taught to please it.
 */
import { scale } from '../graph/operators/affine.ts';
import { sumPool } from '../graph/operators/layout.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { linearDecay, type RunShape } from '../families/family.ts';
import { labelLosses, total } from '../families/losses.ts';
import { program, type Program } from '../families/program.ts';
import { StepBuilder } from '../families/step.ts';
import { answer, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';

/** Traits that are named are seen at this side, in pixels; larger pictures are made smaller first. */
const LARGEST = 64;
const WIDTH = 16;
const RATE = 2e-3;

/** picture [N, channels, size, size] to logits [N, labels]. */
const readerOf = ({ size, labels }: RunShape) =>
  new Network('reader', (w, picture: Tensor) => {
    const factor = Math.max(1, size / LARGEST);
    const seen = factor === 1 ? picture : scale(sumPool(picture, { factor }), { factor: 1 / factor ** 2 });
    const features = look(w, seen, { size: size / factor, width: WIDTH });
    return reshape(answer(w, 'labels', features, labels.length), { shape: [picture.shape[0]!, labels.length] });
  });

/** @param shape its size is 4 times a power of two, at least 8; it has labels */
export function labelReader(shape: RunShape): Program {
  const { size, channels, batch, labels } = shape;
  const one = input('picture', [1, channels, size, size]);
  return program({
    inputs: { picture: { kind: 'picture', channels, recolour: false }, label: { kind: 'label', labels } },
    steps: {
      read: () => {
        const builder = new StepBuilder({ beta1: 0.9, beta2: 0.99, epsilon: 1e-8 });
        const [picture, label] = [
          input('picture', [batch, channels, size, size]),
          input('label', [batch, labels.length]),
        ];
        const reader = readerOf(shape);
        builder.update(reader, { read: total(labelLosses(reader.apply(picture), label, labels)) });
        return builder.build();
      },
    },
    schedule: () => ['read'],
    rate: (_, step, of) => linearDecay(RATE, step, of),
    averaging: { decay: 0.99, every: 1 },
    models: [
      {
        file: 'labels.onnx',
        does: { kind: 'read', labels },
        inputs: { picture: one },
        outputs: { logits: readerOf(shape).apply(one) },
      },
    ],
    shows: [],
  });
}
