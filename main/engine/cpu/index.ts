/** The engine that is everywhere: ONNX Runtime's CPU provider through its C API. */
import { availableParallelism, cpus } from 'node:os';
import type { Engine } from '../engine.ts';
import { evaluateGraph } from './evaluate-graph.ts';
import { CpuExecution } from './execution.ts';
import { runtimeVersion, startRuntime, type SessionOptions } from './ort.ts';

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
  open(program, options) {
    startRuntime(options.threads);
    return Promise.resolve(new CpuExecution(program, { ...options, ...session }));
  },
  evaluate(outputs, leaves, { threads }) {
    startRuntime(threads);
    return Promise.resolve(evaluateGraph(outputs, leaves, session));
  },
});

export const cpu = cpuEngine('cpu', { automatic: true });
