/** Graphs on ONNX Runtime's CPU provider: lowered for two or more threads of a processor, run in place. */
import { writeOnnx } from '../../../models/onnx/write.ts';
import type { Runner } from '../host/runner.ts';
import { Session, Value, type SessionOptions } from './ort.ts';

export const ortRunner = ({ profile, ...options }: SessionOptions): Runner<Value> => ({
  value: (data, shape) => new Value(data, shape),
  bind(outputs, { given, value, trace }) {
    const model = writeOnnx(outputs, { target: 'cpu', ...(given && { given }) });
    const values = (of: typeof model.inputs): Record<string, Value> =>
      Object.fromEntries(of.map(({ name, shape }) => [name, value(name, shape)]));
    const [inputs, results] = [values(model.inputs), values(model.outputs)];
    const session = new Session(model.bytes, { ...options, ...(profile && { profile: `${profile}-${trace}` }) });
    const call = session.bind(inputs, results);
    return { run: () => call.runAsync(), release: () => session.release() };
  },
});
