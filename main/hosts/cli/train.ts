/** `maquette train <family> DATASET --out RUN` */
import { inGigabytes } from '../../counted.ts';
import { existsSync, statSync } from 'node:fs';
import { Option, type Command } from 'commander';
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { checkEngineName } from '../../engine/engines.ts';
import type { HeldOutScore, TrainEvent, TrainOptions } from '../../engine/processes/messages.ts';
import { startTraining } from '../../engine/processes/supervisor.ts';
import { isRun, readRun, RunFolder } from '../../engine/training/run-folder.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { layoutOf, unreadOf } from '../../engine/data/layouts.ts';
import { saySkipped } from '../../engine/pictures/listing.ts';
import { UserError } from '../../errors.ts';
import { usualThreads } from '../../cores.ts';
import { beginningFile } from './models.ts';
import { addSettings, number, readSettings } from './options.ts';
import { Output } from './output.ts';

interface Flags extends Record<string, unknown> {
  out: string;
  size: number;
  steps?: number;
  minutes?: number;
  batch: number;
  seed: number;
  channels: 'rgb' | 'rgba';
  holdout: number;
  engine: string;
  threads: number;
  checkpointEvery?: number;
  resume?: true;
  from?: string;
  also?: string;
  flip: boolean;
  jitter: number;
  zoom: number;
  rotate: number;
  colour: number;
  hue: number;
  json?: true;
}

/** What a training takes when neither --steps nor --minutes is given. */
const DEFAULT_MINUTES = 30;

export function addTrain(program: Command): void {
  const train = program
    .command('train')
    .description('train a model on your pictures')
    .usage('<family> DATASET --out RUN [options]');
  train
    .argument('[family]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action((family?: string) => {
      throw new UserError(
        `${family ? `There is no family "${family}"` : 'Say which family to train'}; there are: ${[...FAMILIES.keys()].join(', ')}`,
      );
    });
  for (const family of FAMILIES.values()) addFamily(train, family);
}

function addFamily(train: Command, family: Family): void {
  const command = train
    .command(family.id)
    .description(`${family.title} (${family.paper})`)
    .argument('<dataset>', 'folder of pictures')
    .requiredOption('--out <run>', "the run's folder")
    .option('--size <pixels>', 'height and width that it learns at', number(1, 4096), 256)
    .option('--steps <n>', 'how many steps to train', number(1, 1e9))
    .option('--minutes <m>', `how long to train (${DEFAULT_MINUTES} if neither is given)`, number(0.01, 1e6, 'any'))
    .option('--batch <n>', 'pictures a step', number(1, 64), family.batch)
    .option('--seed <n>', 'everything random follows from it', number(0, 2 ** 32), 1)
    .addOption(
      new Option('--channels <kind>', 'rgb flattens over white, rgba keeps alpha')
        .choices(['rgb', 'rgba'])
        .default('rgb'),
    )
    .option('--holdout <share>', 'share of the pictures set aside for previews and metrics', number(0, 0.9, 'any'), 0.1)
    .option('--engine <name>', 'what to train on', 'auto')
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--checkpoint-every <steps>', 'steps between checkpoints (250 or 60 s if not given)', number(1, 1e9))
    .option('--resume', 'go on where this run was; start where nothing is')
    .option('--from <model or run>', 'begin from a run or a model (at any size), whose settings are taken over')
    .option('--also <dataset>', 'of one set: pictures of another dataset to learn from beside these, never held out')
    .option('--flip', 'mirror pictures at random', family.varied)
    .option('--no-flip', 'do not')
    .option('--jitter <share>', 'random shift, 0 to 0.5 of the size', number(0, 0.5, 'any'), 0)
    .option('--zoom <share>', 'random enlargement, 0 to 1', number(0, 1, 'any'), 0)
    .option('--rotate <degrees>', 'random rotation, 0 to 180', number(0, 180, 'any'), 0)
    .option('--colour <share>', 'random colour of the inputs, 0 to 1', number(0, 1, 'any'), 0)
    .option(
      '--hue <degrees>',
      'random turn of all hues, alike in both pictures of a pair, 0 to 180: what is drawn then decides the colour',
      number(0, 180, 'any'),
      0,
    )
    .option('--json', 'one JSON object a line');
  addSettings(command, family);
  command.action((dataset: string, flags: Flags) => {
    const output = new Output(flags.json === true);
    const options = toOptions(family, dataset, begunWith(flags, command));
    warnOfUnread(dataset, output);
    return runTraining(options, output);
  });
}

interface Wanted {
  flags: Flags;
  /** The family's own, where no flag says otherwise. */
  settings: Record<string, unknown>;
}

