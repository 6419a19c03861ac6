/** `maquette project MODEL PICTURE... --out DIR`: pictures of one's own, found in a generator. */
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { foundAt } from '../../../models/latent/recipe.ts';
import { usualThreads } from '../../cores.ts';
import { wishFor } from '../../engine/inference/generator.ts';
import { project } from '../../engine/inference/projector.ts';
import { decodePicture, encodePng } from '../../engine/pictures/pictures.ts';
import { ensureWritableFolder, writeAtomic } from '../../files.ts';
import { labels, withGenerator } from './generate.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

interface Flags {
  out: string;
  label?: Record<string, string>;
  threads: number;
  json?: true;
}

export function addProject(program: Command): void {
  program
    .command('project')
    .description('find pictures of your own among all that a generator can make')
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<pictures...>', 'pictures of the kind that it learned from')
    .requiredOption('--out <folder>', 'where to write what was found: a picture, and its point as JSON')
    .option('--label <name=value,...>', 'what the pictures are of, for a model that learned labels', labels)
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--json', 'one JSON object a line')
    .action(projectAll);
}

async function projectAll(model: string, pictures: string[], flags: Flags): Promise<void> {
  const { out, threads, label = {} } = flags;
  const output = new Output(flags.json === true);
  await withGenerator(model, threads, async (generator, read) => {
    ensureWritableFolder(out);
    const { size, channels } = generator.form;
    for (const file of pictures) {
      const sought = await decodePicture(file, { width: size, height: size, channels });
      const progress = (done: number, total: number): void => output.progress(done, total, basename(file));
      const found = await project(read, generator, sought, { labels: label, threads, progress });
      output.end();
      const [name, recipe] = [basename(file, extname(file)), foundAt(found.point)];
      const picture = join(out, `${name}.png`);
      await encodePng(await generator.make(wishFor(recipe, { labels: label })), picture);
      const said = { l1: found.l1, drawnL1: found.drawnL1, recipe, point: Array.from(found.point) };
      writeAtomic(join(out, `${name}.json`), [JSON.stringify(said)]);
      output.line(`${picture}: l1 ${found.l1.toFixed(4)}, the nearest of 1000 drawn ones ${found.drawnL1.toFixed(4)}`);
      output.event({ event: 'picture', output: picture, l1: found.l1, drawnL1: found.drawnL1 });
    }
  });
  output.event({ event: 'done', n: pictures.length });
}
