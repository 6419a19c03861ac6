/** Times every dispatch of a step by the device's own clock, each in a pass of its own: for the bench. */
import { encode } from './bound-plan.ts';
import type { GpuExecution } from './execution.ts';
import type { Gpu } from './gpu.ts';
import type { Dispatch } from './optimiser.ts';

export interface KernelTime {
  label: string;
  us: number;
  flops: number;
  bytes: number;
  groups: readonly [number, number, number];
}

/** The median times of a step's dispatches, in order. @throws Error where the device has no clock */
export async function timeKernels(gpu: Gpu, execution: GpuExecution, name: string, runs = 5): Promise<KernelTime[]> {
  const { device } = gpu;
  if (!device.features.has('timestamp-query')) throw new Error(`${gpu.info.name} cannot time kernels`);
  const dispatches = execution
    .itemsOf(name)
    .map((item): Dispatch => (item.kind === 'dispatch' ? item.dispatch : execution.optimiserOf(item.player).update));
  const querySet = device.createQuerySet({ type: 'timestamp', count: dispatches.length * 2 });
  const resolved = gpu.queryBuffer(dispatches.length * 16);
  const all: Float64Array[] = [];
  for (let run = 0; run < runs; run++) {
    const encoder = device.createCommandEncoder();
    dispatches.forEach((dispatch, i) => {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
      });
      encode(pass, dispatch);
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, dispatches.length * 2, resolved, 0);
    device.queue.submit([encoder.finish()]);
    const [raw] = await gpu.read([{ buffer: resolved, at: 0, floats: dispatches.length * 4 }]);
    const ticks = new BigUint64Array(raw!.buffer, 0, dispatches.length * 2);
    all.push(Float64Array.from(dispatches, (_, i) => Number(ticks[2 * i + 1]! - ticks[2 * i]!) / 1000));
  }
  resolved.destroy();
  querySet.destroy();
  const kernels = execution.plans.get(name)!.items.map((item) => (item.kind === 'kernel' ? item.kernel : null));
  return dispatches.map(({ label, groups }, i) => {
    const times = all.map((run) => run[i]!).sort((a, b) => a - b);
    return {
      label,
      groups,
      us: times[times.length >> 1]!,
      flops: kernels[i]?.flops ?? 0,
      bytes: kernels[i]?.bytes ?? 0,
    };
  });
}
