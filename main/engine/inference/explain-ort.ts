/** What ONNX Runtime says of a model that it cannot open or run, in a few words for a person. */
import type { OrtError } from '../cpu/ort.ts';

/** One line, without a full stop. */
export function explainOrt({ message }: OrtError): string {
  if (/allocate memory|bad_alloc/.test(message)) return 'it needs more memory than there is';
  // What is left is for those who made the model: the reason alone, without the places in the runtime's source.
  const reason = message
    .split('\n')[0]!
    .replace(/^.*Status Message: /, '')
    .replace(/^\/\S+:\d+ .*?\) (?=[A-Z[])/, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '');
  return `ONNX Runtime cannot use it (${reason.slice(0, 200).replace(/[.\s]+$/, '')})`;
}
