/** The entry of the probe's process: `find` only finds the device, `test` tries it too. */
import { cpu } from '../cpu/index.ts';
import { answerProbe } from '../self-test/probe.ts';
import { TRIED_STEPS, trustedBy } from '../self-test/trusted.ts';
import { probe } from './probe.ts';

answerProbe(await probe(process.argv[2] === 'test' ? trustedBy(cpu, TRIED_STEPS) : null));
