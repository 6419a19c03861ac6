/** The command line: a table of contents, and how it ends. */
import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import { VERSION } from '../root.ts';

type Add = (program: Command) => void;

/** Every command, in the order of the help. Only the one that is called is loaded: `serve` needs no engine, say. */
const COMMANDS: Record<string, () => Promise<Add>> = {
  samples: async () => (await import('./cli/tools.ts')).addSamples,
  train: async () => (await import('./cli/train.ts')).addTrain,
  translate: async () => (await import('./cli/translate.ts')).addTranslate,
  upscale: async () => (await import('./cli/upscale.ts')).addUpscale,
  generate: async () => (await import('./cli/generate.ts')).addGenerate,
  interpolate: async () => (await import('./cli/generate.ts')).addInterpolate,
  project: async () => (await import('./cli/project.ts')).addProject,
  evaluate: async () => (await import('./cli/evaluate.ts')).addEvaluate,
  inspect: async () => (await import('./cli/tools.ts')).addInspect,
  halve: async () => (await import('./cli/halve.ts')).addHalve,
  engines: async () => (await import('./cli/tools.ts')).addEngines,
  bench: async () => (await import('./cli/bench.ts')).addBench,
  serve: async () => (await import('./cli/studio.ts')).addServe,
  studio: async () => (await import('./cli/studio.ts')).addStudio,
};

/** The program. Commander hands the settings to the commands that are added after them. */
async function commands(called: string | undefined): Promise<Command> {
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
  const wanted = called !== undefined && Object.hasOwn(COMMANDS, called) ? [called] : Object.keys(COMMANDS);
  for (const name of wanted) (await COMMANDS[name]!())(program);
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

await commands(process.argv[2])
  .then((program) => program.parseAsync())
  .catch(fail);
