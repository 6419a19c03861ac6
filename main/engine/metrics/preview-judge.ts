/** How the previews of a training are scored, so that the best checkpoint of a run can be kept. */
import type { Judgement } from '../../../models/families/program.ts';
import type { HeldOutScore } from '../processes/messages.ts';
import { l1, type PlaneShape } from './metrics.ts';
import { SlicedWasserstein } from './swd.ts';

/** How many pictures a preview shows of each way. */
export const PREVIEW_PICTURES = 6;

/** How good the previews are; pictures are planes of numbers in 0..1. */
export interface PreviewJudge {
  /** How many pictures it wants of each way, where there are so many. */
  readonly pictures: number;
  add(way: number, result: Float32Array, example: Float32Array): void;
  score(): HeldOutScore;
}

class MeanL1 implements PreviewJudge {
  readonly pictures = PREVIEW_PICTURES;
  #sum = 0;
  #n = 0;

  add(_way: number, result: Float32Array, truth: Float32Array): void {
    this.#sum += l1(result, truth);
    this.#n++;
  }

  score(): HeldOutScore {
    return { l1: this.#sum / this.#n };
  }
}

/** The mean over the ways of the sliced Wasserstein distance to the wanted set. */
class SwdOfWays implements PreviewJudge {
  readonly pictures = 32;
  readonly #shape: PlaneShape;
  readonly #ways: SlicedWasserstein[] = [];

  constructor(shape: PlaneShape) {
    this.#shape = shape;
  }

  add(way: number, result: Float32Array, example: Float32Array): void {
    (this.#ways[way] ??= new SlicedWasserstein(this.#shape)).add(result, example);
  }

  score(): HeldOutScore {
    return { swd: this.#ways.reduce((sum, way) => sum + way.distance(), 0) / this.#ways.length };
  }
}

/** A row for each measure: the distance of each result to its truth, or of all results to all real pictures. */
const JUDGES: Record<Judgement['measure'], (shape: PlaneShape) => PreviewJudge> = {
  l1: () => new MeanL1(),
  swd: (shape) => new SwdOfWays(shape),
};

export const judgeOf = (measure: Judgement['measure'], shape: PlaneShape): PreviewJudge => JUDGES[measure](shape);
