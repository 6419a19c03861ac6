/**
 * `maquette bench upscale PICTURE|DIR...`: upscalers beside plain enlarging, on pictures that are made smaller first, by
 * the protocol of enlarge.ts.
 */
import { Option, type Command } from 'commander';
import { physicalCores } from '../../cores.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { readyUpscalers } from '../../engine/inference/ready-upscalers.ts';
import { openUpscaler } from '../../engine/inference/upscale-files.ts';
import { collectPictures } from '../../studio/collect-pictures.ts';
import { EnlargingTotal, enlargeBy, FILTERS, PLAIN, sayScores, taskOf, type Enlarge } from './enlarge.ts';
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
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
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
  try {
    for (const factor of only === undefined ? FACTORS : [only]) {
      const totals = new Map(ways.map(([name]) => [name, { scores: new EnlargingTotal(), ms: 0 }]));
      let pixels = 0;
      for (const { file } of pictures) {
        const { truth, small } = await taskOf(file, factor, FILTERS[smaller]);
        pixels += small.width * small.height;
        for (const [name, enlarge] of ways) {
          const began = performance.now();
          const result = await enlarge(small, truth);
          const total = totals.get(name)!;
          total.ms += performance.now() - began;
          total.scores.add(result, truth, factor);
        }
      }
      for (const [way, total] of totals) {
        const { n, ...scores } = total.scores.scores();
        const msPerMegapixel = total.ms / (pixels / 1e6);
        output.line(
          `${factor}x  ${way.padEnd(16)} ${sayScores({ n, ...scores })}  ${Math.round(msPerMegapixel)} ms a megapixel`,
        );
        output.event({ event: 'scored', factor, way, pictures: n, ...scores, msPerMegapixel });
      }
    }
  } finally {
    for (const [, model] of upscalers) model.release();
  }
}
