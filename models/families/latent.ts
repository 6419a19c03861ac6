/**
 * What the families share that make pictures out of noise: a generator that is asked for a picture, a discriminator that is
 * shown it, and the turns of both. A family says what is asked, how it is answered, and what else is learned.
 */
import { scale } from '../graph/operators/affine.ts';
import { stopGradient } from '../graph/operators/elementwise.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import type { Network } from '../networks/network.ts';
import { z } from 'zod';
import type { Preset, RunShape } from './family.ts';
import { believed, discriminatorLoss, generatorLoss, gradientPenalty, total, type GanLoss } from './losses.ts';
import { program, type Asks, type Program, type ProgramModel, type Show } from './program.ts';
import { StepBuilder, type Step } from './step.ts';

/** The settings of every family of this kind. */
export const latentSettings = {
  width: z.int().min(1).max(256).default(32).describe('channels of the outermost layers'),
  latent: z.int().min(1).max(1024).default(64).describe('numbers of noise that a picture is made from'),
  ganLoss: z.enum(['vanilla', 'lsgan', 'hinge']).default('vanilla').describe('the adversarial loss'),
  penaltyWeight: z.number().min(0).default(1).describe('weight of the penalty on steep discriminators (R1)'),
  rate: z.number().positive().max(1).default(2e-4).describe('learning rate of Adam'),
  beta1: z.number().min(0).max(0.999).default(0.5).describe("Adam's first decay"),
};

export interface LatentSettings {
  width: number;
  latent: number;
  ganLoss: GanLoss;
  penaltyWeight: number;
  rate: number;
  beta1: number;
}

/** The sizes that networks which double from 4 px are offered at. */
const SIZES = [32, 64, 128, 256];

/** Why a network that doubles from 4 px cannot make pictures of this size; null where it can. */
export const refuseDoublings =
  (title: string) =>
  (size: number): string | null =>
    SIZES.includes(size) ? null : `${title} takes ${SIZES.slice(0, -1).join(', ')} or ${SIZES.at(-1)}`;

/** What the discriminator says: logits [N, 1, 1, 1], and whatever else the family reads off it. */
export interface Verdict {
  logits: Tensor;
}

/**
 * The rules of one game. `Asked` is what a picture is asked for besides its noise (a label, codes), `Known` what is known
 * of the real ones.
 */
export interface Game<Asked, Known, V extends Verdict> {
  generator: Network<[noise: Tensor, asked: Asked], Tensor>;
  discriminator: Network<[picture: Tensor, asked: Asked | Known], V>;
  /** What the real pictures of this step are. */
  known: Known;
  /** What the generator is asked for in a turn. */
  ask: (turn: 'd' | 'g') => Asked;
  /** What is learned besides telling real from fake, by the end of its name. */
  besides?: (verdict: V, asked: Asked | Known) => Readonly<Record<string, Tensor>>;
  /** What the discriminator sees of a picture; what is drawn for that follows from `stream`. */
  seen?: (picture: Tensor, stream: string) => Tensor;
}

/** How fast a game is played. */
export interface Pace {
  /** Steps between two penalties, which are weighed so many times as much (lazily, Karras et al. 2020). */
  lazy: number;
  /** Adam's second decay. */
  beta2: number;
  /** How much faster the discriminator learns (Heusel et al. 2017). */
  discriminator: number;
}

/** How the classics are played. */
export const CLASSIC: Pace = { lazy: 4, beta2: 0.99, discriminator: 2 };

/** Good beginnings of the classics. */
export const CLASSIC_PRESETS: Preset[] = [
  { id: 'quick', size: 32, minutes: 15, settings: { width: 32 } },
  { id: 'standard', size: 64, minutes: 60, settings: { width: 32 } },
  { id: 'quality', size: 128, minutes: 600, settings: { width: 32 } },
];

export interface Playing<Asked, Known, V extends Verdict> {
  begin: () => Game<Asked, Known, V>;
  pace: Pace;
  /** The labels that come with the pictures, where the family wants them. */
  labels?: readonly string[];
  models: readonly ProgramModel[];
  shows: readonly Show[];
}

