/** What is done with generators in a task worker: the model that was used last stays open there. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { GeneratorFacts, MadeFormat, Wish } from '../../../preload/contract/schemas.ts';
import { foundAt, type Recipe } from '../../../models/latent/recipe.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { runModelsOn } from '../../engine/inference/card.ts';
import { evenPath } from '../../engine/inference/even-path.ts';
import { Generator, traitsThat, type Directions } from '../../engine/inference/generator.ts';
import { learnPictures, project } from '../../engine/inference/projector.ts';
import { sliderOf, type MarkedWishes } from '../../engine/inference/slider.ts';
import { encodeAnimation, spriteSheet } from '../../engine/pictures/animation.ts';
import type { AnimationFormat } from '../../engine/pictures/formats.ts';
import { decodePicture, encodePng, pngOf, type Picture } from '../../engine/pictures/pictures.ts';
import { contactSheet } from '../../engine/pictures/sheet.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic, writeForNow } from '../../files.ts';
import type { Nearest } from '../../engine/metrics/nearest.ts';
import { nearestOf } from './nearest.ts';

/** A generator of the library. */
export interface GeneratorFile {
  file: string;
  /** Tells a newer state of the file from an older. */
  version: number;
  /** How messages call it. */
  title: string;
  threads: number;
  /** What may run it beside the processor: a row of `engines.ts`, or `auto`. */
  engine: string;
  /** The sliders that a person made. */
  directions: Directions;
}

let open: { key: string; generator: Generator } | undefined;

/** The generator, kept open until another one is asked for. @throws UserError */
function generatorOf({ file, version, title, threads, engine }: GeneratorFile): Generator {
  const key = `${version} ${file}`;
  runModelsOn({ engine, threads });
  if (open?.key === key) return open.generator;
  startRuntime(threads);
  const generator = new Generator(readModelFile(file).bytes, title);
  open?.generator.release();
  open = { key, generator };
  return generator;
}

/** Pictures are made one after another: a generator has one place for what it is asked for. */
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work);
  last = next;
  return next;
}

export const latentTasks = {
  /**
   * Looks for a person's own picture in a model; writes it, as the model sees it, to `out`. Gives the recipe of what was
   * found, and its mean absolute difference to the picture, 0..1.
   */
  findPicture: async (
    { model, picture, labels, out }: { model: GeneratorFile; picture: string; labels: Wish['labels']; out: string },
    progress: (done: number, total: number) => void,
  ): Promise<{ recipe: Recipe; l1: number }> => {
    const { size, channels } = generatorOf(model).form;
    const sought = await decodePicture(picture, { width: size, height: size, channels });
    await encodePng(sought, out);
    const { point, l1 } = await inTurn(() =>
      project(readModelFile(model.file), generatorOf(model), sought, { labels, threads: model.threads, progress }),
    );
    return { recipe: foundAt(point), l1 };
  },

  /** Writes a copy of a model that has learned a person's own picture; gives the seed where it makes it. */
  learnPicture: async (
    { model, picture, labels, out }: { model: GeneratorFile; picture: string; labels: Wish['labels']; out: string },
    progress: (done: number, total: number) => void,
  ): Promise<{ seed: number }> => {
    const { size, channels } = generatorOf(model).form;
    const sought = await decodePicture(picture, { width: size, height: size, channels });
    const looking = { labels, threads: model.threads, progress };
    const { bytes, places } = await inTurn(() =>
      learnPictures(readModelFile(model.file), generatorOf(model), [sought], looking),
    );
    writeForNow(out, [bytes]);
    return { seed: places[0]!.seed };
  },

  /** Without the sliders that a person made. */
  generatorFacts: (model: GeneratorFile): Promise<GeneratorFacts> => {
    const { form, sliders } = generatorOf(model);
    const { size, channels, latent } = form;
    const labels = traitsThat(form).map(({ name, values }) => ({ name, choices: values }));
    return Promise.resolve({
      size,
      channels,
      levels: latent.levels,
      labels,
      sliders: sliders.map((id) => ({ id, title: null })),
    });
  },

  /** Writes one picture as a PNG. Gives why the card that is there does not run the model; null where it may. */
  makePicture: async ({
    model,
    wish,
    out,
  }: {
    model: GeneratorFile;
    wish: Wish;
    out: string;
  }): Promise<string | null> => {
    const picture = await inTurn(() => generatorOf(model).make(wish, model.directions));
    writeForNow(out, [await pngOf(picture)]);
    return generatorOf(model).refused;
  },

  /** The direction from some pictures to others, as long as one step of a slider. */
  directionBetween: ({ model, ...marked }: { model: GeneratorFile } & MarkedWishes): Promise<number[]> =>
    inTurn(async () => {
      try {
        return [...(await sliderOf(generatorOf(model), marked, model.directions))];
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new UserError('The marked pictures look the same; mark some that differ in what the slider is to change', { cause: error }); // oxfmt-ignore
      }
    }),

  /** A way through pictures, at even steps. */
  wishesBetween: ({
    model,
    keys,
    frames,
    loop,
  }: {
    model: GeneratorFile;
    keys: readonly Wish[];
    frames: number;
    loop: boolean;
  }): Promise<Wish[]> => inTurn(() => evenPath(generatorOf(model), keys, { frames, loop }, model.directions)),

  /** The learned picture that is most like one that is made. */
  nearestPicture: ({
    model,
    wish,
    learned,
  }: {
    model: GeneratorFile;
    wish: Wish;
    learned: readonly string[];
  }): Promise<Nearest | null> =>
    inTurn(async () => nearestOf(await pngOf(await generatorOf(model).make(wish, model.directions)), learned)),

  /** Writes a file of made pictures into `out`; gives its place. */
  exportMade: ({ model, wishes, as, fps, out, title }: ExportMade): Promise<{ file: string; bytes: number }> =>
    inTurn(async () => {
      const pictures: Picture[] = [];
      for (const wish of wishes) pictures.push(await generatorOf(model).make(wish, model.directions));
      const { bytes, ending } = await FORMATS[as](pictures, { title, fps });
      mkdirSync(out, { recursive: true });
      const file = join(out, `${title}${ending}`);
      writeAtomic(file, [bytes]);
      return { file, bytes: bytes.length };
    }),
};

