/** The command line: a table of contents, and how it ends. */
import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import { VERSION } from '../root.ts';
import { addBench } from './cli/bench.ts';
import { addEvaluate } from './cli/evaluate.ts';
import { addServe, addStudio } from './cli/studio.ts';
import { addEngines, addInspect, addSamples } from './cli/tools.ts';
import { addTrain } from './cli/train.ts';
import { addTranslate } from './cli/translate.ts';

/** Every command, in the order of the help. Commander hands the settings to the commands that are added after them. */
function commands(): Command {
  const program = new Command('maquette')
    .description('Train GANs on your own pictures, and translate with them.')
    .version(VERSION);
  program.exitOverride().configureOutput({
    outputError: (text, write) =>
      write(
        `maquette: ${text
          .trim()
          .replace(/^error: /, '')
          .replaceAll('\n', ' ')}\n`,
      ),
  });
  for (const add of [
    addSamples,
    addTrain,
    addTranslate,
    addEvaluate,
    addInspect,
    addEngines,
    addBench,
    addServe,
    addStudio,
  ])
    add(program);
  return program;
}

/** Exit status: 0 success, 2 wrong usage or bad input (one line), 1 a fault of ours (with its stack), 130 Ctrl-C. */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof UserError) {
    process.stderr.write(`maquette: ${error.message}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(
      `maquette: this is a fault of Maquette, please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}

// A reader that has gone (`maquette ... | head`) ends the program quietly, as it does every tool.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

await commands().parseAsync().catch(fail);
