/** The upscalers that are brought along and that a training can go on from: what they say of themselves is what they are. */
import { describe, expect, it } from 'vitest';
import { topological } from '../../../models/graph/graph.ts';
import { isParameter } from '../../../models/graph/tensor.ts';
import { evaluateGraph } from '../cpu/evaluate-graph.ts';
import { startRuntime } from '../cpu/ort.ts';
import { readModelFile } from '../training/snapshot.ts';
import { values } from '../testing/values.ts';
import { runExported } from './exported.ts';
import { graphOf } from './model-graph.ts';
import { readyUpscaler, readyUpscalers } from './ready-upscalers.ts';

startRuntime(1);

const taught = readyUpscalers().filter(({ family }) => family !== null);

it('the two for drawn art can be taught', () => {
  expect(taught.map(({ id }) => id)).toEqual(['art-2x', 'art-4x']);
});

describe.each(taught)('$id', ({ id, family, scale }) => {
  it('is the network of its family and settings, with the weights that its file has', async () => {
    const model = readModelFile(readyUpscaler(id).file);
    expect(model.metadata).toMatchObject({ 'maquette.family': family, 'maquette.scale': String(scale) });
    const graph = graphOf(model)!;
    const { shape } = graph.inputs['picture']!;
    const picture = values(1, id, shape);
    const parameters = topological(Object.values(graph.outputs)).filter(isParameter);
    const weights = parameters.map(({ name }) => [name, model.weights.get(name)!.data] as const);
    const { upscaled } = evaluateGraph(graph.outputs, { picture, ...Object.fromEntries(weights) });
    const outputs = { upscaled: graph.outputs['upscaled']!.shape };
    const file = await runExported(model.bytes, { picture: { data: picture, shape } }, outputs);
    const far = upscaled!.reduce((most, value, i) => Math.max(most, Math.abs(value - file['upscaled']![i]!)), 0);
    expect(far).toBeLessThan(1e-4);
  });
});
