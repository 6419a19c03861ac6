/**
 * `maquette bench upscale PICTURE|DIR...`: upscalers beside plain enlarging, on pictures that are made smaller first, by
 * the protocol of enlarge.ts.
 */
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { counted } from '../../counted.ts';
import { usualThreads } from '../../cores.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { readyUpscalers } from '../../engine/inference/ready-upscalers.ts';
import { openUpscaler } from '../../engine/inference/upscale-files.ts';
import { collectPictures } from '../../studio/collect-pictures.ts';
import { compareWays, enlargeBy, FILTERS, PLAIN, sayScores, type Enlarge } from './enlarge.ts';
import { upscalerFile } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

const FACTORS = [2, 4];

interface Flags {
  model?: string[];
  factor?: number;
  smaller: keyof typeof FILTERS;
  threads: number;
  json?: true;
}

export function addBenchUpscale(bench: Command): void {
  bench
    .command('upscale')
    .description('how well, and how fast, the upscalers bring back pictures that were made smaller')
    .argument('<pictures...>', 'pictures, or folders of them')
    .option('--model <name or model...>', 'which upscalers; all that are brought along if nothing is said')
    .option('--factor <n>', 'how many times smaller; 2 and 4 if nothing is said', number(2, 8))
    .addOption(
      new Option('--smaller <filter>', 'what makes them smaller').choices(Object.keys(FILTERS)).default('lanczos'),
    )
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--json', 'one JSON object a line')
    .action(benchUpscale);
}

async function benchUpscale(
  paths: readonly string[],
  { model: wanted = readyUpscalers().map(({ id }) => id), factor: only, smaller, threads, json }: Flags,
): Promise<void> {
  const output = new Output(json === true);
  const files = wanted.map((name) => [name, upscalerFile(name)] as const);
  startRuntime(threads);
  const { pictures } = await collectPictures(paths);
  const upscalers = files.map(([name, file]) => [name, openUpscaler(file)] as const);
  const ways: [string, Enlarge][] = [
    ...Object.entries(PLAIN),
    ...upscalers.map(([name, model]): [string, Enlarge] => [name, enlargeBy(model)]),
  ];
  const factors = only === undefined ? FACTORS : [only];
  // Stopped before its end it says what is known until then; stopped again it ends at once.
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    for (const [, model] of upscalers) model.interrupt();
  };
  process.once('SIGINT', stop);
  const [total, names] = [factors.length * pictures.length * ways.length, pictures.map(({ file }) => file)];
  let done = 0;
  output.progress(0, total, '');
  try {
    for (const factor of factors) {
      if (stopping.signal.aborted) break;
      const totals = await compareWays(names, ways, {
        ...{ factor, filter: FILTERS[smaller], signal: stopping.signal },
        onDone: (file, way) => output.progress(++done, total, `${way}, ${factor}x, ${basename(file)}`),
      });
      for (const [way, { scores: sum, msPerMegapixel }] of totals) {
        const { n, ...scores } = sum.scores();
        if (n === 0) continue;
        output.line(
          `${factor}x  ${way.padEnd(16)} ${sayScores({ n, ...scores })}  ${Math.round(msPerMegapixel)} ms a megapixel`,
        );
        output.event({ event: 'scored', factor, way, pictures: n, ...scores, msPerMegapixel });
      }
      const seen = totals.get(ways[0]![0])!.scores.scores().n;
      if (seen < names.length)
        output.warning(
          `stopped: ${factor}x is judged by ${counted(seen, 'picture', 'pictures')} of ${pictures.length}`,
        );
    }
  } finally {
    output.end();
    process.off('SIGINT', stop);
    for (const [, model] of upscalers) model.release();
  }
}
