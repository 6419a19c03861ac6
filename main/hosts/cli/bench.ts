/** `maquette bench train|infer|upscale`: how fast this machine is, beside what ONNX Runtime's matrix product reaches. */
import type { Command } from 'commander';
import { FAMILIES } from '../../../models/families/index.ts';
import { Random } from '../../../models/graph/random.ts';
import { input } from '../../../models/graph/tensor.ts';
import { matmul } from '../../../models/graph/operators/matmul.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { Session, startRuntime, Value } from '../../engine/cpu/ort.ts';
import { fromPlanar, toPlanar } from '../../engine/pictures/pictures.ts';
import { requireFamily } from '../../engine/training/known-family.ts';
import type { Execution } from '../../engine/engine.ts';
import { chooseEngine } from '../../engine/engines.ts';
import { usualThreads } from '../../cores.ts';
import { addBenchUpscale } from './bench-upscale.ts';
import { number, readSettings } from './options.ts';
import { Output } from './output.ts';

interface Flags extends Record<string, unknown> {
  family: string;
  size: number;
  width: number;
  batch: number;
  engine: string;
  steps: number;
  threads: number;
  profile?: string;
  json?: true;
}

const WARMUP = 3;
/** What families that want labels are measured with. */
const LABELS = ['a', 'b'];

export function addBench(program: Command): void {
  const bench = program.command('bench').description('measure this machine');
  addBenchUpscale(bench);
  for (const [name, description, run] of [
    ['train', 'a training step', benchTrain],
    ['infer', 'a translation', benchInfer],
  ] as const)
    bench
      .command(name)
      .description(description)
      .option('--family <family>', [...FAMILIES.keys()].join(', '), 'pix2pix')
      .option('--size <pixels>', 'height and width', number(32, 1024), 256)
      .option('--width <n>', 'channels of the outermost layers', number(1, 256), 64)
      .option('--batch <n>', 'pictures a step, of training', number(1, 64), 1)
      .option('--engine <name>', 'what to measure', 'auto')
      .option('--blocks <n>', 'residual blocks, of families that have them')
      .option('--steps <n>', 'how many to time', number(1, 10_000), 10)
      .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
      .option('--profile <prefix>', "write ONNX Runtime's trace of every kernel")
      .option('--json', 'one JSON object a line')
      .action(run);
}

async function openExecution(flags: Flags): Promise<Execution> {
  const { size, width, batch, threads, profile } = flags;
  const family = requireFamily(flags.family, { size, channels: 3 });
  const settings = readSettings(family, { ...flags, width: String(width) });
  const program = family.program({ size, channels: 3, batch, labels: LABELS }, settings);
  const engine = await chooseEngine(flags.engine, threads);
  const execution = await engine.open(program, {
    ...{ seed: 1, threads },
    ...(profile ? { profile } : {}),
  });
  await execution.initialise(1);
  for (const [name, port] of Object.entries(program.inputs)) {
    const length = port.kind === 'picture' ? port.channels * size * size : port.labels.length;
    await execution.write(name, fillRandom(new Float32Array(batch * length)));
  }
  return execution;
}

function fillRandom(data: Float32Array): Float32Array {
  const random = new Random(1, 'bench');
  for (let i = 0; i < data.length; i++) data[i] = random.uniform() * 2 - 1;
  return data;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const rounded = (value: number): number => Math.round(value * 100) / 100;

async function benchTrain(flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  startRuntime(flags.threads);
  const execution = await openExecution(flags);
  const times: number[] = [];
  for (let step = 0; step < WARMUP + flags.steps; step++) {
    const began = performance.now();
    await execution.step(step, 'main', Infinity);
    await execution.reports();
    if (step >= WARMUP) times.push(performance.now() - began);
    output.progress(step + 1, WARMUP + flags.steps, `${(performance.now() - began).toFixed(0)} ms`);
  }
  output.end();
  const stepMs = median(times);
  const peakRssMb = rounded(process.resourceUsage().maxRSS / 1024);
  const { flops, parameterCount: params } = execution;
  await execution.dispose();
  const result = {
    params,
    stepMs: rounded(stepMs),
    gflops: rounded(flops / stepMs / 1e6),
    matmulGflops: rounded(matmulGflops()),
    peakRssMb,
  };
  output.line(
    `${(params / 1e6).toFixed(1)} million parameters, ${(flops / 1e9).toFixed(1)} GFLOP a step: ${result.stepMs} ms, ${result.gflops} GFLOP/s (a 1024 x 1024 MatMul: ${result.matmulGflops}), peak memory ${peakRssMb} MB`,
  );
  output.event({ event: 'done', ...result });
}

/** What ONNX Runtime reaches in a product of two 1024 x 1024 matrices. */
function matmulGflops(): number {
  const n = 1024;
  const session = new Session(
    writeOnnx({ c: matmul(input('a', [n, n]), input('b', [n, n]), {}) }, { target: 'cpu' }).bytes,
  );
  const [a, b, c] = [Value.zeros([n, n]), Value.zeros([n, n]), Value.zeros([n, n])];
  fillRandom(a.data);
  fillRandom(b.data);
  const call = session.bind({ a, b }, { c });
  const times = Array.from({ length: 20 }, () => {
    const began = performance.now();
    call.run();
    return performance.now() - began;
  });
  session.release();
  return (2 * n ** 3) / median(times) / 1e6;
}

/** From pixels to pixels; `ortMs` is the part that ONNX Runtime took. */
async function benchInfer(flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  startRuntime(flags.threads);
  const execution = await openExecution({ ...flags, batch: 1 });
  const { size } = flags;
  const picture = fromPlanar(fillRandom(new Float32Array(3 * size * size)), size, size, 3);
  const [all, ort]: [number[], number[]] = [[], []];
  for (let i = 0; i < WARMUP + flags.steps; i++) {
    const began = performance.now();
    const planes = toPlanar(picture);
    const ready = performance.now();
    const { output: result } = await execution.infer(0, { input: planes });
    const inferred = performance.now();
    fromPlanar(result!, size, size, 3);
    if (i < WARMUP) continue;
    all.push(performance.now() - began);
    ort.push(inferred - ready);
  }
  await execution.dispose();
  const result = { ms: rounded(median(all)), ortMs: rounded(median(ort)) };
  output.line(`${result.ms} ms a picture, ${result.ortMs} of them in ONNX Runtime`);
  output.event({ event: 'done', ...result });
}
