/** `maquette translate MODEL|RUN PICTURE|DIR... --out DIR` */
import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { startRuntime } from '../../engine/ort.ts';
import { decodePicture, encodePng, fromPlanar, listPictures, toPlanar, type Picture } from '../../engine/pictures.ts';
import { translateTiled } from '../../engine/tiles.ts';
import type { Translator } from '../../engine/translator.ts';
import { UserError } from '../../errors.ts';
import { ensureWritableFolder } from '../../files.ts';
import { awaitedLater } from '../../pool.ts';
import { openTranslator } from './models.ts';
import { number, physicalCores } from './options.ts';
import { Output } from './output.ts';

interface Flags {
  out: string;
  tile?: true;
  strength: number;
  threads: number;
  json?: true;
}

export function addTranslate(program: Command): void {
  program
    .command('translate')
    .description('translate pictures with a trained model')
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<pictures...>', 'pictures, or folders of them')
    .requiredOption('--out <folder>', 'where to write <name>.png')
    .option('--tile', "work at each picture's own size, in overlapping tiles")
    .option('--strength <s>', '0 gives the input, 1 the translation', number(0, 1, 'any'), 1)
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
    .option('--json', 'one JSON object a line')
    .action(translate);
}

async function translate(model: string, paths: readonly string[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  startRuntime(flags.threads);
  const translator = openTranslator(model);
  const files = collect(paths);
  ensureWritableFolder(flags.out);
  const began = performance.now();
  let written = 0;
  let encoding: Promise<void> = Promise.resolve();
  // While one picture is translated, the next is opened and the last is written.
  let next = awaitedLater(open(files[0]!.file, translator, flags));
  for (const [i, { file, stem }] of files.entries()) {
    const opened = await next;
    const following = files[i + 1];
    if (following) next = awaitedLater(open(following.file, translator, flags));
    if (opened instanceof UserError) {
      if (files.length === 1) throw opened;
      output.warning(`${opened.message}; left out`);
      continue;
    }
    const result = await translateOne(translator, opened, flags);
    await encoding;
    const target = join(flags.out, `${stem}.png`);
    encoding = awaitedLater(encodePng(result, target));
    written++;
    output.event({ event: 'picture', input: file, output: target });
    output.progress(i + 1, files.length, basename(file));
  }
  await encoding;
  output.end();
  if (written === 0) throw new UserError('None of the pictures could be read');
  const ms = performance.now() - began;
  output.line(`${written} pictures in ${flags.out}`);
  output.event({ event: 'done', n: written, ms: Math.round(ms), ortMs: Math.round(translator.ortMs) });
}

/** Opens a picture, or gives the reason why not, so that one bad picture does not end a batch. */
async function open(file: string, { size, channels }: Translator, { tile }: Flags): Promise<Picture | UserError> {
  try {
    return await decodePicture(file, tile ? { channels } : { width: size, height: size, channels });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function translateOne(translator: Translator, picture: Picture, { tile, strength }: Flags): Promise<Picture> {
  const { width, height, channels } = picture;
  const planes = toPlanar(picture);
  const result = tile
    ? await translateTiled({ data: planes, channels, width, height }, translator.size, (each) => translator.run(each))
    : await translator.run(planes);
  if (strength < 1)
    for (let i = 0; i < result.length; i++) result[i] = planes[i]! + strength * (result[i]! - planes[i]!);
  return fromPlanar(result, width, height, channels);
}

/** The pictures that the paths mean, each with the name that it is written under. @throws UserError */
function collect(paths: readonly string[]): { file: string; stem: string }[] {
  const files = paths.flatMap((path) => {
    if (!existsSync(path)) throw new UserError(`${path} does not exist; check the path`);
    return statSync(path).isDirectory() ? listPictures(path) : [path];
  });
  if (files.length === 0) throw new UserError(`There are no pictures in ${paths.join(', ')}`);
  const stems = new Map<string, string>();
  return files.map((file) => {
    const stem = basename(file, extname(file));
    const other = stems.get(stem);
    if (other !== undefined)
      throw new UserError(
        `${other} and ${file} would both be written as ${stem}.png; translate them one after the other`,
      );
    stems.set(stem, file);
    return { file, stem };
  });
}
