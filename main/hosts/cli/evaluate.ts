/** `maquette evaluate MODEL|RUN DATASET`: how close a model comes to the truth on held-out pictures. */
import type { Command } from 'commander';
import { BatchSource } from '../../engine/batches.ts';
import { MetricsTotal, toUnit } from '../../engine/metrics.ts';
import { startRuntime } from '../../engine/ort.ts';
import { UserError } from '../../errors.ts';
import { physicalCores } from '../../cores.ts';
import { openTranslator, runOf } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

interface Flags {
  holdout?: number;
  seed?: number;
  heldOutFrom?: string;
  threads: number;
  json?: true;
}

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('l1, psnr, ssim and swd over the held-out part of a dataset')
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<dataset>', 'folder of pictures')
    .option('--holdout <share>', 'share that is held out; a run knows its own', number(0.000001, 0.9, 'any'))
    .option('--seed <n>', 'seed of the split; a run knows its own', number(0, 2 ** 32))
    .option('--held-out-from <run>', 'the same held-out pictures as this run')
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
    .option('--json', 'one JSON object a line')
    .action(evaluate);
}

async function evaluate(model: string, dataset: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  startRuntime(flags.threads);
  const translator = openTranslator(model);
  const run = runOf(flags.heldOutFrom ?? model);
  if (flags.heldOutFrom !== undefined && !run) throw new UserError(`${flags.heldOutFrom} is not a run`);
  const { size, channels } = translator;
  const source = new BatchSource(
    {
      ...{ dataset, kind: 'pairs', size, channels, batch: 1 },
      holdout: flags.holdout ?? (run?.holdout || 0.1),
      seed: flags.seed ?? run?.seed ?? 1,
      augment: { flip: false, jitter: 0, zoom: 0, rotate: 0, colour: 0 },
      emphasis: null,
    },
    (message) => output.warning(message),
  );
  const { heldOut, heldOutNames } = source.summary;
  if (
    run &&
    flags.holdout === undefined &&
    flags.seed === undefined &&
    run.heldOut.join('\n') !== heldOutNames.join('\n')
  )
    output.warning('these are not the pictures that the run held out; it may have learned from some of them');
  const total = new MetricsTotal({ channels, height: size, width: size });
  let scored = 0;
  for (let i = 0; i < heldOut; i++) {
    const { input, target, names } = await source.heldOut(i, 1);
    if (names.length === 0) continue;
    scored++;
    total.add(toUnit(await translator.run(input)), toUnit(target));
    output.progress(i + 1, heldOut, names[0]!);
  }
  output.end();
  if (scored === 0)
    throw new UserError(
      `None of the held-out pictures of ${dataset} could be read; see what is wrong with them: maquette inspect ${dataset}`,
    );
  const scores = total.scores();
  output.line(
    `${scores.n} held-out pictures: l1 ${scores.l1.toFixed(4)}  psnr ${scores.psnr.toFixed(2)} dB  ssim ${scores.ssim.toFixed(4)}  swd ${scores.swd.toFixed(2)}`,
  );
  output.event({ event: 'done', ...scores });
}
