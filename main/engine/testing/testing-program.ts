/** A program that is small enough to be compiled for a software driver in seconds, with every kind of feed and of turn. */
import { program, type Program } from '../../../models/families/program.ts';
import { StepBuilder, type Step } from '../../../models/families/step.ts';
import { matmul, mean, mul, reshape, square, sub, tanh } from '../../../models/graph/operators/index.ts';
import { gatherPixels } from '../../../models/graph/operators/places.ts';
import { dropoutMask, fedInput, input, type Initial, type Tensor } from '../../../models/graph/tensor.ts';
import { Network } from '../../../models/networks/network.ts';

const SIZE = 8;
const PICTURE = [1, 1, SIZE, SIZE] as const;
const NORMAL: Initial = { kind: 'normal', mean: 0, deviation: 0.3 };

const networks = () => ({
  painter: new Network('painter', (w, noise: Tensor, label: Tensor) => {
    const drawn = matmul(noise, w.get('noise', [4, SIZE ** 2], NORMAL), {});
    const told = matmul(label, w.get('label', [2, SIZE ** 2], NORMAL), {});
    return tanh(reshape(sub(drawn, told), { shape: PICTURE }));
  }),
  judge: new Network('judge', (w, picture: Tensor) =>
    matmul(reshape(picture, { shape: [1, SIZE ** 2] }), w.get('weight', [SIZE ** 2, 1], NORMAL), {}),
  ),
});

const begin = () => ({
  ...networks(),
  picture: input('picture', PICTURE),
  label: input('label', [1, 2]),
  builder: new StepBuilder({ beta1: 0.5, beta2: 0.99, epsilon: 1e-8 }),
});

function paint(): Step {
  const { painter, judge, picture, label, builder } = begin();
  const noise = fedInput('noise/paint', [1, 4], { kind: 'noise' });
  const fake = painter.apply(noise, label);
  const places = fedInput('places', [5], { kind: 'places', among: SIZE ** 2 });
  const masked = mul(fake, dropoutMask('mask', PICTURE, 0.5));
  builder.update(painter, {
    paint: mean(square(judge.apply(masked))),
    seen: mean(square(sub(gatherPixels(fake, places), gatherPixels(picture, places)))),
  });
  builder.keep({ fake });
  return builder.build();
}

function look(): Step {
  const { judge, picture, builder } = begin();
  const past = fedInput('past', PICTURE, { kind: 'pastPictures', of: 'fake', capacity: 2 });
  builder.update(judge, { look: mean(square(sub(judge.apply(past), judge.apply(picture)))) });
  builder.report('metric', { brightness: mean(picture) });
  return builder.build();
}

/** Larger than the others in the middle, so that what they share must grow when it is bound after them. */
function warm(): Step {
  const { judge, picture, builder } = begin();
  const wide = matmul(reshape(picture, { shape: [SIZE ** 2, 1] }), reshape(picture, { shape: [1, SIZE ** 2] }), {});
  builder.update(judge, { warm: mean(square(sub(judge.apply(picture), mean(square(tanh(wide)))))) });
  return builder.build();
}

export function smallProgram(): Program {
  const [noise, label] = [input('noise', [1, 4]), input('label', [1, 2])];
  return program({
    inputs: {
      picture: { kind: 'picture', channels: 3, recolour: false },
      label: { kind: 'label', labels: ['a', 'b'] },
    },
    steps: { paint, look, warm },
    schedule: (phase) => (phase === 'warmUp' ? ['warm'] : ['paint', { step: 'look', every: 2 }]),
    rate: (player, step, of) => (player === 'judge' ? 2e-3 : 1e-3) * (1 - step / of),
    averaging: { decay: 0.99, every: 2 },
    models: [
      {
        ...{
          file: 'model.onnx',
          does: { kind: 'generate', asks: { noise: { from: 'noise' }, label: { from: 'labels', labels: ['a', 'b'] } } },
        },
        ...{ inputs: { noise, label }, outputs: { output: networks().painter.apply(noise, label) } },
      },
    ],
    shows: [],
  });
}

/** What the ports are given for a step. */
export const givenAt = (step: number): Record<string, Float32Array> => ({
  picture: new Float32Array(SIZE ** 2).map((_, i) => Math.sin(i + step)),
  label: Float32Array.from([step % 2, 1 - (step % 2)]),
});
