/** What ONNX Runtime says of a model that it cannot open or run, in a few words for a person. */
import type { OrtError } from '../cpu/ort.ts';

/** One line, without a full stop. */
export function explainOrt({ message }: OrtError): string {
  const shapes = /has shape \{([\d,]+)\} but the computed output shape for this run is \{([\d,]+)\}/.exec(message);
  if (shapes)
    return `it gives a picture of another size than it takes ([${shapes[2]}] for [${shapes[1]}]); models that enlarge come with Upscale`;
  const type = /expected: \(tensor\((\w+)\)\)/.exec(message);
  if (type) return `it takes ${type[1]} values; save it with float32 inputs`;
  if (/allocate memory|bad_alloc/.test(message)) return 'it needs more memory than there is';
  // What is left is for those who made the model: the reason alone, without the places in the runtime's source.
  const reason = message
    .split('\n')[0]!
    .replace(/^.*Status Message: /, '')
    .replace(/^\/\S+:\d+ .*?\) (?=[A-Z[])/, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '');
  return `ONNX Runtime cannot use it (${reason.slice(0, 200).replace(/[.\s]+$/, '')})`;
}
