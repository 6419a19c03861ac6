/** A plan as text: a line a kernel, and what the whole step costs. */
import type { Kernel, Place, Plan } from './plan.ts';

export interface PlanCost {
  /** Kernels and updates: what is encoded every step. */
  dispatches: number;
  /** Bytes that kernels read and write, each binding once; without the optimiser's. */
  moved: number;
  flops: number;
  /** Bytes of the buffers that values share. */
  arena: number;
}

const kernelsOf = ({ items }: Plan): Kernel[] => items.flatMap((item) => (item.kind === 'kernel' ? [item.kernel] : []));
const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

export function costOf(plan: Plan): PlanCost {
  const kernels = kernelsOf(plan);
  return {
    dispatches: plan.items.length,
    moved: total(kernels.map(({ bytes }) => bytes)),
    flops: total(kernels.map(({ flops }) => flops)),
    arena: total(plan.slots),
  };
}

const place = (at: Place): string => (at.kind === 'slot' ? `%${at.slot}` : `${at.kind} ${at.name}`);

/** `12  Conv2d 64x64 /4 [64,2,4]  1.07 GFLOP  13.1 MB  leaf input, weight a -> %3`, and a last line of sums. */
export function printPlan(plan: Plan): string {
  const lines = plan.items.map((item, i) => {
    const at = String(i).padStart(4);
    if (item.kind === 'update') return `${at}  update of ${item.player}`;
    const { label, groups, flops, bytes, reads, writes } = item.kernel;
    const work = flops > 0 ? `  ${(flops / 1e9).toFixed(2)} GFLOP` : '';
    const from = reads.map(place).join(', ');
    return `${at}  ${label} [${groups.join()}]${work}  ${(bytes / 1e6).toFixed(1)} MB  ${from} -> ${writes.map(place).join(', ')}`;
  });
  const { dispatches, moved, flops, arena } = costOf(plan);
  const sums = `${dispatches} dispatches, ${(flops / 1e9).toFixed(1)} GFLOP, ${(moved / 1e6).toFixed(0)} MB moved, arena of ${(arena / 1e6).toFixed(1)} MB in ${plan.slots.length} slots`;
  return [...lines, sums].join('\n');
}
