/** What `translate` and `upscale` share: which pictures are meant, what is told of each, and how it ends. */
import { basename } from 'node:path';
import type { FilesOptions } from '../../engine/inference/translate-files.ts';
import type { Translator } from '../../engine/inference/translator.ts';
import { saySkipped } from '../../engine/pictures/listing.ts';
import { collectPictures } from '../../studio/collect-pictures.ts';
import { counted, grouped } from '../../counted.ts';
import type { Output } from './output.ts';

export async function workOnPictures(
  paths: readonly string[],
  { out, onlyMissing = false }: { out: string; onlyMissing?: boolean | undefined },
  { output, model }: { output: Output; model: Translator },
  work: (options: FilesOptions) => Promise<number>,
): Promise<void> {
  const { pictures, skipped, renamed } = await collectPictures(paths);
  if (skipped.length > 0) output.warning(saySkipped(skipped));
  for (const { file, why } of renamed) output.warning(`${file} ${why}`);
  const began = performance.now();
  const written = await work({
    ...{ pictures, out, onlyMissing },
    onNote: ({ file }, note) => output.warning(`${file}: ${note}`),
    onPicture: ({ input, output: target, problem }, done, total) => {
      if (target === null) output.warning(`${problem ?? input}; left out`);
      else output.event({ event: 'picture', input, output: target });
      output.progress(done, total, basename(input));
    },
  });
  output.end();
  if (model.refused !== null) output.warning(model.refused);
  const ms = Math.round(performance.now() - began);
  const failed = pictures.length - written;
  output.line(
    [
      `${counted(written, 'picture', 'pictures')} in ${out}`,
      ...(model.device === null ? [] : [`by ${model.device}`]),
      ...(failed > 0 ? [`${grouped(failed)} left out`] : []),
      ...(skipped.length > 0 ? [`${counted(skipped.length, 'file', 'files')} not read`] : []),
    ].join(', '),
  );
  output.event({
    event: 'done',
    n: written,
    failed,
    skipped,
    ms,
    ortMs: Math.round(model.ortMs),
    device: model.device,
  });
}
