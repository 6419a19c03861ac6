/** The engine that is everywhere: ONNX Runtime's CPU provider through its C API. */
import { availableParallelism, cpus } from 'node:os';
import { EVERYWHERE, type Engine } from '../engine.ts';
import { HostExecution } from '../host/execution.ts';
import { hostRoom } from '../host/room.ts';
import { evaluateGraph } from './evaluate-graph.ts';
import { runtimeVersion, startRuntime, type SessionOptions } from './ort.ts';
import { ortRunner } from './runner.ts';

/** An engine on ONNX Runtime's CPU provider. */
export const cpuEngine = (
  name: string,
  { automatic, ...session }: SessionOptions & { automatic: boolean },
): Engine => ({
  name,
  presence(threads) {
    startRuntime(threads);
    const model = cpus()[0]?.model.trim() ?? 'unknown processor';
    return Promise.resolve({
      ...{ available: true, automatic },
      reason: `ONNX Runtime ${runtimeVersion()}`,
      device: `${model}, ${threads} of ${availableParallelism()} threads`,
    });
  },
  versions(threads) {
    startRuntime(threads);
    return Promise.resolve({ onnxruntime: runtimeVersion() });
  },
  room: hostRoom,
  open(program, options) {
    startRuntime(options.threads);
    const { profile } = options;
    const runner = ortRunner({ ...session, ...(profile !== undefined && { profile }) });
    return Promise.resolve(new HostExecution(runner, program, options));
  },
  evaluate(outputs, leaves, { threads }) {
    startRuntime(threads);
    return Promise.resolve(evaluateGraph(outputs, leaves, session));
  },
});

export const cpu = cpuEngine(EVERYWHERE, { automatic: true });
