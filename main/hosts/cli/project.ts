/** `maquette project MODEL PICTURE... --out DIR`: pictures of one's own, found in a generator. */
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { foundAt, type Recipe } from '../../../models/latent/recipe.ts';
import { usualThreads } from '../../cores.ts';
import { l1 } from '../../engine/metrics/metrics.ts';
import { wishFor, type Generator } from '../../engine/inference/generator.ts';
import { learnPictures, project } from '../../engine/inference/projector.ts';
import { decodePicture, encodePng, toPlanar, type Picture } from '../../engine/pictures/pictures.ts';
import { ensureWritableFolder, writeAtomic } from '../../files.ts';
import { labels, withGenerator } from './generate.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

/** A picture of one's own, and where what is like it was found. */
interface Placed {
  file: string;
  picture: Picture;
  recipe: Recipe;
  drawnL1: number;
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
    .option(
      '--learn',
      `do not look for what is there: write ${LEARNED}, a model that has learned to make these pictures`,
    )
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--json', 'one JSON object a line')
    .action(projectAll);
}

async function projectAll(model: string, files: string[], flags: Flags): Promise<void> {
  const { out, threads, label = {} } = flags;
  const output = new Output(flags.json === true);
  const looking = (what: string) => ({
    ...{ labels: label, threads },
    progress: (done: number, total: number): void => output.progress(done, total, what),
  });
  const show = async (maker: Generator, { file, picture: sought, recipe, drawnL1 }: Placed): Promise<void> => {
    const [name, wish] = [basename(file, extname(file)), wishFor(recipe, { labels: label })];
    const picture = join(out, `${name}.png`);
    const made = await maker.make(wish);
    await encodePng(made, picture);
    const away = l1(toPlanar(made), toPlanar(sought)) / 2;
    const point = Array.from(await maker.pointOf(wish));
    writeAtomic(join(out, `${name}.json`), [JSON.stringify({ l1: away, drawnL1, recipe, point })]);
    output.line(`${picture}: l1 ${away.toFixed(4)}, the nearest of 1000 drawn ones ${drawnL1.toFixed(4)}`);
    output.event({ event: 'picture', output: picture, l1: away, drawnL1 });
  };
  const learned: Placed[] = [];
  await withGenerator(model, threads, async (generator, read) => {
    ensureWritableFolder(out);
    const { size, channels } = generator.form;
    const sought: { file: string; picture: Picture }[] = [];
    for (const file of files)
      sought.push({ file, picture: await decodePicture(file, { width: size, height: size, channels }) });
    if (flags.learn) {
      const pictures = sought.map(({ picture }) => picture);
      const { bytes, places } = await learnPictures(read, generator, pictures, looking('learning'));
      output.end();
      writeAtomic(join(out, LEARNED), [bytes]);
      for (const [i, { seed, drawnL1 }] of places.entries())
        learned.push({ ...sought[i]!, recipe: { kind: 'seed', seed }, drawnL1 });
      return;
    }
    for (const { file, picture } of sought) {
      const { point, drawnL1 } = await project(read, generator, picture, looking(basename(file)));
      output.end();
      await show(generator, { file, picture, recipe: foundAt(point), drawnL1 });
    }
  });
  if (flags.learn)
    await withGenerator(join(out, LEARNED), threads, async (generator) => {
      for (const each of learned) await show(generator, each);
    });
  output.event({ event: 'done', n: files.length });
}
