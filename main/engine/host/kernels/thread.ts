/** A helper thread of the optimiser: waits in shared memory for a pass and runs its share of it. */
import { workerData } from 'node:worker_threads';
import { Kernels, readJob, share, type ThreadData } from './kernels.ts';

const { control, memories, jobs, index, threads } = workerData as ThreadData;
const kernels = memories.map((memory) => new Kernels(memory));

for (let seen = 0; ;) {
  Atomics.wait(control, 0, seen);
  const asked = Atomics.load(control, 0);
  if (asked === seen) continue;
  if (asked < 0) break;
  seen = asked;
  const { memory, pass, count } = readJob(jobs);
  kernels[memory]!.run(pass, ...share(count, index, threads));
  Atomics.add(control, 1, 1);
  Atomics.notify(control, 1);
}
