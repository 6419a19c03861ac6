/** The entry of the probe's process: `find` only finds the device, `test` tries it too. One JSON line on stdout. */
import { startRuntime } from '../ort.ts';
import { probe } from './probe.ts';
import { trustedCpu } from './trusted.ts';

const STEPS = 10;

const trying = process.argv[2] === 'test';
if (trying) startRuntime(1);
const result = await probe(trying ? trustedCpu(STEPS) : null);
// Only once the line is out: Dawn does not survive a process that ends by itself.
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
