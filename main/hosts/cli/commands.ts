/** Every command of the program. */
import { Command } from 'commander';
import { VERSION } from '../../root.ts';

type Add = (program: Command) => void;

/** Every command, in the order of the help. Only the one that is called is loaded: `serve` needs no engine, say. */
const COMMANDS: Record<string, () => Promise<Add>> = {
  samples: async () => (await import('./tools.ts')).addSamples,
  sketches: async () => (await import('./sketches.ts')).addSketches,
  train: async () => (await import('./train.ts')).addTrain,
  translate: async () => (await import('./translate.ts')).addTranslate,
  upscale: async () => (await import('./upscale.ts')).addUpscale,
  generate: async () => (await import('./generate.ts')).addGenerate,
  interpolate: async () => (await import('./generate.ts')).addInterpolate,
  project: async () => (await import('./project.ts')).addProject,
  evaluate: async () => (await import('./evaluate.ts')).addEvaluate,
  inspect: async () => (await import('./tools.ts')).addInspect,
  halve: async () => (await import('./halve.ts')).addHalve,
  engines: async () => (await import('./tools.ts')).addEngines,
  bench: async () => (await import('./bench.ts')).addBench,
  serve: async () => (await import('./studio.ts')).addServe,
  studio: async () => (await import('./studio.ts')).addStudio,
};

/**
 * The program. Commander hands the settings to the commands that are added after them.
 * @param called the only command that is wanted; all of them where it is none of ours
 */
export async function commands(called?: string): Promise<Command> {
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
