/**
 * The GPU engine on the card at hand, in one go of a few minutes: who it is, whether it computes what the CPU engine does,
 * how long a step takes, and where the time goes. `bench/webgpu.sh` packs and starts it; `--small` rehearses it on a
 * software driver.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { FAMILIES } from '../models/families/index.ts';
import { stepsOf, type Program } from '../models/families/program.ts';
import { Random } from '../models/graph/random.ts';
import { cpu } from '../main/engine/cpu/index.ts';
import { openDevice } from '../main/engine/webgpu/device.ts';
import { GpuExecution } from '../main/engine/webgpu/execution.ts';
import type { Gpu } from '../main/engine/webgpu/gpu.ts';
import { timeKernels } from '../main/engine/webgpu/profile.ts';
import type { MatrixTuning, Tuning } from '../main/engine/webgpu/tiling.ts';
import { TRUSTED, type Precision } from '../main/engine/webgpu/probe.ts';
import { TRIED_STEPS, trustedBy, trustedInHalf } from '../main/engine/self-test/trusted.ts';
import { selfTest } from '../main/engine/self-test/self-test.ts';
import { triedOn } from '../main/engine/webgpu/tried.ts';

const small = process.argv.includes('--small');
/** Which part to run: each is a process of its own, as a driver that dies takes no other with it. */
const part = process.argv.find((each) => /^(test|time|tune|drift)$/.test(each)) ?? 'time';
/** Where `tune` leaves the fastest tiles, which the other parts then take. */
const FASTEST = 'fastest.json';
const began = performance.now();
const say = (text: string): void =>
  console.log(`[${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s] ${text}`);

interface Config {
  family: string;
  size: number;
  width: number;
  batch: number;
  settings?: Record<string, unknown>;
}
const pix2pix = (size: number, width: number, batch: number): Config => ({ family: 'pix2pix', size, width, batch });
const CONFIGS: Config[] = small
  ? [pix2pix(32, 8, 1), { family: 'cgan', size: 32, width: 8, batch: 2 }]
  : [
      ...[1, 4, 16].map((batch) => pix2pix(256, 64, batch)),
      ...[1, 4, 16].map((batch) => pix2pix(128, 32, batch)),
      ...[1, 4, 16].map((batch) => pix2pix(64, 32, batch)),
      { family: 'cyclegan', size: 128, width: 32, batch: 1 },
    ];
const PROFILED = small ? [pix2pix(32, 8, 1)] : [pix2pix(256, 64, 1), pix2pix(256, 64, 16)];

function programOf({ family: id, size, width, batch, settings }: Config): Program {
  const family = FAMILIES.get(id)!;
  return family.program(
    { size, channels: 3, batch, labels: ['a', 'b'] },
    family.settings.parse({ width, ...settings }),
  );
}

const picture = (step: number, name: string, { batch, size }: Config): Float32Array => {
  const random = new Random(step, name);
  return new Float32Array(batch * 3 * size * size).map(() => 2 * random.uniform() - 1);
};

/** The precisions that the card has. */
const precisions = ({ info }: Gpu): Precision[] => (info.matrixLanes > 0 ? ['mixed', 'single'] : ['single']);

async function test(gpu: Gpu): Promise<void> {
  for (const precision of precisions(gpu)) {
    const trusted = small
      ? trustedBy(cpu, 2, [{ family: 'pix2pix', size: 32, width: 8 }])
      : TRUSTED[precision](cpu, TRIED_STEPS);
    say(`self-test, ${precision}: ${JSON.stringify(await selfTest(triedOn(gpu, precision), trusted))}`);
  }
}

/** One block of numbers from N(0, 0.02), again and again: drawing 57 million takes longer than all the steps. */
const BLOCK = new Random(7, 'weights').normal(new Float32Array(1 << 16), 0, 0.02);

/** Weights that make a network compute what a fresh one does; zeros would not be a fair timing. */
async function begin(execution: GpuExecution): Promise<void> {
  const weights = execution.blank().tensors.filter(({ name }) => !name.includes('#'));
  for (const { data, shape } of weights)
    if (shape.length > 1)
      for (let at = 0; at < data.length; at += BLOCK.length) data.set(BLOCK.subarray(0, data.length - at), at);
  const averages = execution.blank().tensors.filter(({ name }) => name.endsWith('#ema'));
  const byName = new Map(weights.map(({ name, data }) => [name, data]));
  const averaged = averages.map((each) => ({ ...each, data: byName.get(each.name.slice(0, -'#ema'.length))! }));
  await execution.load({ tensors: [...weights, ...averaged], updates: {}, pools: {} });
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1]!;