/** A turn of each: the discriminator learns of real and fake, at times how steep it is; then the generator. */
export function playGame<Asked, Known, V extends Verdict>(
  shape: RunShape,
  s: LatentSettings,
  { begin, pace, labels, models, shows }: Playing<Asked, Known, V>,
): Program {
  const start = () => {
    const { seen = (picture: Tensor): Tensor => picture, besides = () => ({}), ...game } = begin();
    const fake = (turn: 'd' | 'g', asked: Asked): Tensor =>
      game.generator.apply(fedInput(`noise/${turn}`, [shape.batch, s.latent], { kind: 'noise' }), asked);
    const picture = input('picture', [shape.batch, shape.channels, shape.size, shape.size]);
    return {
      ...game,
      seen,
      besides,
      fake,
      picture,
      builder: new StepBuilder({ beta1: s.beta1, beta2: pace.beta2, epsilon: 1e-8 }),
    };
  };

  const judging = (): Step => {
    const { discriminator, known, ask, fake, picture, seen, besides, builder } = start();
    const asked = ask('d');
    const real = discriminator.apply(seen(picture, 'real'), known);
    const doubted = discriminator.apply(seen(stopGradient(fake('d', asked)), 'fake'), asked);
    const losses = {
      dReal: discriminatorLoss(real.logits, 'real', s.ganLoss),
      dFake: discriminatorLoss(doubted.logits, 'fake', s.ganLoss),
      ...prefixed('dReal', besides(real, known)),
      ...prefixed('dFake', besides(doubted, asked)),
    };
    builder.update(discriminator, losses);
    builder.report('loss', { d: total(losses) });
    builder.report('probability', {
      pReal: believed(real.logits, s.ganLoss),
      pFake: believed(doubted.logits, s.ganLoss),
    });
    return builder.build();
  };

  const penalising = (): Step => {
    const { discriminator, known, picture, seen, builder } = start();
    const shown = seen(picture, 'penalty');
    const slope = gradientPenalty(discriminator.apply(shown, known).logits, shown);
    builder.update(discriminator, { dPenalty: scale(slope, { factor: pace.lazy * s.penaltyWeight }) });
    return builder.build();
  };

  const making = (): Step => {
    const { generator, discriminator, ask, fake, seen, besides, builder } = start();
    const asked = ask('g');
    const judged = discriminator.apply(seen(fake('g', asked), 'made'), asked);
    const gGan = generatorLoss(judged.logits, s.ganLoss);
    const others = prefixed('g', besides(judged, asked));
    // One loss is its own sum.
    builder.update(generator, Object.keys(others).length > 0 ? { gGan, ...others } : { g: gGan });
    builder.report('loss', { g: total({ gGan, ...others }) });
    return builder.build();
  };

  return program({
    inputs: {
      picture: { kind: 'picture', channels: shape.channels, recolour: true },
      ...(labels && { label: { kind: 'label' as const, labels } }),
    },
    steps: { d: judging, penalty: penalising, g: making },
    schedule: (phase) =>
      phase === 'warmUp'
        ? ['d']
        : ['d', ...(s.penaltyWeight > 0 ? [{ step: 'penalty' as const, every: pace.lazy }] : []), 'g'],
    rate: (player) => (player === 'discriminator' ? pace.discriminator : 1) * s.rate,
    averaging: { decay: 0.998, every: 4 },
    models,
    shows,
  });
}

const prefixed = (prefix: string, losses: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(losses).map(([name, loss]) => [prefix + name, loss]));

/** The one model of a game, and how it is shown: what it makes of what it is asked. */
export const makes = (
  asks: Asks,
  inputs: Readonly<Record<string, Tensor>>,
  output: Tensor,
): { models: ProgramModel[]; shows: Show[] } => ({
  models: [{ file: 'model.onnx', does: { kind: 'generate', asks }, inputs, outputs: { output } }],
  shows: [
    {
      model: 'model.onnx',
      given: asks,
      columns: [{ title: 'result' }],
      judged: { measure: 'swd', port: 'picture' },
    },
  ],
});
