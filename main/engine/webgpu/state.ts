/** The state of a training to and from the host, under the names that checkpoints of every engine have. */
import type { Feeds } from './feeds.ts';
import type { Gpu, Part } from './gpu.ts';
import type { EngineState, StateTensor } from './interface.ts';
import type { Field, Weights } from './weights.ts';

interface Stateful {
  gpu: Gpu;
  weights: Weights;
  feeds: Feeds;
  updates: Record<string, number>;
}

type Kept = Omit<StateTensor, 'data'> & Part;

/** Every tensor of the state, as main/engine/snapshot.ts lists them. */
function kept({ weights, feeds }: Stateful): Kept[] {
  const learned = weights.players.flatMap(({ parameters, averaged }) =>
    parameters.flatMap(({ name, shape }) => {
      const fields: Field[] = averaged ? ['w', 'm', 'v', 'ema'] : ['w', 'm', 'v'];
      return fields.map((field) => ({
        name: field === 'w' ? name : `${name}#${field}`,
        shape,
        ...weights.part(name, field),
      }));
    }),
  );
  const pools = [...feeds.pools].flatMap(([name, { buffer, capacity, length }]) =>
    capacity === 0 ? [] : [{ name, shape: [capacity, length], buffer, at: 0, floats: capacity * length }],
  );
  return [...learned, ...pools];
}

export async function saveState(of: Stateful): Promise<EngineState> {
  const all = kept(of);
  const data = await of.gpu.read(all);
  return {
    tensors: all.map(({ name, shape }, i) => ({ name, shape, data: data[i]! })),
    updates: { ...of.updates },
    pools: Object.fromEntries([...of.feeds.pools].map(([name, { filled }]) => [name, filled])),
  };
}

/** @throws Error when a tensor is missing or has another size */
export function loadState(of: Stateful, { tensors, updates, pools }: EngineState): void {
  const byName = new Map(tensors.map(({ name, data }) => [name, data]));
  for (const { name, buffer, at, floats } of kept(of)) {
    const data = byName.get(name);
    if (data?.length !== floats) throw new Error(`the state has no "${name}" of ${floats} numbers`);
    of.gpu.write(buffer, data, at);
  }
  Object.assign(of.updates, updates);
  for (const [name, pool] of of.feeds.pools) pool.filled = Math.min(pools[name] ?? 0, pool.capacity);
}