async function time(gpu: Gpu, config: Config, tuning: Tuning, blocks = 3): Promise<GpuExecution & { ms: number }> {
  const program = programOf(config);
  const compiling = performance.now();
  const execution = await GpuExecution.create(gpu, program, { seed: 7, tuning });
  const compiled = performance.now() - compiling;
  await begin(execution);
  for (const [name, port] of Object.entries(program.inputs))
    if (port.kind === 'picture') await execution.write(name, picture(0, name, config));
    else
      await execution.write(
        name,
        new Float32Array(2 * config.batch).map((_, i) => ((i % 4) % 3 === 0 ? 1 : 0)),
      );
  let step = 0;
  const block = async (count: number): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < count; i++) await execution.step(step++, 'main', Infinity);
    await gpu.done();
    return (performance.now() - start) / count;
  };
  // Clocks sink while kernels compile: they come up again within a second of work.
  const rising = performance.now();
  let first = await block(small ? 1 : 5);
  while (!small && performance.now() - rising < 1000) first = await block(5);
  const count = small ? 2 : Math.max(5, Math.min(100, Math.round(400 / first)));
  const times: number[] = [];
  for (let i = 0; i < (small ? 2 : blocks); i++) times.push(await block(count));
  const encoding = performance.now();
  void execution.step(step++, 'main', Infinity);
  const encoded = performance.now() - encoding;
  await gpu.done();
  const dispatches = [...execution.plans.values()].reduce((total, { items }) => total + items.length, 0);
  const ms = median(times);
  say(
    `${config.family} ${config.size}/${config.width} b${config.batch}${tuning.matrix ? ' mixed' : ''}: ${ms.toFixed(2)} ms a step (least ${Math.min(...times).toFixed(2)}, encoding ${encoded.toFixed(2)}), ` +
      `${dispatches} dispatches, ${(execution.flops / 1e9).toFixed(1)} GFLOP, ${(execution.flops / ms / 1e9).toFixed(2)} TFLOP/s, ` +
      `arena ${(execution.bytes / 2 ** 20).toFixed(0)} MiB, compiled in ${(compiled / 1000).toFixed(1)} s, ${sayReports(await execution.reports())}`,
  );
  return Object.assign(execution, { ms });
}

const sayReports = (reports: Awaited<ReturnType<GpuExecution['reports']>>): string =>
  Object.entries(reports)
    .map(([name, { value }]) => `${name} ${value.toPrecision(4)}`)
    .join(' ');

async function profile(gpu: Gpu, execution: GpuExecution, schedule: readonly string[]): Promise<void> {
  const rows = (await Promise.all(schedule.map((name) => timeKernels(gpu, execution, name)))).flat();
  const total = rows.reduce((sum, { us }) => sum + us, 0);
  say(`by kernel, ${(total / 1000).toFixed(2)} ms in all, ${rows.length} dispatches; the 70 that take longest:`);
  for (const { label, us, flops, bytes, groups } of [...rows].sort((a, b) => b.us - a.us).slice(0, 70))
    console.log(
      `${us.toFixed(1).padStart(9)} us ${((100 * us) / total).toFixed(1).padStart(5)} %  ${(flops / us / 1e6).toFixed(2).padStart(6)} TFLOP/s ${(bytes / us / 1e3).toFixed(0).padStart(5)} GB/s  ${label} [${groups.join()}]`,
    );
  const byKind = new Map<string, number>();
  for (const { label, us } of rows) {
    const kind = label.split(' ')[0]!.split('+')[0]!;
    byKind.set(kind, (byKind.get(kind) ?? 0) + us);
  }
  const kinds = [...byKind].sort((a, b) => b[1] - a[1]).map(([kind, us]) => `${kind} ${us.toFixed(0)}`);
  console.log(`us by kind: ${kinds.join(', ')}`);
}

