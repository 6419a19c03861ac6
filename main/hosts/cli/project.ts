/** `maquette project MODEL PICTURE... --out DIR`: pictures of one's own, found in a generator. */
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { foundAt } from '../../../models/latent/recipe.ts';
import { usualThreads } from '../../cores.ts';
import { l1 } from '../../engine/metrics/metrics.ts';
import { wishFor, type Generator } from '../../engine/inference/generator.ts';
import { learnPictures, project, type Found } from '../../engine/inference/projector.ts';
import { decodePicture, encodePng, toPlanar, type Picture } from '../../engine/pictures/pictures.ts';
import { ensureWritableFolder, writeAtomic } from '../../files.ts';
import { labels, withGenerator } from './generate.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

/** A picture of one's own, and what was found for it. */
interface Sought extends Found {
  file: string;
  picture: Picture;
}

interface Flags {
  out: string;
  label?: Record<string, string>;
  learn?: true;
  threads: number;
  json?: true;
}

/** The model that has learned pictures. */
const LEARNED = 'learned.onnx';

export function addProject(program: Command): void {
  program
    .command('project')
    .description('find pictures of your own among all that a generator can make')
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<pictures...>', 'pictures of the kind that it learned from')
    .requiredOption('--out <folder>', 'where to write what was found: a picture, and its point as JSON')
    .option('--label <name=value,...>', 'what the pictures are of, for a model that learned labels', labels)
    .option('--learn', `also write ${LEARNED}: the model, once it has learned to make these pictures there`)
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--json', 'one JSON object a line')
    .action(projectAll);
}

async function projectAll(model: string, files: string[], flags: Flags): Promise<void> {
  const { out, threads, label = {} } = flags;
  const output = new Output(flags.json === true);
  const show = async (maker: Generator, { file, picture: sought, point, drawnL1 }: Sought): Promise<void> => {
    const [name, recipe] = [basename(file, extname(file)), foundAt(point)];
    const picture = join(out, `${name}.png`);
    const made = await maker.make(wishFor(recipe, { labels: label }));
    await encodePng(made, picture);
    const away = l1(toPlanar(made), toPlanar(sought)) / 2;
    writeAtomic(join(out, `${name}.json`), [JSON.stringify({ l1: away, drawnL1, recipe, point: Array.from(point) })]);
    output.line(`${picture}: l1 ${away.toFixed(4)}, the nearest of 1000 drawn ones ${drawnL1.toFixed(4)}`);
    output.event({ event: 'picture', output: picture, l1: away, drawnL1 });
  };
  const all: Sought[] = [];
  await withGenerator(model, threads, async (generator, read) => {
    ensureWritableFolder(out);
    const { size, channels } = generator.form;
    const looking = (what: string) => ({
      ...{ labels: label, threads },
      progress: (done: number, total: number): void => output.progress(done, total, what),
    });
    for (const file of files) {
      const picture = await decodePicture(file, { width: size, height: size, channels });
      const found = { ...(await project(read, generator, picture, looking(basename(file)))), file, picture };
      output.end();
      await show(generator, found);
      all.push(found);
    }
    if (!flags.learn) return;
    writeAtomic(join(out, LEARNED), [await learnPictures(read, generator, all, looking('learning'))]);
    output.end();
  });
  if (flags.learn) {
    output.line(`${join(out, LEARNED)} has learned them:`);
    await withGenerator(join(out, LEARNED), threads, async (generator) => {
      for (const each of all) await show(generator, each);
    });
  }
  output.event({ event: 'done', n: files.length });
}
