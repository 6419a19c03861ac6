/** What a training takes of the host's memory. */
import { stepsOf, type Program } from '../../../models/families/program.ts';
import { computedBy } from '../../../models/families/step.ts';
import { countLiveBytes } from '../../../models/graph/cost.ts';
import { freeMemory } from '../../memory.ts';
import type { Room } from '../engine.ts';
import { FIELD_BYTES, parameterCountOf, playersOf } from '../players.ts';

/**
 * What ONNX Runtime takes for each byte that has to be there: it lays windows out for its products, and each stage of a
 * step keeps an arena of its own. Measured: 1.4 to 4.2 for trainings of 200 MB and more (bench/RESULTS.md).
 */
const FOR_EACH_BYTE = 5;

export function hostRoom(program: Program): Promise<Room> {
  const steps = stepsOf(program, 'main').map((name) => program.steps[name]!());
  const weights = FIELD_BYTES * parameterCountOf(playersOf(steps, program.models));
  const live = steps.map((step) => countLiveBytes(computedBy(step)));
  return Promise.resolve({ needed: weights + FOR_EACH_BYTE * Math.max(...live), free: freeMemory() });
}
