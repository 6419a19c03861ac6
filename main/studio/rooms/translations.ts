/** Translating pictures with a model of the library: jobs whose results lie in `pictures/<job>/`. */
import type { Args, Translated } from '../../../preload/contract/index.ts';
import { UserError } from '../../errors.ts';
import { inDarkroom } from '../darkroom-client.ts';
import { mediaAddress, type Context } from './context.ts';
import type { Models } from './models.ts';

interface Files {
  input: string;
  output: string;
}

export class Translations {
  readonly #context: Context;
  readonly #models: Models;
  readonly #results = new Map<string, Files[]>();

  constructor(context: Context, models: Models) {
    this.#context = context;
    this.#models = models;
  }

  /** Ends when all pictures are translated. */
  async start({ model, tokens }: Args<'translate.start'>): Promise<{ job: string }> {
    this.#context.folder.requireWritable();
    const file = this.#models.file(model);
    const paths = tokens.map((token) => this.#context.tokens.path(token));
    const title = this.#models.title(model);
    const out = this.#context.folder.file('pictures', this.#context.folder.freshId(title));
    const { id, finished } = this.#context.queue.add({
      kind: 'translate',
      title: `Translating with ${title}`,
      work: async ({ id: job, signal, progress }) => {
        const args = { model: file, paths, out, threads: this.#context.threads() };
        const pictures = await inDarkroom(this.#context.launch, ['translatePictures', args], { progress, signal });
        const made = pictures.flatMap(({ input, output }) => (output === null ? [] : [{ input, output }]));
        this.#results.set(job, made);
        for (const { problem } of pictures)
          if (problem !== null)
            this.#context.tell('notice', { level: 'warning', message: `${problem}; left out`, run: null });
      },
    });
    await finished;
    if (!this.#results.has(id)) throw new UserError('The translation was cancelled');
    return { job: id };
  }

  results({ job }: Args<'translate.results'>): Translated[] {
    return this.#of(job).map(({ output }, i) => ({
      name: output.replace(/^.*[/\\]/, ''),
      input: mediaAddress('translated', job, i, 'input'),
      output: mediaAddress('translated', job, i, 'output'),
      download: mediaAddress('result', job, i),
    }));
  }

  /** A picture of a result, for media. @throws UserError */
  file(job: string, index: number, side: string): string {
    const files = this.#of(job)[index];
    if (!files || (side !== 'input' && side !== 'output')) throw new UserError('There is no such result');
    return files[side];
  }

  #of(job: string): Files[] {
    const results = this.#results.get(job);
    if (!results)
      throw new UserError('The results of that job are not known any more; they lie in the project, in pictures/');
    return results;
  }
}
