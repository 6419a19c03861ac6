/** What ONNX Runtime says of a model that it cannot open or run, in a few words for a person. */
import { OrtError } from '../cpu/ort.ts';

const NO_MEMORY = /allocate memory|bad_alloc|bad allocation/;

/** Whether something failed for want of memory, in ONNX Runtime or here. */
export const isOutOfMemory = (error: unknown): error is Error =>
  (error instanceof OrtError && NO_MEMORY.test(error.message)) ||
  (error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message));

/** One line, without a full stop. */
export function explainOrt({ message }: OrtError): string {
  if (NO_MEMORY.test(message)) return 'it needs more memory than there is';
  // What is left is for those who made the model: the reason alone, without the places in the runtime's source.
  const reason = message
    .split('\n')[0]!
    .replace(/^.*Status Message: /, '')
    .replace(/^\/\S+:\d+ .*?\) (?=[A-Z[])/, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '');
  return `ONNX Runtime cannot use it (${reason.slice(0, 200).replace(/[.\s]+$/, '')})`;
}
