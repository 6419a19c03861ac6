/** What a model of another tool takes: the guess, as the person changes it, and what comes of it on a picture. */
import type { Direction, Model, Picked, PictureIo } from '../../../../preload/contract/index.ts';
import { pickFiles } from '../../../files/pick.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import { styleState } from '../style.svelte.ts';
import { ioOf, problemsOf, type IoDraft } from './draft.ts';

/** Both pictures as addresses of this window. */
interface Tried {
  input: string;
  output: string;
  note: string | null;
}

export class Confirming {
  draft: IoDraft;
  busy = $state(false);
  error = $state<string>();
  tried = $state.raw<Tried | null>(null);
  readonly #model: Model;
  /** The picture that it was last tried on. */
  #token = $state<string | null>(null);

  readonly problems = $derived.by(() => problemsOf(this.draft));
  readonly canTryAgain = $derived.by(() => this.#token !== null);

  constructor(model: Model, io: PictureIo) {
    this.#model = model;
    const { width = null, height = null } = io.size ?? {};
    this.draft = $state({ ...io, fixed: io.size !== null, width, height });
  }

  /** Asks for a picture, and tries the model on it. */
  async pick(): Promise<void> {
    const picked = await pickFiles(studio, { folders: false, several: false, title: t.style.io.tryTitle });
    if (picked.length > 0) await this.tryOn(Promise.resolve(picked));
  }

  async tryOn(picking: Promise<Picked[]>): Promise<void> {
    try {
      const token = (await picking)[0]?.token;
      if (token === undefined) return;
      this.#token = token;
      await this.tryAgain();
    } catch (error) {
      this.error = messageOf(error);
    }
  }

  /** The same picture, with what is said now. */
  async tryAgain(): Promise<void> {
    if (this.#token === null || this.busy || Object.keys(this.problems).length > 0) return;
    this.busy = true;
    this.error = undefined;
    const direction: Direction = this.#model.directions[0]!;
    const asked = { model: this.#model.id, direction, io: ioOf(this.draft), token: this.#token };
    try {
      const { input, output, note } = await studio.call('models.try', asked);
      this.end();
      this.tried = { input: addressOf(input), output: addressOf(output), note };
    } catch (error) {
      this.error = messageOf(error);
    }
    this.busy = false;
  }

  /** It is right: the model can be used. */
  async use(): Promise<void> {
    if (Object.keys(this.problems).length > 0) return;
    this.busy = true;
    const done = await studio.attempt(studio.call('models.update', { model: this.#model.id, io: ioOf(this.draft) }));
    this.busy = false;
    if (done === undefined) return;
    studio.toast('info', t.style.io.used(this.#model.title));
    styleState.begin();
  }

  /** Lets go of the pictures. */
  end(): void {
    if (!this.tried) return;
    URL.revokeObjectURL(this.tried.input);
    URL.revokeObjectURL(this.tried.output);
    this.tried = null;
  }
}

const addressOf = (png: Uint8Array): string =>
  URL.createObjectURL(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
