/** The entry of the probe's process: `find` only finds the device, `test` tries it too, at the precision that follows. */
import { cpu } from '../cpu/index.ts';
import { answerProbe } from '../self-test/probe.ts';
import { precisionSchema, probe } from './probe.ts';

const [, , asked, told] = process.argv;
answerProbe(await probe(asked === 'test' ? { precision: precisionSchema.parse(told), trusted: cpu } : null));
