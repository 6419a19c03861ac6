/** `maquette translate MODEL|RUN PICTURE|DIR... --out DIR` */
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import type { Direction } from '../../../preload/contract/index.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { translateFiles } from '../../engine/inference/translate-files.ts';
import { physicalCores } from '../../cores.ts';
import { collectPictures } from '../../studio/collect-pictures.ts';
import { openAnyTranslator, sayIo, type Said } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

interface Flags extends Said {
  out: string;
  tile?: true;
  strength: number;
  direction?: Direction;
  threads: number;
  json?: true;
}

const RANGES = ['-1..1', '0..1', '0..255'];

export function addTranslate(program: Command): void {
  program
    .command('translate')
    .description('translate pictures with a trained model; folders are walked, and their structure is kept')
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--out <folder>', 'where to write <name>.png')
    .option('--tile', "work at each picture's own size, in overlapping tiles if need be")
    .option('--strength <s>', '0 gives the input, 1 the translation', number(0, 1, 'any'), 1)
    .addOption(new Option('--direction <way>', 'of a run that learned both').choices(['AtoB', 'BtoA']))
    .addOption(new Option('--layout <l>', 'of a model of another tool; guessed').choices(['nchw', 'nhwc']))
    .addOption(new Option('--range <r>', 'of the values it takes; guessed').choices(RANGES))
    .addOption(new Option('--output-range <r>', 'of the values it gives; as --range').choices(RANGES))
    .addOption(new Option('--channels <c>', 'that it takes; guessed').choices(['rgb', 'bgr', 'grey']))
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
    .option('--json', 'one JSON object a line')
    .action(translate);
}

async function translate(model: string, paths: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const { layout, range, outputRange, channels, direction, threads } = flags;
  startRuntime(threads);
  const translator = await openAnyTranslator(model, {
    ...(direction && { direction }),
    said: {
      ...(layout && { layout }),
      ...(range && { range }),
      ...(outputRange && { outputRange }),
      ...(channels && { channels }),
    },
    threads,
    tell: (io) =>
      output.warning(
        `${basename(model)} was made by another tool, and is taken as ${sayIo(io)}; if the results look wrong, say it otherwise`,
      ),
  });
  const pictures = await collectPictures(paths);
  const began = performance.now();
  const written = await translateFiles(translator, {
    ...{ pictures, out: flags.out, tile: flags.tile === true, strength: flags.strength, onlyMissing: false },
    onPicture: ({ input, output: target, problem }, done, total) => {
      if (target === null) output.warning(`${problem ?? input}; left out`);
      else output.event({ event: 'picture', input, output: target });
      output.progress(done, total, basename(input));
    },
  });
  output.end();
  const ms = performance.now() - began;
  output.line(`${written} pictures in ${flags.out}`);
  output.event({ event: 'done', n: written, ms: Math.round(ms), ortMs: Math.round(translator.ortMs) });
}
