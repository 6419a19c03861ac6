import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { relu } from '../../../models/graph/operators/index.ts';
import { input } from '../../../models/graph/tensor.ts';
import { OutOfMemory } from '../../errors.ts';
import { cpu } from '../cpu/index.ts';
import { selfTest } from '../self-test/self-test.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { GpuExecution } from './execution.ts';
import { triedOn } from './tried.ts';
import { probe } from './probe.ts';
import { missingDriver, softwareDevice, titled, useSoftwareDriver } from './testing.ts';
import { trustedBy } from '../self-test/trusted.ts';

/** Where others are at work too. */
const LONG = 600_000;

describe.skipIf(missingDriver)(titled('the self-test on a software driver', missingDriver), () => {
  // Ten steps of each are compared with TensorFlow.js's own (parity.test.ts).
  it(`passes: every operator and two steps of ${[...FAMILIES.keys()].join(', ')}`, { timeout: LONG }, async () => {
    const verdict = await selfTest(triedOn(await softwareDevice()), trustedBy(cpu, 2));
    expect(verdict.wrong).toEqual([]);
    expect(verdict.passed).toBe(true);
  });
});

it.skipIf(missingDriver)(
  titled('a device that lacks what is tried is refused in its words', missingDriver),
  async () => {
    useSoftwareDriver();
    expect(await probe({ precision: 'mixed', trusted: cpu })).toMatchObject({
      verdict: { passed: false, wrong: [expect.stringMatching(/has no matrix units$/)] },
    });
  },
);

it.skipIf(missingDriver)(
  titled('a training too large for the device is refused before anything is taken', missingDriver),
  async () => {
    const gpu = await softwareDevice();
    const family = FAMILIES.get('dcgan')!;
    const program = family.program(
      { size: 64, channels: 3, batch: 1 << 16, labels: [] },
      family.settings.parse({ width: 64 }),
    );
    const refused = GpuExecution.create(gpu, program, { seed: 1 });
    await expect(refused).rejects.toThrow(OutOfMemory);
    await expect(refused).rejects.toThrow(/does not fit into .*: it has \d+\.\d GB in one piece/);
  },
);

it.skipIf(missingDriver)(
  titled('a picture too large for the device is refused before anything is taken', missingDriver),
  async () => {
    const picture = input('picture', [1, 3, 1 << 15, 1 << 15]);
    const refused = evaluateOnGpu(await softwareDevice(), { made: relu(picture) }, { picture: new Float32Array(1) });
    await expect(refused).rejects.toThrow(OutOfMemory);
    await expect(refused).rejects.toThrow(
      /^A picture of this size does not fit into .*: it has \d+\.\d GB in one piece/,
    );
  },
);

it.skip(
  titled('the self-test of matrix units', 'no software driver has them; bench/webgpu.sh runs it on a card'),
  () => undefined,
);