/** The flags of a run that is resumed, where none are given, are those that it was begun with. @throws UserError */
function begunWith(flags: Flags, command: Command): Wanted {
  const folder = new RunFolder(flags.out);
  if (flags.resume !== true || !folder.exists()) return { flags, settings: {} };
  const { size, batch, seed, holdout, channels, augment, settings, steps, minutes } = folder.read();
  const begun = { size, batch, seed, holdout, channels: channels === 4 ? 'rgba' : 'rgb', ...augment };
  const unsaid = Object.entries(begun).filter(([name]) => command.getOptionValueSource(name) !== 'cli');
  const timed = flags.steps !== undefined || flags.minutes !== undefined;
  const time = timed ? {} : minutes !== null ? { minutes } : steps !== null ? { steps } : {};
  return { flags: { ...flags, ...Object.fromEntries(unsaid), ...time }, settings };
}

function toOptions(family: Family, dataset: string, { flags, settings }: Wanted): TrainOptions {
  if (flags.steps !== undefined && flags.minutes !== undefined)
    throw new UserError('Give --steps or --minutes, not both');
  const { out, size, batch, seed, holdout, threads, flip, jitter, zoom, rotate, colour, hue } = flags;
  const from = flags.from === undefined ? null : beginningFile(flags.from);
  return {
    family: family.id,
    settings: readSettings(family, flags, from === null ? settings : settingsOf(from, family)),
    ...{ dataset, also: flags.also ?? null, out, size, batch, seed, holdout, threads },
    channels: flags.channels === 'rgba' ? 4 : 3,
    augment: { flip, jitter, zoom, rotate, colour, hue },
    emphasis: null,
    steps: flags.steps ?? null,
    minutes: flags.steps === undefined ? (flags.minutes ?? DEFAULT_MINUTES) : null,
    engine: checkEngineName(flags.engine),
    background: false,
    checkpointEvery: flags.checkpointEvery ?? null,
    resume: flags.resume === true,
    from,
    fromStep: null,
  };
}

/** The settings of a run or a bare model of the family; of anything else none: the training says what is wrong with it. */
function settingsOf(from: string, family: Family): Record<string, unknown> {
  if (!existsSync(from)) return {};
  if (isRun(from)) {
    const run = readRun(from);
    return run.family === family.id ? run.settings : {};
  }
  if (statSync(from).isDirectory()) return {};
  const { metadata } = readModelFile(from);
  if (metadata['maquette.family'] !== family.id) return {};
  return JSON.parse(metadata['maquette.settings'] ?? '{}') as Record<string, unknown>;
}

/** Says which files of a dataset nothing reads. What is wrong with the dataset itself, the training says. */
function warnOfUnread(dataset: string, output: Output): void {
  const layout = existsSync(dataset) && statSync(dataset).isDirectory() ? layoutOf(dataset) : undefined;
  const skipped = layout ? unreadOf(dataset, layout) : [];
  if (skipped.length > 0) output.warning(saySkipped(skipped));
}

/** Trains, shows how it goes, and ends with status 130 when Ctrl-C stopped it. */
async function runTraining(options: TrainOptions, output: Output): Promise<void> {
  let total = options.steps;
  let heldOut = '';
  const training = startTraining(options, (event) => {
    output.event({ ...event });
    // Said once: the progress line shows how the number changes.
    if (event.event === 'budget' && total === null) output.line(`The time given is about ${event.steps} steps`);
    if (event.event === 'budget') total = event.steps;
    if (event.event === 'opened') total = event.steps ?? total;
    if (event.event === 'preview' && event.score) heldOut = `  held-out ${scoreInWords(event.score)}`;
    if (event.event === 'step')
      output.progress(
        event.step,
        total ?? event.step + 1,
        `${describe(event.losses)}  ${event.stepMs.toFixed(0)} ms${heldOut}`,
        event.leftMs,
      );
    else say(event, output);
  });
  const interrupt = (): void => {
    output.warning('stopping after this step; a checkpoint is saved (Ctrl-C again ends at once)');
    training.stop();
    process.exitCode = 130;
    process.once('SIGINT', () => process.exit(130));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await training.finished;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    output.end();
  }
}

const describe = (losses: Readonly<Record<string, number>>): string =>
  ['g', 'd'].flatMap((name) => (name in losses ? [`${name} ${losses[name]!.toFixed(3)}`] : [])).join('  ');

const scoreInWords = (score: HeldOutScore): string =>
  'l1' in score ? `L1 ${score.l1.toFixed(4)}` : `distance ${score.swd.toFixed(1)}`;

/** Events in words. */
function say(event: TrainEvent, output: Output): void {
  if (event.event === 'warning' || event.event === 'restarted') output.warning(event.message);
  else if (event.event === 'opened')
    output.line(
      `${event.train} pictures to learn from, ${event.heldOut} held out; ${(event.params / 1e6).toFixed(1)} million parameters, about ${inGigabytes(event.bytes)} of memory`,
    );
  else if (event.event === 'resumed') output.line(`Going on from step ${event.step}`);
  else if (event.event === 'preview')
    output.line(`step ${event.step}: ${event.score ? `held-out ${scoreInWords(event.score)}  ` : ''}${event.file}`);
  else if (event.event === 'stopped')
    output.line(`Stopped at step ${event.step}; go on with --resume. The model so far: ${event.model}`);
  else if (event.event === 'done') output.line(`Done after ${event.step} steps: ${event.model}`);
}
