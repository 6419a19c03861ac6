/** The small commands: samples, inspect, engines. */
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { reportEngines } from '../../engine/engines.ts';
import { shown } from '../../engine/inference/foreign.ts';
import { isRun } from '../../engine/training/run-folder.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { UserError } from '../../errors.ts';
import { kindOfFolder } from '../../studio/datasets/describe.ts';
import type { DatasetKind } from '../../studio/datasets/manifest.ts';
import { inspectDataset } from '../../studio/doctor.ts';
import { SAMPLE_NAMES, writeSample } from '../../studio/samples.ts';
import { physicalCores } from '../../cores.ts';
import { counted } from '../../counted.ts';
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
  const io = metadata['maquette.family'] ? null : await examineOther(file, physicalCores());
  if (io) output.line(`made by another tool; probably ${sayIo(io)}`);
  output.event({ event: 'done', kind: 'model', opset, nodes, parameters, inputs, outputs, metadata, io });
}

async function inspectPictures(folder: string, output: Output): Promise<void> {
  const { findings, summary, kind: content } = await inspectDataset(folder);
  for (const line of saySummary(content, summary)) output.line(line);
  for (const { message, files } of findings) {
    output.line(message);
    for (const file of files.slice(0, 10)) output.line(`    ${file}`);
    if (files.length > 10) output.line(`    and ${files.length - 10} more`);
  }
  if (findings.length === 0) output.line('Nothing is wrong with it.');
  for (const finding of findings) output.event({ event: 'finding', ...finding });
  output.event({ event: 'done', kind: 'dataset', content, ...summary, findings: findings.length });
}

export function addEngines(program: Command): void {
  program
    .command('engines')
    .description('what can train here, what is taken, and why not the others')
    .option('--threads <n>', 'processor threads', number(1, 256), physicalCores())
    .option('--json', 'one JSON object a line')
    .action(async (flags: { threads: number; json?: true }) => {
      const output = new Output(flags.json === true);
      const engines = await reportEngines(flags.threads);
      for (const { name, chosen, available, reason, device, selfTest, stepMs } of engines)
        output.line(
          `${chosen ? '*' : ' '} ${name.padEnd(11)}${available ? `${device}; ${reason}; self-test ${selfTest}${stepMs === null ? '' : `, ${stepMs} ms a step`}` : `not available: ${reason}`}`,
        );
      output.event({ event: 'done', engines });
    });
}
