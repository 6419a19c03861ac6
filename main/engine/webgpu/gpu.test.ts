import { describe, expect, it } from 'vitest';
import { missingDriver, softwareDevice, titled } from './testing.ts';

describe.skipIf(missingDriver)(titled('a software driver', missingDriver), () => {
  it('has the processor to itself while it is waited for', async () => {
    const gpu = await softwareDevice();
    let [turns, waiting] = [0, true];
    const turn = (): void => {
      turns++;
      if (waiting) setImmediate(turn);
    };
    const from = performance.now();
    setImmediate(turn);
    await gpu.pipeline('@compute @workgroup_size(1) fn main() {}', 'nothing');
    await gpu.done();
    waiting = false;
    // Without a rest it is asked dozens of times a millisecond.
    expect(turns).toBeLessThan(10 + (performance.now() - from));
  });
});