interface ExportMade {
  model: GeneratorFile;
  wishes: readonly Wish[];
  as: MadeFormat;
  fps: number;
  out: string;
  /** The name of the file, without its ending. */
  title: string;
}

interface Written {
  bytes: Uint8Array;
  ending: string;
}
type Write = (pictures: readonly Picture[], more: { title: string; fps: number }) => Promise<Written>;

const moving =
  (format: AnimationFormat, ending: string): Write =>
  async (pictures, { fps }) => ({ bytes: await encodeAnimation(pictures, { format, fps }), ending });

const numbered = (i: number): string => `${String(i + 1).padStart(4, '0')}.png`;

const FORMATS: Record<MadeFormat, Write> = {
  async pictures(pictures) {
    if (pictures.length === 1) return { bytes: await pngOf(pictures[0]!), ending: '.png' };
    const entries = await Promise.all(pictures.map(async (picture, i) => [numbered(i), await pngOf(picture)] as const));
    return { bytes: zipSync(Object.fromEntries(entries), { level: 0 }), ending: ' pictures.zip' };
  },
  async sheet(pictures) {
    const columns = Math.ceil(Math.sqrt(pictures.length));
    const rows = Array.from({ length: Math.ceil(pictures.length / columns) }, (_, row) =>
      pictures.slice(row * columns, (row + 1) * columns),
    );
    return { bytes: await pngOf(contactSheet(rows, { gap: 8 })), ending: ' sheet.png' };
  },
  async sprites(pictures, { title }) {
    const file = `${title}.png`;
    const { picture, atlas } = spriteSheet(pictures, { names: pictures.map((_, i) => numbered(i)), file });
    const json = new TextEncoder().encode(JSON.stringify(atlas, null, 2));
    return {
      bytes: zipSync({ [file]: await pngOf(picture), [`${title}.json`]: json }, { level: 0 }),
      ending: ' sprites.zip',
    };
  },
  gif: moving('gif', '.gif'),
  webp: moving('webp', '.webp'),
  apng: moving('png', ' animation.png'),
};
