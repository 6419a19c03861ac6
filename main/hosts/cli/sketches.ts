/** `maquette sketches`: pairs from finished art alone. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../../counted.ts';
import { saySkipped } from '../../engine/pictures/listing.ts';
import { STYLES, type StyleName } from '../../studio/datasets/drawing.ts';
import { makeSketches, suggestStyles } from '../../studio/datasets/sketches.ts';
import { everyWay, type Way } from '../../studio/datasets/ways.ts';
import { Output } from './output.ts';

interface Flags {
  out: string;
  style?: string[];
  strength: string[];
  json?: true;
}

export function addSketches(program: Command): void {
  program
    .command('sketches')
    .description('draw finished pictures, so that drawing and picture become pairs to learn from')
    .argument('<dataset>', 'a folder of finished pictures, or of pairs in A/ and B/, whose B side is drawn')
    .requiredOption('--out <folder>', 'where to write the pairs')
    .option(
      '--style <names...>',
      `how they are drawn: ${Object.keys(STYLES).join(', ')}, or as ink@0.5 at a strength of its own; if not given with their colours, where they have some`,
    )
    .option('--strength <numbers...>', 'from 0 (few, bold lines) to 1 (many, fine lines)', ['0.5'])
    .option('--json', 'one JSON object a line')
    .action(async (dataset: string, { out, strength, json, ...flags }: Flags) => {
      const output = new Output(json === true);
      const named = flags.style ?? (await suggestStyles(dataset));
      const drawings = named.flatMap((each) => waysOf(each, strength.map(Number)));
      const styles = [...new Set(drawings.map(({ style }) => style))];
      const { count, skipped, notRead } = await makeSketches({
        ...{ folder: dataset, out, title: basename(resolve(out)), drawings },
        onProgress: (done, total) => output.progress(done, total, 'drawing'),
      });
      output.end();
      for (const { file, why } of skipped) output.warning(`${file} was left out: ${why}`);
      if (notRead.length > 0) output.warning(saySkipped(notRead));
      output.line(`${counted(count, 'pair', 'pairs')} in ${out}, drawn as ${styles.join(', ')}`);
      output.event({ event: 'done', n: count, styles, skipped, notRead });
    });
}

/** What a named style means: at every strength, or at the one that stands behind it. A style that is none is refused later. */
function waysOf(named: string, strengths: readonly number[]): Way[] {
  const [style, own] = named.split('@') as [StyleName, string?];
  return everyWay([style], own === undefined ? strengths : [Number(own)]);
}
