/** `maquette translate MODEL|RUN PICTURE|DIR... --out DIR` */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { startRuntime } from '../../engine/ort.ts';
import { translateFiles } from '../../engine/translate-files.ts';
import { physicalCores } from '../../cores.ts';
import { openTranslator } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

interface Flags {
  out: string;
  tile?: true;
  strength: number;
  threads: number;
  json?: true;
}

export function addTranslate(program: Command): void {
  program
    .command('translate')
    .description('translate pictures with a trained model')
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--out <folder>', 'where to write <name>.png')
    .option('--tile', "work at each picture's own size, in overlapping tiles")
    .option('--strength <s>', '0 gives the input, 1 the translation', number(0, 1, 'any'), 1)
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
    .option('--json', 'one JSON object a line')
    .action(translate);
}

async function translate(model: string, paths: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  startRuntime(flags.threads);
  const translator = openTranslator(model);
  const began = performance.now();
  const written = await translateFiles(translator, {
    ...{ paths, out: flags.out, tile: flags.tile === true, strength: flags.strength },
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
