/** `maquette serve` and `maquette studio`: the window. What they need is loaded when they are called. */
import type { Command } from 'commander';
import { number } from './options.ts';
import { Output } from './output.ts';

interface ServeFlags {
  port?: number;
  host: string;
  open: boolean;
  json?: true;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('the studio in a browser; called again, a fresh one-time link to it')
    .option('--port <n>', 'the port; any free one if not given', number(0, 65535))
    .option('--host <address>', 'the address to listen at', '127.0.0.1')
    .option('--no-open', 'print the address, and open no window')
    .option('--json', 'one JSON object a line')
    .action((flags: ServeFlags) => serveStudio(flags));
}

export function addStudio(program: Command): void {
  program
    .command('studio', { isDefault: false })
    .description('the studio in Electron, else as `serve`')
    .action(async () => {
      const { openElectron } = await import('../electron-binary.ts');
      const output = new Output(false);
      const missing = await openElectron((line) => output.line(line));
      if (missing === null) return;
      output.line(missing);
      await serveStudio({ host: '127.0.0.1', open: true });
    });
}

async function serveStudio({ port, host, open, json }: ServeFlags): Promise<void> {
  const { serve } = await import('../browser.ts');
  const output = new Output(json === true);
  if (host !== '127.0.0.1' && host !== 'localhost')
    output.warning(
      `listening at ${host} without encryption: whoever reads the network reads the link; prefer an SSH tunnel`,
    );
  await serve({
    port: port ?? null,
    hostname: host,
    open,
    listening: (url, how, window) => {
      const where =
        window === null ? `Open ${url} (the link works once)` : `The studio is open in a window of ${window}`;
      output.line(how === 'running' ? `The studio is running already. ${where}` : `${where}. Ctrl-C ends it.`);
      output.event({ event: 'listening', url });
    },
  });
}
