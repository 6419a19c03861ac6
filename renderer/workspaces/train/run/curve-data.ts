/** The curves of a run as they grow: history first, then what each progress event brings. Thinned out when they get long. */
import type { Curves, HeldOutMeasure, RunProgress } from '../../../../preload/contract/index.ts';

/** A point more than this and every two become one. */
export const MOST_POINTS = 2000;

type Told = number | null;

export interface Series {
  steps: number[];
  /** By name, one for each step; null where it was not told. */
  values: Record<string, Told[]>;
}

export class CurveData {
  losses: Series = { steps: [], values: {} };
  probabilities: Series = { steps: [], values: {} };
  /** Under the name of its measure. */
  heldOut: Series = { steps: [], values: {} };

  /** Takes the history of a run; what came in while it was asked for is kept where it is newer. */
  begin({ steps, losses, probabilities, heldOut }: Curves): void {
    const later = [this.losses, this.probabilities, this.heldOut];
    this.losses = { steps: [...steps], values: copy(losses) };
    this.probabilities = { steps: [...steps], values: copy(probabilities) };
    this.heldOut = {
      steps: [...heldOut.steps],
      values: heldOut.steps.length > 0 ? { [heldOut.measure]: [...heldOut.values] } : {},
    };
    [this.losses, this.probabilities, this.heldOut].forEach((series, i) => {
      later[i]!.steps.forEach((step, at) => add(series, step, at, later[i]!.values));
    });
  }

  /** Adds what a progress event tells. */
  add({ step, losses, probabilities, heldOut }: RunProgress): void {
    append(this.losses, step, losses);
    append(this.probabilities, step, probabilities);
    if (heldOut) append(this.heldOut, heldOut.step, { [heldOut.measure]: heldOut.value });
  }

  /** How held-out results are judged, the newest value and the best so far; null before there is one. */
  score(): { measure: HeldOutMeasure; now: number; best: number } | null {
    const [known] = Object.entries(this.heldOut.values);
    const values = known?.[1].filter(isTold) ?? [];
    const now = values.at(-1);
    if (!known || now === undefined) return null;
    return { measure: known[0] as HeldOutMeasure, now, best: values.reduce((a, b) => Math.min(a, b)) };
  }
}

/** Fewer points than this are shown as they are. */
const SMOOTH_FROM = 60;

/** A curve as a running mean, so that its course is seen through its noise; short ones stay as they are. */
export function smoothed(values: readonly Told[]): Told[] {
  if (values.length < SMOOTH_FROM) return [...values];
  const share = Math.min(1, 40 / values.length);
  let mean = NaN;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    // The weight makes the beginning a plain mean: without it the first value would pull for long.
    weight += share * (1 - weight);
    mean = Number.isNaN(mean) ? value : mean + (share / weight) * (value - mean);
    return mean;
  });
}

/** The newest value of each curve; none of those that are not told any more. */
export const lastValues = ({ values }: Series): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, all]) => {
      const value = all.at(-1) ?? null;
      return value === null ? [] : [[name, value]];
    }),
  );

const isTold = (value: Told): value is number => value !== null;

const copy = (values: Record<string, Told[]>): Record<string, Told[]> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, [...all]]));

function add(series: Series, step: number, at: number, values: Record<string, Told[]>): void {
  append(series, step, Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all[at] ?? null])));
}

function append(series: Series, step: number, values: Record<string, Told>): void {
  // After a resume from a checkpoint the steps go back a little: what was known of them stays.
  if (Object.keys(values).length === 0 || step <= (series.steps.at(-1) ?? -1)) return;
  const length = series.steps.push(step);
  for (const name of new Set([...Object.keys(series.values), ...Object.keys(values)])) {
    const all = (series.values[name] ??= Array<Told>(length - 1).fill(null));
    all.push(values[name] ?? null);
  }
  if (length > MOST_POINTS) thin(series);
}

/** Every two points become one: the later step, the mean of what was told. */
function thin(series: Series): void {
  const { steps } = series;
  series.steps = steps.filter((_, i) => i % 2 === 1 || i === steps.length - 1);
  for (const [name, all] of Object.entries(series.values))
    series.values[name] = series.steps.map((_, i) => {
      const told = all.slice(2 * i, 2 * i + 2).filter(isTold);
      return told.length > 0 ? told.reduce((a, b) => a + b) / told.length : null;
    });
}
