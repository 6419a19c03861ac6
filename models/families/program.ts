/**
 * A training as a family declares it, for pictures of one shape: what is given and what is drawn, the steps and when they
 * are taken, what is reported and shown, and the models that come out. Everything else (loader, engines, previews,
 * exports, which workspace offers a model) reads this declaration and knows no family.
 */
import type { Tensor } from '../graph/tensor.ts';
import type { Step } from './step.ts';

/** A picture that the loader gives: [N, channels, size, size] in [-1, 1]; RGBA is premultiplied. */
export interface PicturePort {
  kind: 'picture';
  channels: 3 | 4;
  /** Whether random changes of colour may touch it: what is wanted must keep its own. */
  recolour: boolean;
  /** It is made from another port's picture. */
  smaller?: Smaller;
}

/** A picture that is made of another: `factor` times smaller, [N, channels, size / factor, size / factor]. */
export interface Smaller {
  /** The port of the other. */
  of: string;
  factor: number;
  /** `found`: as pictures are found: blurred, noisy, badly resized, with few colours or the marks of JPEG. */
  how: 'bicubic' | 'found';
}

/** Which of the dataset's labels a picture has: [N, labels.length], 1 at its own (of each trait, see traits.ts), else 0. */
export interface LabelPort {
  kind: 'label';
  labels: readonly string[];
}

/** A value that is given for every step. What is drawn instead (noise, dropout, past results) is a leaf with a feed. */
export type Port = PicturePort | LabelPort;

/**
 * `pretrain`: a generator learns alone, before anybody judges it. `warmUp`: fresh players catch up with others that were
 * trained before, which rest meanwhile.
 */
export type Phase = 'pretrain' | 'warmUp' | 'main';

/** A step that is taken in every step of the run, or in every `every`-th of them (lazy regularisers). */
export type Turn<Name extends string = string> = Name | { step: Name; every: number };

/** From the first kind of picture (A, `input`) to the second (B, `target`), or back. */
export type Direction = 'AtoB' | 'BtoA';

/** Where a number of a model's input comes from that no picture gives: noise, or one label after another. */
export type Asked = { from: 'noise' } | { from: 'labels'; labels: readonly string[] };

/**
 * What a generator is asked for, by the names of its inputs. Noise: [1, K], or [1, levels, K] where each level of detail
 * has its own, mostly the same; labels: [1, labels.length], 1 at the one that is asked for.
 */
export type Asks = Readonly<Record<string, Asked>>;

/** What a model is for: workspaces list those that do what they need. */
export type Does =
  | { kind: 'translate'; direction: Direction }
  /** Tells how high each place of a picture is, as grey: white is highest. */
  | { kind: 'height' }
  | { kind: 'generate'; asks: Asks }
  /**
   * Makes any picture `factor` times as wide and high. A pixel of the result looks `reach` pixels of the input far; tiles
   * are at most `tile` of them wide, so that they fit into memory.
   */
  | { kind: 'upscale'; factor: number; reach: number; tile: number }
  /** Says which labels a picture has. */
  | { kind: 'read'; labels: readonly string[] };

/** An exported graph with its named inputs and outputs, over parameters of the program's networks. */
export interface ProgramModel {
  /** The name of its file in the run's folder. */
  file: string;
  does: Does;
  inputs: Readonly<Record<string, Tensor>>;
  outputs: Readonly<Record<string, Tensor>>;
  /** Set where height and width are free: they must be multiples of it. Else they are the trained size. */
  multiple?: number;
}

/** Where an input of a model comes from when it is shown: a port's held-out value, or what a generator is asked for. */
export type Shown = { from: 'port'; port: string } | Asked;

/** What is judged, and by what: the distance of each result to its truth, or that of all results to all real pictures. */
export interface Judgement {
  measure: 'l1' | 'swd';
  /** The port that holds the truth, or the real pictures. */
  port: string;
}

/** The part of a preview that one model makes: rows of cells. */
export interface Show {
  /** The file of the model. */
  model: string;
  given: Readonly<Record<string, Shown>>;
  /** From left to right: a port's picture, or the model's `result`. */
  columns: readonly { title: ColumnTitle; port?: string }[];
  judged: Judgement;
}

/** `input`: what went in; `truth`: what should come out; `example`: a picture of the wanted kind, which belongs to none. */
export type ColumnTitle = 'input' | 'result' | 'truth' | 'example';

/** The averaging of exported weights: every `every` steps, by min(decay, (1 + t) / (10 + t))^every. */
export interface Averaging {
  decay: number;
  every: number;
}

export interface ProgramDefinition<Name extends string> {
  inputs: Readonly<Record<string, Port>>;
  /** Inputs that are written once, before the first step: weights of a network that is not learned. */
  given?: readonly string[];
  /** Builds each step; called when an engine first needs it. */
  steps: Readonly<Record<Name, () => Step>>;
  /** The share of the run, at its beginning, that is pretraining; what its models are then is kept. 0 for none. */
  pretraining?: number;
  /** The steps that make up one step of the run, in order. The main phase has all players. */
  schedule(phase: Phase): readonly Turn<NoInfer<Name>>[];
  /** The learning rate of a player at `step` (from 0) of `of`. */
  rate(player: string, step: number, of: number): number;
  averaging: Averaging;
  models: readonly ProgramModel[];
  shows: readonly Show[];
}

/** A program whose step names are opaque: its own schedule names them. */
export type Program = ProgramDefinition<string>;

/** Declares a program; the names in its schedule are those of its steps. */
export const program = <Name extends string>(definition: ProgramDefinition<Name>): Program => definition;

/** A turn that is taken at a step of the run, and its place: what it draws depends on that place alone. */
export interface TakenTurn {
  step: string;
  place: number;
}

/** The turns of a step of the run (from 0), without those that rest in it. */
export function turnsAt(definition: Program, step: number, phase: Phase): TakenTurn[] {
  const turns = definition.schedule(phase);
  return turns.flatMap((turn, i) => {
    const { step: name, every } = typeof turn === 'string' ? { step: turn, every: 1 } : turn;
    return step % every === 0 ? [{ step: name, place: step * turns.length + i }] : [];
  });
}

/** The names of the steps that a phase takes, each once. */
export const stepsOf = (definition: Program, phase: Phase): string[] => [
  ...new Set(definition.schedule(phase).map((turn) => (typeof turn === 'string' ? turn : turn.step))),
];

/** The decay of one move of the average after `t` steps: with a warm-up, so that the first weights are forgotten. */
export const averagingDecay = ({ decay, every }: Averaging, t: number): number =>
  Math.min(decay, (1 + t) / (10 + t)) ** every;

/** How a pair of pictures is shown: each result beside its truth. */
export const showTranslation = (model: string, { from, to }: { from: string; to: string }): Show => ({
  model,
  given: { input: { from: 'port', port: from } },
  columns: [{ title: 'input', port: from }, { title: 'result' }, { title: 'truth', port: to }],
  judged: { measure: 'l1', port: to },
});

/** How one way between two sets is shown: each result beside some picture of the wanted set. */
export const showRestyling = (model: string, { from, to }: { from: string; to: string }): Show => ({
  model,
  given: { input: { from: 'port', port: from } },
  columns: [{ title: 'input', port: from }, { title: 'result' }, { title: 'example', port: to }],
  judged: { measure: 'swd', port: to },
});
