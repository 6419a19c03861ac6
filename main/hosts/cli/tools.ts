/** The small commands: samples, inspect, engines. */
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { reportEngines, requireEngine } from '../../engine/engines.ts';
import { shown } from '../../engine/inference/foreign.ts';
import { isRun } from '../../engine/training/run-folder.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { UserError } from '../../errors.ts';
import { kindOfFolder } from '../../studio/datasets/describe.ts';
import type { DatasetKind } from '../../studio/datasets/manifest.ts';
import { inspectDataset } from '../../studio/doctor.ts';
import { SAMPLE_NAMES, writeSample } from '../../studio/samples.ts';
import { usualThreads } from '../../cores.ts';
import { counted, grouped } from '../../counted.ts';
import { examineOther, modelFile, sayIo } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';
import { saySummary } from './say-summary.ts';

export function addSamples(program: Command): void {
  const list = Object.entries(SAMPLE_NAMES).map(([name, says]) => `  ${name}: ${says}`);
  program
    .command('samples')
    .description(`write a sample dataset:\n${list.join('\n')}`)
    .argument('<name>', 'which sample')
    .requiredOption('--out <folder>', 'where to write it')
    .option('--count <n>', 'how many; all if not given', number(1, 1e6))
    .option('--json', 'one JSON object a line')
    .action(async (name: string, flags: { out: string; count?: number; json?: true }) => {
      const output = new Output(flags.json === true);
      const onProgress = (done: number, total: number): void => output.progress(done, total, name);
      const { items, written } = await writeSample(name, flags.out, {
        onProgress,
        ...(flags.count === undefined ? {} : { count: flags.count }),
      });
      output.end();
      output.line(`${WRITTEN[kindOfFolder(flags.out)](items)} in ${flags.out} (${written} files written)`);
      output.event({ event: 'done', n: items, written });
    });
}

/** What a sample has, by the kind of dataset that it is. */
const WRITTEN: Record<DatasetKind, (n: number) => string> = {
  pairs: (n) => counted(n, 'pair', 'pairs'),
  sets: (n) => `${n} of each set`,
  labelled: (n) => counted(n, 'picture', 'pictures'),
  pictures: (n) => counted(n, 'picture', 'pictures'),
};

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('what a model is, or what is wrong with a dataset')
    .argument('<path>', 'a model (.onnx), a run, or a folder of pictures')
    .option('--json', 'one JSON object a line')
    .action(async (path: string, flags: { json?: true }) => {
      const output = new Output(flags.json === true);
      if (!existsSync(path)) throw new UserError(`${path} does not exist; check the path`);
      if (!statSync(path).isDirectory() || isRun(path)) await inspectModel(modelFile(path), output);
      else await inspectPictures(path, output);
    });
}

async function inspectModel(file: string, output: Output): Promise<void> {
  const { metadata, inputs, outputs, opset, nodes, parameters } = readModelFile(file);
  const shape = (given: (typeof inputs)[number]): string => `${given.name} ${shown(given)}`;
  output.line(`${file}: ONNX opset ${opset}, ${nodes} nodes, ${(parameters / 1e6).toFixed(2)} million parameters`);
  output.line(`takes ${inputs.map(shape).join(', ')}; gives ${outputs.map(shape).join(', ')}`);
  for (const [key, value] of Object.entries(metadata)) output.line(`  ${key} = ${value}`);
  const io = metadata['maquette.family'] ? null : await examineOther(file, usualThreads());
  if (io) output.line(`made by another tool; probably ${sayIo(io)}`);
  output.event({ event: 'done', kind: 'model', opset, nodes, parameters, inputs, outputs, metadata, io });
}

async function inspectPictures(folder: string, output: Output): Promise<void> {
  const { findings, summary, kind: content } = await inspectDataset(folder);
  for (const line of saySummary(content, summary)) output.line(line);
  for (const { message, files } of findings) {
    output.line(message);
    for (const file of files.slice(0, 10)) output.line(`    ${file}`);
    if (files.length > 10) output.line(`    and ${grouped(files.length - 10)} more`);
  }
  if (findings.length === 0) output.line('Nothing is wrong with it.');
  for (const finding of findings) output.event({ event: 'finding', ...finding });
  output.event({ event: 'done', kind: 'dataset', content, ...summary, findings: findings.length });
  if (summary.train + summary.heldOut === 0)
    throw new UserError(`There is nothing in ${folder} to learn from: ${TO_LEARN[content]}`);
}

/** What a dataset of each kind needs, where it has nothing of it. */
const TO_LEARN: Record<DatasetKind, string> = {
  pairs: 'give an input in A/ and what it should become in B/ the same name',
  sets: 'put the pictures of one set into trainA/, and those of the other into trainB/',
  labelled: 'put each picture into a folder with the name of its label',
  pictures: 'put pictures into it',
};

export function addEngines(program: Command): void {
  program
    .command('engines')
    .description('what can train here, what is taken, and why not the others')
    .argument('[folder]', 'with --install: where what it needs lies')
    .option('--install <engine>', 'build an engine from what is in a folder of yours: tensorflow, from a libtensorflow')
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--json', 'one JSON object a line')
    .action(async (folder: string | undefined, flags: { install?: string; threads: number; json?: true }) => {
      const output = new Output(flags.json === true);
      if (flags.install !== undefined) await installEngine(flags.install, folder, output);
      else if (folder !== undefined) throw new UserError('A folder is only needed with --install ENGINE');
      const engines = await reportEngines(flags.threads);
      for (const { name, chosen, available, reason, device, selfTest, stepMs } of engines)
        output.line(
          `${chosen ? '*' : ' '} ${name.padEnd(13)}${available ? `${device}; ${reason}; self-test ${selfTest}${stepMs === null ? '' : `, ${stepMs} ms a step`}` : `not available: ${reason}`}`,
        );
      output.event({ event: 'done', engines });
    });
}

async function installEngine(name: string, folder: string | undefined, output: Output): Promise<void> {
  const engine = requireEngine(name);
  if (!engine.install) throw new UserError(`The engine "${name}" has nothing to be installed`);
  if (folder === undefined) throw new UserError(`Say where it is: maquette engines --install ${name} FOLDER`);
  output.line(await engine.install(folder, (line) => output.line(line)));
}
