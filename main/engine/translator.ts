/** A trained model that translates pictures: the exported ONNX graph on ONNX Runtime, with its weights built in. */
import { readOnnx } from '../../models/onnx/read.ts';
import { UserError } from '../errors.ts';
import { Session, Value, type Call } from './ort.ts';

export class Translator {
  /** Height and width that it takes, in pixels. */
  readonly size: number;
  readonly channels: 3 | 4;
  /** Time spent inside ONNX Runtime so far, in milliseconds. */
  ortMs = 0;
  readonly #session: Session;
  readonly #input: Value;
  readonly #output: Value;
  readonly #call: Call;

  /** @throws UserError when the model is not an image-to-image model of ours; `name` is how the message calls it */
  constructor(bytes: Uint8Array, name: string) {
    const { inputs, outputs, metadata } = readOnnx(bytes);
    const [input, output] = [inputs[0], outputs[0]];
    const shape = input?.shape;
    if (!metadata['maquette.family'] || metadata['maquette.range'] !== '-1..1')
      throw new UserError(`${name} is not a model that Maquette trained; it has no description of its input`);
    if (
      inputs.length !== 1 ||
      !input ||
      !output ||
      shape?.length !== 4 ||
      shape.some((length) => typeof length !== 'number') ||
      shape[0] !== 1 ||
      shape[2] !== shape[3] ||
      (shape[1] !== 3 && shape[1] !== 4)
    )
      throw new UserError(`${name} does not take one picture of a known size; it cannot translate pictures`);
    const fixed = shape as [number, 3 | 4, number, number];
    if (output.shape.join() !== fixed.join())
      throw new UserError(`${name} gives a picture of another size than it takes; it cannot translate pictures`);
    this.size = fixed[2];
    this.channels = fixed[1];
    this.#session = new Session(bytes);
    [this.#input, this.#output] = [Value.zeros(fixed), Value.zeros(fixed)];
    this.#call = this.#session.bind({ [input.name]: this.#input }, { [output.name]: this.#output }).interruptible();
  }

  /** Ends the translation under way, which then fails with Interrupted. */
  interrupt(): void {
    this.#call.interrupt();
  }

  /** Translates one picture: planar [C, H, W] in [-1, 1]. The result is overwritten by the next call. @throws Interrupted */
  async run(planes: Float32Array): Promise<Float32Array> {
    this.#input.data.set(planes);
    const started = performance.now();
    await this.#call.runAsync();
    this.ortMs += performance.now() - started;
    return this.#output.data;
  }

  release(): void {
    this.#session.release();
    this.#input.dispose();
    this.#output.dispose();
  }
}
