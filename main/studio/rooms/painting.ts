/** Live translation of what a person draws: the painter process, asked for the window, and trainings that give way. */
import type { Args, Result } from '../../../preload/contract/index.ts';
import type { PainterReply, PaintRequest } from '../../engine/processes/messages.ts';
import { RoleClient } from '../../engine/processes/role-client.ts';
import { errorOf } from '../../engine/processes/roles.ts';
import { UserError } from '../../errors.ts';
import type { Context } from './context.ts';
import type { Datasets } from './datasets.ts';
import type { Models } from './models.ts';
import type { Runs } from './runs.ts';
import { starterExamples, starterFile } from '../starters.ts';

/** How long trainings give way, in milliseconds: after a sign of the pen, and after a picture. */
const WHILE_DRAWING = 1500;
const AFTER_A_PICTURE = 400;

export class PaintingRoom {
  readonly #context: Context;
  readonly #models: Models;
  readonly #runs: Runs;
  readonly #datasets: Datasets;
  readonly #painter: RoleClient<PaintRequest, PainterReply>;

  constructor(context: Context, datasets: Datasets, models: Models, runs: Runs) {
    [this.#context, this.#datasets, this.#models, this.#runs] = [context, datasets, models, runs];
    this.#painter = new RoleClient(
      context.launch,
      'painter',
      (how) =>
        new UserError(`The process that paints ${how}; your drawing is safe, and your next stroke starts it again`),
    );
  }

  async translate({
    model,
    changed,
    quality,
    ...subject
  }: Args<'paint.translate'>): Promise<Result<'paint.translate'>> {
    this.#runs.giveWay(WHILE_DRAWING);
    const reply = await this.#painter.ask({
      model: this.#models.toTranslate(model),
      subject,
      changed,
      quality,
      threads: this.#context.threads(),
      engine: this.#context.engine(),
    });
    this.#runs.giveWay(AFTER_A_PICTURE);
    if (reply.type === 'failed') throw errorOf(reply);
    if (reply.type !== 'painted') return { state: reply.type };
    const { region, left, modelMs, device, refused, seam } = reply;
    return { state: 'done', region, left, modelMs, device, refused, seam };
  }

  async facts({ model }: Args<'paint.facts'>): Promise<Result<'paint.facts'>> {
    return this.#context.worker.run('modelFacts', { model: this.#models.file(model), ...this.#learnedFrom(model) });
  }

  example({ model, ...frame }: Args<'paint.example'>): Promise<Result<'paint.example'>> {
    const { dataset, heldOut } = this.#learnedFrom(model);
    if (dataset === null)
      throw new UserError('The pictures that this model learned from are not in this project any more');
    return this.#context.worker.run('bringExample', { dataset, heldOut, ...frame });
  }

  /**
   * The folder of the pictures that a model was trained on, where it is known and still there, and what was held out. A
   * model that was taught still knows what it knew before.
   */
  #learnedFrom(model: string): { dataset: string | null; heldOut: string[] } {
    const starter = this.#models.starterOf(model);
    if (starter !== null) return { dataset: starterFile(starter, 'examples'), heldOut: starterExamples(starter) };
    const run = this.#models.runOf(model);
    const origin = run === null ? null : this.#runs.origin(run);
    const { dataset, asked } = origin?.about ?? {};
    const before = run !== null && asked?.emphasis ? this.#runs.begunFrom(run) : null;
    const known = before === null ? null : this.#learnedFrom(before);
    if (known?.dataset != null) return known;
    const there = dataset != null && this.#datasets.has(dataset);
    return { dataset: there ? this.#datasets.folder(dataset) : null, heldOut: origin?.heldOut ?? [] };
  }

  pen({ down }: Args<'paint.pen'>): null {
    this.#runs.giveWay(down ? WHILE_DRAWING : AFTER_A_PICTURE);
    return null;
  }

  /** For tests that kill it. */
  get pid(): number | undefined {
    return this.#painter.pid;
  }

  close(): void {
    this.#painter.close();
  }
}
