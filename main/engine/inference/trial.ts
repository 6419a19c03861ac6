/** A model of another tool on its trial: what it gives for a picture, and why it does not take one. */
import { UserError } from '../../errors.ts';
import type { Answer } from '../cpu/ort.ts';
import { Foreign, pictureIn, shown, type GoesIn, type PictureOutput } from './foreign.ts';
import type { Size } from './tiles.ts';

/** What came out: everything, and what of it is a picture. */
export interface Seen {
  answers: Map<string, Answer>;
  pictures: PictureOutput[];
}

export class Trial {
  readonly #foreign: Foreign;

  constructor(foreign: Foreign) {
    this.#foreign = foreign;
  }

  /** @throws UserError when it cannot take such a picture, or gives no picture for it */
  async run(io: GoesIn, size: Size, planes = new Float32Array(3 * size.width * size.height)): Promise<Seen> {
    const answers = await this.#foreign.run(planes, io, size);
    const pictures = [...answers].flatMap(([name, answer]) => pictureIn(name, answer, size) ?? []);
    if (pictures.length > 0) return { answers, pictures };
    const given = [...answers.values()].map(({ shape }) => shown({ shape: [...shape] })).join(' and ');
    throw new UserError(
      `it gives ${given} for a picture of ${size.width} x ${size.height}, which is no picture of that size`,
    );
  }

  /** Why it does not take pictures of a size; null where it does. */
  refusal(io: GoesIn, size: Size): Promise<UserError | null> {
    return this.run(io, size).then(
      () => null,
      (error: unknown) => {
        if (error instanceof UserError) return error;
        throw error;
      },
    );
  }
}
