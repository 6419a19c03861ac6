/** The state of a training to and from the host, under the names that checkpoints of every engine have. */
import type { EngineState, NamedTensor } from '../engine.ts';
import { stateFieldsOf } from '../players.ts';
import type { Feeds } from './feeds.ts';
import type { Gpu, Part } from './gpu.ts';
import type { Weights } from './weights.ts';

interface Stateful {
  gpu: Gpu;
  weights: Weights;
  feeds: Feeds;
  updates: Record<string, number>;
}

type Kept = Omit<NamedTensor, 'data'> & Part;

/** Every tensor of the state, and where it lies. */
function kept({ weights, feeds }: Stateful): Kept[] {
  const learned = stateFieldsOf(weights.players).map(({ name, parameter, field }) => ({
    ...{ name, shape: parameter.shape },
    ...weights.part(parameter.name, field),
  }));
  const pools = [...feeds.pools].flatMap(([name, { buffer, capacity, length }]) =>
    capacity === 0 ? [] : [{ name, shape: [capacity, length], buffer, at: 0, floats: capacity * length }],
  );
  return [...learned, ...pools];
}

const stateWith = ({ updates, feeds }: Stateful, tensors: NamedTensor[]): EngineState => ({
  tensors,
  updates: { ...updates },
  pools: Object.fromEntries([...feeds.pools].map(([name, { filled }]) => [name, filled])),
});

/** A state to be filled. */
export const blankState = (of: Stateful): EngineState =>
  stateWith(
    of,
    kept(of).map(({ name, shape, floats }) => ({ name, shape, data: new Float32Array(floats) })),
  );

export async function saveState(of: Stateful): Promise<EngineState> {
  const all = kept(of);
  const data = await of.gpu.read(all);
  return stateWith(
    of,
    all.map(({ name, shape }, i) => ({ name, shape, data: data[i]! })),
  );
}

/** Tensors that the state does not have stay as they are. @throws Error for one that nothing here has */
export function loadState(of: Stateful, { tensors, updates, pools }: EngineState): void {
  const places = new Map(kept(of).map((each) => [each.name, each]));
  for (const { name, data } of tensors) {
    const place = places.get(name);
    if (place?.floats !== data.length) throw new Error(`the program has no "${name}" of ${data.length} numbers`);
    of.gpu.write(place.buffer, data, place.at);
  }
  Object.assign(of.updates, updates);
  for (const [name, pool] of of.feeds.pools) pool.filled = Math.min(pools[name] ?? 0, pool.capacity);
}
