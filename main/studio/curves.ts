/** A run's log as curves: read line by line, thinned to as many points as a chart can show. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Curves } from '../../preload/contract/index.ts';
import type { MadeFigures } from '../engine/metrics/originality.ts';
import type { HeldOutScore } from '../engine/processes/messages.ts';
import { Coach } from './coach.ts';
import { judged } from './held-out.ts';
import { Means } from './means.ts';

interface Line {
  step: number;
  losses?: Record<string, number>;
  probabilities?: Record<string, number>;
  heldOut?: HeldOutScore;
  made?: MadeFigures;
}

/**
 * Reads `metrics.jsonl`. Where it has more steps than `points`, each point is the mean of equally many steps.
 * A line cut short by a crash, or damaged, is passed over.
 */
export async function readCurves(file: string, points: number, trainPictures = Infinity): Promise<Curves> {
  const lines = await readLog(file);
  const coach = new Coach(trainPictures);
  const each = Math.max(1, Math.ceil(lines.filter(({ losses }) => losses).length / points));
  const curves: Curves = {
    ...{ steps: [], losses: {}, probabilities: {}, advice: [] },
    heldOut: { measure: 'l1', steps: [], values: [] },
    made: null,
  };
  const losses: Record<string, number>[] = [];
  const probabilities: typeof losses = [];
  let point = { count: 0, last: 0, losses: new Means(), probabilities: new Means() };
  const end = (): void => {
    if (point.count === 0) return;
    curves.steps.push(point.last);
    losses.push(point.losses.values());
    probabilities.push(point.probabilities.values());
    point = { count: 0, last: 0, losses: new Means(), probabilities: new Means() };
  };
  for (const line of lines) {
    if (line.losses) {
      point.losses.add(line.losses);
      point.probabilities.add(line.probabilities ?? {});
      point.last = line.step;
      coach.step({ step: line.step, ...line.probabilities });
      if (++point.count === each) end();
    } else {
      const { heldOut: score, made } = line;
      if (made) coach.made((curves.made = made));
      const { measure, value } = judged(score!);
      curves.heldOut.measure = measure;
      curves.heldOut.steps.push(line.step);
      curves.heldOut.values.push(value);
      coach.heldOut({ measure, value });
    }
    // Asked as it was while the run trained, so that it says the same: since when something holds.
    if (point.count <= 1 || !line.losses) curves.advice = coach.advice();
  }
  end();
  curves.advice = coach.advice();
  [curves.losses, curves.probabilities] = [byName(losses), byName(probabilities)];
  return curves;
}

/** For each name its value at every point; null at those that did not tell it. */
const byName = (points: readonly Record<string, number>[]): Record<string, (number | null)[]> =>
  Object.fromEntries(
    [...new Set(points.flatMap((values) => Object.keys(values)))].map((name) => [
      name,
      points.map((values) => values[name] ?? null),
    ]),
  );

/** Its steps and previews, in order. */
async function readLog(file: string): Promise<Line[]> {
  const lines: Line[] = [];
  if (!existsSync(file)) return lines;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const line = parse(text);
    if (line?.losses || line?.heldOut) lines.push(line);
  }
  return lines;
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
