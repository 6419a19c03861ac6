/**
 * The engine on TensorFlow, for those who have it: slower than our own on a processor, and so taken by itself only where it
 * reaches a graphics card. It is found and tried in a process of its own; only a training loads it in the process at hand.
 */
import { statSync } from 'node:fs';
import { VERSION } from '../../root.ts';
import { notAvailable, type Engine, type Presence } from '../engine.ts';
import { HostExecution } from '../host/execution.ts';
import { hostRoom } from '../host/room.ts';
import { startProbe, type Found } from '../self-test/probe.ts';
import { triedOnce } from '../self-test/tried-once.ts';
import { install } from './install.ts';
import { addOnOf, loadTensorFlow, locate, PACKAGE, PACKAGE_VERSION, type TfNode } from './library.ts';
import { TENSORFLOW_PROBE, type TfDevice } from './probe.ts';
import { evaluateWithTensorFlow, tensorflowRunner } from './runner.ts';

let loaded: TfNode | undefined;

/** TensorFlow in this process. @throws UserError where it is not there */
function library(): TfNode {
  const located = locate();
  if ('reason' in located) throw notAvailable('tensorflow', located.reason);
  return (loaded ??= loadTensorFlow(located.folder));
}

let found: Promise<Found<TfDevice>> | undefined;

/** What the probe finds: asked once a process. */
function find(): Promise<Found<TfDevice>> {
  const located = locate();
  found ??= 'reason' in located ? Promise.resolve({ device: null, ...located }) : startProbe(TENSORFLOW_PROBE, 'find');
  return found;
}

const nameOf = ({ version, gpu }: TfDevice): string =>
  `TensorFlow ${version} on ${gpu ? 'a graphics card' : 'the processor'}`;

export const tensorflow: Engine = {
  name: 'tensorflow',
  async presence(): Promise<Presence> {
    const result = await find();
    if (result.device === null) return { available: false, automatic: false, reason: result.reason, device: null };
    return {
      ...{ available: true, automatic: result.device.gpu, device: nameOf(result.device) },
      reason: `${PACKAGE} ${PACKAGE_VERSION}`,
    };
  },
  async versions() {
    const { device } = await find();
    return { [PACKAGE]: PACKAGE_VERSION, tensorflow: device ? device.version : 'none' };
  },
  async selfTest() {
    const [located, { device }] = [locate(), await find()];
    if ('reason' in located || !device) return null;
    // An add-on that was built again is another one.
    const built = statSync(addOnOf(located.folder)).mtimeMs;
    return triedOnce(TENSORFLOW_PROBE, [PACKAGE, nameOf(device), String(built), VERSION]);
  },
  async install(folder, say) {
    const { library: file, version, sha256 } = await install(folder, say);
    found = undefined;
    return `The engine "tensorflow" was built against ${file} (TensorFlow ${version}, sha256 ${sha256})`;
  },
  room: hostRoom,
  open: (program, options) => Promise.resolve(new HostExecution(tensorflowRunner(library()), program, options)),
  evaluate: (outputs, leaves) => Promise.resolve(evaluateWithTensorFlow(library(), outputs, leaves)),
};
