/** The entry of the probe's process: `find` only finds the device, `test` tries it too. One JSON line on stdout. */
import { probe } from './probe.ts';
import { trustedBy } from './trusted.ts';
import { cpu } from '../cpu/index.ts';

const STEPS = 10;

const result = await probe(process.argv[2] === 'test' ? trustedBy(cpu, STEPS) : null);
// Only once the line is out: Dawn does not survive a process that ends by itself.
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
