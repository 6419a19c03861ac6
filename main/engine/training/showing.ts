/** What a training shows of itself: each model's results on held-out pictures or drawn latents, beside what judges them. */
import { valueOf } from '../../../models/families/asked.ts';
import type { Port, Program, ProgramModel, Show, Shown } from '../../../models/families/program.ts';
import { Random } from '../../../models/graph/random.ts';
import { traitsOf } from '../../../models/families/traits.ts';
import type { Execution } from '../engine.ts';
import { toUnit } from '../metrics/metrics.ts';
import { judgeOf, PREVIEW_PICTURES, type PreviewJudge } from '../metrics/preview-judge.ts';
import { fromPlanar, repeated, type Picture } from '../pictures/pictures.ts';
import type { Minibatch, HeldOutScore } from '../processes/messages.ts';
import type { DrawnRow } from './drawn-previews.ts';

export interface Showing {
  rows: DrawnRow[];
  /** null where no picture is held out. */
  score: HeldOutScore | null;
  /** How many pictures were judged. */
  n: number;
  /** What generators made, and the real pictures beside it: planes in [-1, 1]. */
  made: Float32Array[];
  real: Float32Array[];
}

/** The pictures of a program. */
export interface PictureShape {
  channels: 3 | 4;
  height: number;
  width: number;
}

/** Shows a program's models as they are. @param seed what is drawn for previews follows from it, the same at every step */
export async function showModels(
  { shows, models, inputs }: Program,
  execution: Execution,
  {
    heldOut,
    shape,
    seed,
  }: { heldOut: (from: number, count: number) => Promise<Minibatch>; shape: PictureShape; seed: number },
): Promise<Showing> {
  const judge = judgeOf(shows[0]!.judged.measure, shape);
  const batch = await heldOut(0, Math.max(PREVIEW_PICTURES, judge.pictures));
  const rows: DrawnRow[] = [];
  let judged = 0;
  const [made, real]: [Float32Array[], Float32Array[]] = [[], []];
  for (const [way, show] of shows.entries()) {
    const at = models.findIndex(({ file }) => file === show.model);
    const source = new RowSource(show, models[at]!, batch, seed);
    const truths = batch.names[show.judged.port]?.length ?? 0;
    for (let i = 0; i < source.count(judge); i++) {
      const result = Object.values(await execution.infer(at, source.inputs(i)))[0]!.slice();
      if (source.model.does.kind === 'generate') {
        made.push(result);
        if (i < truths) real.push(source.port(show.judged.port, i));
      }
      if (i < truths) {
        judge.add(way, toUnit(result), toUnit(source.port(show.judged.port, i)));
        judged++;
      }
      if (i < PREVIEW_PICTURES) rows.push(drawn(source, i, { result, shape, inputs, twoWays: shows.length > 1 }));
    }
  }
  return { rows, score: judged > 0 ? judge.score() : null, n: Math.ceil(judged / shows.length), made, real };
}

/** What one picture of a show is made from; null where nothing is held out to go in. */
export function exampleInputs(
  show: Show,
  model: ProgramModel,
  { batch, seed }: { batch: Minibatch; seed: number },
): Record<string, Float32Array> | null {
  const source = new RowSource(show, model, batch, seed);
  return source.isEmpty ? null : source.inputs(0);
}

function drawn(
  source: RowSource,
  i: number,
  {
    result,
    shape,
    inputs,
    twoWays,
  }: { result: Float32Array; shape: PictureShape; inputs: Program['inputs']; twoWays: boolean },
): DrawnRow {
  const { does } = source.model;
  const picture = (planes: Float32Array, times = 1): Picture =>
    repeated(fromPlanar(planes, shape.width / times, shape.height / times, shape.channels), times);
  return {
    name: source.name(i),
    direction: twoWays && does.kind === 'translate' ? does.direction : null,
    cells: source.show.columns.map(({ title, port }) => ({
      title,
      picture: port === undefined ? picture(result) : picture(source.port(port, i), timesSmaller(inputs[port]!)),
    })),
  };
}

const timesSmaller = (port: Port): number => (port.kind === 'picture' ? (port.smaller?.factor ?? 1) : 1);

/** The rows that one model is shown in: what goes into each. */
class RowSource {
  readonly show: Show;
  readonly model: ProgramModel;
  readonly #batch: Minibatch;
  readonly #seed: number;

  constructor(show: Show, model: ProgramModel, batch: Minibatch, seed: number) {
    [this.show, this.model, this.#batch, this.#seed] = [show, model, batch, seed];
  }

  get #ports(): string[] {
    return Object.values(this.show.given).flatMap((shown) => (shown.from === 'port' ? [shown.port] : []));
  }

  get isEmpty(): boolean {
    return this.#ports.some((port) => this.#batch.names[port]!.length === 0);
  }

  /** As many as are held out, where something of them goes in; else as many as are to be judged. */
  count(judge: PreviewJudge): number {
    const lengths = this.#ports.map((port) => this.#batch.names[port]!.length);
    return lengths.length > 0 ? Math.min(...lengths) : Math.max(PREVIEW_PICTURES, judge.pictures);
  }

  name(i: number): string {
    const port = this.#ports[0];
    if (port !== undefined) return this.#batch.names[port]![i]!;
    const labels = Object.values(this.show.given).find((shown) => shown.from === 'labels')?.labels;
    if (!labels) return String(i + 1);
    return traitsOf(labels)
      .map(({ values }) => values[i % values.length]!)
      .join(', ');
  }

  /** Picture `i` of a port. */
  port(port: string, i: number): Float32Array {
    const [all, count] = [this.#batch.ports[port]!, this.#batch.names[port]!.length];
    const length = all.length / count;
    return all.subarray(i * length, (i + 1) * length);
  }

  inputs(i: number): Record<string, Float32Array> {
    const value = (input: string, shown: Shown): Float32Array => {
      if (shown.from === 'port') return this.port(shown.port, i);
      return valueOf(shown, this.model.inputs[input]!.shape, {
        random: new Random(this.#seed, `preview/${input}`, i),
        i,
      });
    };
    return Object.fromEntries(Object.entries(this.show.given).map(([input, shown]) => [input, value(input, shown)]));
  }
}
