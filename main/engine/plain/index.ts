/**
 * The referee: the same graphs without ONNX Runtime's own optimisation, so that every operator runs as it is written.
 * Slow; it is what the others are compared with, and is never chosen.
 */
import { cpuEngine } from '../cpu/index.ts';

export const plain = cpuEngine('plain', { automatic: false, optimise: false });
