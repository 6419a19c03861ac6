/** `maquette upscale PICTURE|DIR... --out DIR` */
import { Option, type Command } from 'commander';
import { usualThreads } from '../../cores.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import type { Naming } from '../../engine/inference/result-file.ts';
import type { Target } from '../../engine/inference/target-size.ts';
import { openUpscaler, upscaleFiles } from '../../engine/inference/upscale-files.ts';
import { UserError } from '../../errors.ts';
import { readyUpscalers } from '../../engine/inference/ready-upscalers.ts';
import { runModelsAs, upscalerFile } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';
import { workOnPictures } from './work-on-pictures.ts';

interface Flags {
  out: string;
  model: string;
  factor?: number;
  width?: number;
  height?: number;
  format: Naming['format'];
  suffix: string;
  wrap?: true;
  keepColours?: true;
  keep?: string;
  softness: number;
  softer?: string;
  onlyMissing?: true;
  threads: number;
  engine: string;
  json?: true;
}

export function addUpscale(program: Command): void {
  program
    .command('upscale')
    .description('make pictures larger; folders are walked, and their structure is kept')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--out <folder>', 'where to write the results')
    .option(
      '--model <name or model>',
      `what upscales: ${readyUpscalers()
        .map(({ id }) => id)
        .join(', ')}, or a model or run of yours`,
      'art-2x',
    )
    .option('--factor <n>', "how many times as large; the model's if nothing is said", number(0.1, 16, 'any'))
    .option('--width <pixels>', 'of the result, which keeps its shape', number(1, 65_536))
    .option('--height <pixels>', 'of the result, which keeps its shape', number(1, 65_536))
    .addOption(
      new Option(
        '--format <f>',
        'of the files; png and tiff keep 16 bits, dds is BC1, or BC3 with alpha; as png animations stay what they were, and as psd PSDs keep their layers',
      )
        .choices(['png', 'webp', 'jpeg', 'tiff', 'dds', 'psd'])
        .default('png'),
    )
    .option('--suffix <text>', 'added to each name', '')
    .option('--wrap', 'the pictures tile, and the results do too')
    .option('--keep-colours', 'colours stay those of the pictures; only what is fine is new')
    .option('--keep <mask>', 'a picture that is white where the pictures stay as they were, else black or clear')
    .option('--softness <share>', 'from 0, as the model is, to 1, as the one of --softer is', number(0, 1, 'any'), 0)
    .option('--softer <name or model>', 'what the model was taught from; its own pretraining where it had one')
    .option('--only-missing', 'leave results that are there already')
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--engine <name>', 'what runs a model of Maquette: auto takes a card that makes the same', 'auto')
    .option('--json', 'one JSON object a line')
    .action(upscale);
}

function targetIn({ factor, width, height }: Flags, scale: number): Target {
  if (width === undefined && height === undefined) return { factor: factor ?? scale };
  if (factor !== undefined) throw new UserError('Say a factor, or a width or height, not both');
  return { ...(width !== undefined && { width }), ...(height !== undefined && { height }) };
}

async function upscale(paths: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const { model, threads, format, suffix } = flags;
  const known = { ...upscalerFile(model), ...(flags.softer !== undefined && { softer: upscalerFile(flags.softer) }) };
  if (flags.softness > 0 && !known.softer)
    throw new UserError('Say with --softer which model this one was taught from: softness leads there');
  startRuntime(threads);
  runModelsAs(flags);
  const upscaler = openUpscaler(known, flags.softness);
  try {
    const target = targetIn(flags, upscaler.scale);
    await workOnPictures(paths, flags, { output, model: upscaler }, (options) =>
      upscaleFiles(upscaler, {
        ...{
          ...options,
          target,
          wrap: flags.wrap === true,
          keepColours: flags.keepColours === true,
          keep: flags.keep ?? null,
          layers: format === 'psd',
          onTiles: (most) => {
            output.line(`In tiles of at most ${most} x ${most} pixels, as memory allows`);
            output.event({ event: 'tiles', most });
          },
          naming: { suffix, format },
        },
      }),
    );
  } finally {
    // Its threads end before the process does: a runtime that is torn down under them may crash.
    upscaler.release();
  }
}
