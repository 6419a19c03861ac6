/** A run's log as curves: read line by line, thinned to as many points as a chart can show. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Curves } from '../../preload/contract/index.ts';
import type { MadeFigures } from '../engine/metrics/originality.ts';
import type { HeldOutScore } from '../engine/processes/messages.ts';
import { Coach } from './coach.ts';
import { judged } from './held-out.ts';

interface Line {
  step: number;
  losses?: Record<string, number>;
  probabilities?: Record<string, number>;
  heldOut?: HeldOutScore;
  made?: MadeFigures;
}

/** Sums over the steps of one point. */
class Bucket {
  #count = 0;
  readonly #sums: Record<string, number> = {};

  add(values: Readonly<Record<string, number>>): void {
    this.#count++;
    for (const [name, value] of Object.entries(values)) this.#sums[name] = (this.#sums[name] ?? 0) + value;
  }

  means(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / this.#count]));
  }
}

/**
 * Reads `metrics.jsonl`. Where it has more steps than `points`, each point is the mean of equally many steps.
 * A line cut short by a crash, or damaged, is passed over.
 */
export async function readCurves(file: string, points: number, trainPictures = Infinity): Promise<Curves> {
  const [lines, heldOut] = await readLog(file);
  const coach = new Coach(trainPictures);
  const each = Math.max(1, Math.ceil(lines.length / points));
  const curves: Curves = {
    ...{ steps: [], losses: {}, probabilities: {}, advice: [] },
    heldOut: { measure: 'l1', steps: [], values: [] },
    made: null,
  };
  for (let from = 0; from < lines.length; from += each) {
    const part = lines.slice(from, from + each);
    const [losses, probabilities] = [new Bucket(), new Bucket()];
    for (const line of part) {
      losses.add(line.losses ?? {});
      probabilities.add(line.probabilities ?? {});
      coach.step({ step: line.step, ...line.probabilities });
    }
    curves.steps.push(part.at(-1)!.step);
    for (const [series, means] of [
      [curves.losses, losses.means()],
      [curves.probabilities, probabilities.means()],
    ] as const)
      for (const [name, mean] of Object.entries(means)) (series[name] ??= []).push(mean);
  }
  for (const { step, heldOut: score, made } of heldOut) {
    if (made) coach.made((curves.made = made));
    const { measure, value } = judged(score!);
    curves.heldOut.measure = measure;
    curves.heldOut.steps.push(step);
    curves.heldOut.values.push(value);
    coach.heldOut({ measure, value });
  }
  curves.advice = coach.advice();
  return curves;
}

async function readLog(file: string): Promise<[steps: Line[], heldOut: Line[]]> {
  const [steps, heldOut]: [Line[], Line[]] = [[], []];
  if (!existsSync(file)) return [steps, heldOut];
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const line = parse(text);
    if (line?.losses) steps.push(line);
    else if (line?.heldOut) heldOut.push(line);
  }
  return [steps, heldOut];
}

function parse(text: string): Line | null {
  try {
    const line = JSON.parse(text) as Line;
    return typeof line.step === 'number' ? line : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
