/** The entry of the probe's process: `find` only loads TensorFlow, `test` tries it too. */
import { cpu } from '../cpu/index.ts';
import { answerProbe } from '../self-test/probe.ts';
import { TRIED_STEPS, trustedBy } from '../self-test/trusted.ts';
import { locate } from './library.ts';
import { probe } from './probe.ts';

const located = locate();
answerProbe(
  'reason' in located
    ? { device: null, reason: located.reason }
    : await probe(located.folder, process.argv[2] === 'test' ? trustedBy(cpu, TRIED_STEPS) : null),
);