async function infer(gpu: Gpu, execution: GpuExecution, config: Config): Promise<void> {
  const input = picture(0, 'input', { ...config, batch: 1 });
  const times: number[] = [];
  for (let i = 0; i < (small ? 3 : 30); i++) {
    const start = performance.now();
    await execution.infer(0, { input });
    times.push(performance.now() - start);
  }
  say(`inference ${config.size}/${config.width}, picture in, picture out: ${median(times).toFixed(2)} ms`);
  await gpu.done();
}

const gpu = await openDevice({ timing: true, dawn: ['disable-dawn-features=timestamp_quantization'] });
say(`device: ${JSON.stringify(gpu.info)}`);
/** What might suit this card better than what stands in `tiling.ts`. */
const SCALARS: Partial<Tuning>[] = [{}, { busy: 528 }];
const MATRICES: Partial<MatrixTuning>[] = [{}, { from: 6e8 }, { from: 2e9 }];
/** What is tried with each; the sum of how much slower each is than with the first decides. */
const TUNED: Config[] = small
  ? [pix2pix(32, 8, 1)]
  : [
      pix2pix(256, 64, 16),
      pix2pix(256, 64, 1),
      pix2pix(128, 32, 16),
      pix2pix(64, 32, 16),
      { family: 'cyclegan', size: 128, width: 32, batch: 1 },
    ];

/** The tuning of a precision, with the tiles that were found to be the fastest here. */
function tuned(precision: Precision): Tuning {
  const tuning = gpu.tuningAt(precision);
  return tuning.matrix && existsSync(FASTEST)
    ? { ...tuning, matrix: JSON.parse(readFileSync(FASTEST, 'utf8')) as MatrixTuning }
    : tuning;
}

async function timeAll(): Promise<void> {
  for (const precision of precisions(gpu))
    for (const config of CONFIGS) {
      const execution = await time(gpu, config, tuned(precision));
      if (PROFILED.some((each) => JSON.stringify(config) === JSON.stringify(each))) {
        if (config.batch === 1) await infer(gpu, execution, config);
        await profile(gpu, execution, stepsOf(programOf(config), 'main'));
      }
      await execution.dispose();
    }
}

async function tune(): Promise<void> {
  const tried = async (tuning: Tuning): Promise<number[]> => {
    const times: number[] = [];
    for (const config of TUNED) {
      const execution = await time(gpu, config, tuning, 2);
      times.push(execution.ms);
      await execution.dispose();
    }
    return times;
  };
  const matrix = gpu.info.matrixLanes > 0 ? gpu.tuningAt('mixed').matrix : null;
  let first: number[] | undefined;
  let least = Infinity;
  for (const each of matrix ? MATRICES : []) {
    say(JSON.stringify(each));
    const tuning = { ...gpu.tuning, matrix: { ...matrix!, ...each } };
    const times = await tried(tuning);
    first ??= times;
    const slower = times.reduce((sum, ms, i) => sum + ms / first![i]!, 0);
    if (slower < least) writeFileSync(FASTEST, JSON.stringify(tuning.matrix));
    least = Math.min(least, slower);
  }
  for (const each of SCALARS) {
    say(JSON.stringify(each));
    await tried({ ...gpu.tuning, ...each });
  }
}

/** How losses leave those of the processor step by step, in mixed precision where the card has it. */
async function drift(): Promise<void> {
  for (const { name, program, steps, seed, given, expected } of trustedInHalf(cpu).trainings) {
    const execution = await triedOn(gpu, precisions(gpu)[0]).open(program, seed);
    await execution.initialise(seed);
    const known = await expected();
    for (let step = 0; step < steps; step++) {
      for (const [port, data] of Object.entries(given(step))) await execution.write(port, data);
      await execution.step(step, 'main', Infinity);
      const ours = await execution.reports();
      const off = Object.entries(known[step]!).map(
        ([report, value]) => `${report} ${value.toFixed(4)} ${((ours[report]?.value ?? NaN) - value).toFixed(4)}`,
      );
      say(`${name} ${step}: ${off.join(', ')}`);
    }
    await execution.dispose();
  }
}

if (part === 'test') await test(gpu);
else if (part === 'tune') await tune();
else if (part === 'drift') await drift();
else await timeAll();
say('done');
process.exit(0);
