/** `maquette translate MODEL|RUN PICTURE|DIR... --out DIR` */
import { basename } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Direction } from '../../../preload/contract/index.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import type { Translator } from '../../engine/inference/translator.ts';
import { translateFiles } from '../../engine/inference/translate-files.ts';
import { usualThreads } from '../../cores.ts';
import { openAnyTranslator, openTranslator, runModelsAs, sayIo, type Said } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';
import { workOnPictures } from './work-on-pictures.ts';

interface Flags extends Said {
  out: string;
  wrap?: true;
  height?: string | true;
  tile?: true;
  strength: number;
  direction?: Direction;
  threads: number;
  engine: string;
  json?: true;
}

/** What tells heights where nobody names another model: it is brought along. */
const HEIGHT = 'height';

const RANGES = ['-1..1', '0..1', '0..255'];

export function addTranslate(program: Command): void {
  program
    .command('translate')
    .description('translate pictures with a trained model; folders are walked, and their structure is kept')
    .argument('<model>', 'a model (.onnx), the folder of a run, or the name of a model that is brought along')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--out <folder>', 'where to write <name>.png')
    .option('--tile', "work at each picture's own size, in overlapping tiles if need be")
    .option('--wrap', 'the pictures tile, and the results do too')
    .option(
      '--height [model]',
      `also write <name>_height.png (grey, 16 bits), as a model tells it that learned heights (default: "${HEIGHT}")`,
    )
    .option('--strength <s>', '0 gives the input, 1 the translation', number(0, 1, 'any'), 1)
    .addOption(new Option('--direction <way>', 'of a run that learned both').choices(['AtoB', 'BtoA']))
    .addOption(new Option('--layout <l>', 'of a model of another tool; guessed').choices(['nchw', 'nhwc']))
    .addOption(new Option('--output-layout <l>', 'of what it gives; guessed').choices(['nchw', 'nhwc']))
    .addOption(new Option('--range <r>', 'of the values it takes; guessed').choices(RANGES))
    .addOption(new Option('--output-range <r>', 'of the values it gives; as --range').choices(RANGES))
    .option('--mean <r,g,b>', 'that is taken from the values in that range; guessed', numbers)
    .option('--deviation <r,g,b>', 'by which the rest is divided; guessed', numbers)
    .option('--output <name>', 'of several, the one that is the picture; guessed')
    .option('--set <name=number>', 'a number that it takes beside the picture; again for each', settings)
    .addOption(new Option('--channels <c>', 'that it takes; guessed').choices(['rgb', 'bgr', 'grey']))
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--engine <name>', 'what runs a model of Maquette: auto takes a card that makes the same', 'auto')
    .option('--json', 'one JSON object a line')
    .action(translate);
}

const SAYS = [
  'layout',
  'outputLayout',
  'range',
  'outputRange',
  'mean',
  'deviation',
  'channels',
  'output',
  'set',
] as const;

const saidIn = (flags: Flags): Said =>
  Object.fromEntries(SAYS.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]));

/** Three numbers with commas between them. */
function numbers(text: string): [number, number, number] {
  const all = text.split(',').map((each) => (each.trim() === '' ? NaN : Number(each)));
  if (all.length !== 3 || !all.every(Number.isFinite)) throw new InvalidArgumentError('Three numbers, as 0.5,0.5,0.5');
  return all as [number, number, number];
}

function settings(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, value] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (name === undefined || !Number.isFinite(Number(value))) throw new InvalidArgumentError('As strength=0.5');
  return { ...before, [name]: Number(value) };
}

async function translate(model: string, paths: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const { direction, threads } = flags;
  startRuntime(threads);
  runModelsAs(flags);
  const translator = await openAnyTranslator(model, {
    ...(direction && { direction }),
    said: saidIn(flags),
    threads,
    tell: (io) =>
      output.warning(
        `${basename(model)} was made by another tool, and is taken as ${sayIo(io)}; if the results look wrong, say it otherwise`,
      ),
  });
  let height: Translator | null = null;
  try {
    if (flags.height !== undefined)
      height = openTranslator(flags.height === true ? HEIGHT : flags.height, undefined, 'height');
    const how = { tile: flags.tile === true, wrap: flags.wrap === true, strength: flags.strength, height };
    await workOnPictures(paths, flags, { output, model: translator }, (options) =>
      translateFiles(translator, { ...options, ...how }),
    );
  } finally {
    // Their threads end before the process does: a runtime that is torn down under them may crash.
    translator.release();
    height?.release();
  }
}
