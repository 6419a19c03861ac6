/** The command line, and how it ends. */
import { CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import { commands } from './cli/commands.ts';

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
