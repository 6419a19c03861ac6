/**
 * esrgan-slim x4 as UpscalerJS runs it: TensorFlow.js layers on the WASM backend, without what UpscalerJS itself adds. Not
 * a dependency; in a folder of its own:
 * `npm install --legacy-peer-deps --ignore-scripts @upscalerjs/esrgan-slim@1.0.0-beta.12 @tensorflow/tfjs@4.22.0
 * @tensorflow/tfjs-backend-wasm@4.22.0`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What is called of TensorFlow.js. */
interface Tensor {
  data: () => Promise<Float32Array>;
  dispose: () => void;
}
interface TensorFlow {
  setBackend: (name: string) => Promise<boolean>;
  ready: () => Promise<void>;
  tensor4d: (values: Float32Array, shape: readonly number[]) => Tensor;
  loadLayersModel: (handler: { load: () => Promise<object> }) => Promise<{ predict: (x: Tensor) => Tensor }>;
}
interface Wasm {
  setWasmPaths: (path: string) => void;
  getThreadsCount: () => number;
}
interface ModelJson {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: object[] }[];
}

export interface Reference {
  /** Gives the values of the result. */
  upscale: (picture: { width: number; height: number; data: Uint8Array }) => Promise<Float32Array>;
  threads: number;
}

export async function openUpscalerJs(place: string): Promise<Reference> {
  const load = createRequire(join(place, 'package.json'));
  const tf = load('@tensorflow/tfjs') as TensorFlow;
  const wasm = load('@tensorflow/tfjs-backend-wasm') as Wasm;
  wasm.setWasmPaths(join(place, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'wasm-out', '/'));
  await tf.setBackend('wasm');
  await tf.ready();
  const folder = join(place, 'node_modules', '@upscalerjs', 'esrgan-slim', 'models', 'x4');
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelJson;
  const weights = Buffer.concat(
    weightsManifest.flatMap(({ paths }) => paths.map((p) => readFileSync(join(folder, p)))),
  );
  const model = await tf.loadLayersModel({
    load: () =>
      Promise.resolve({
        modelTopology,
        weightSpecs: weightsManifest.flatMap((group) => group.weights),
        weightData: new Uint8Array(weights).buffer,
      }),
  });
  return {
    threads: wasm.getThreadsCount(),
    async upscale({ width, height, data }) {
      const values = new Float32Array(width * height * 3);
      for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) values[i * 3 + c] = data[i * 4 + c]! / 255;
      const input = tf.tensor4d(values, [1, height, width, 3]);
      const output = model.predict(input);
      const result = await output.data();
      input.dispose();
      output.dispose();
      return result;
    },
  };
}
