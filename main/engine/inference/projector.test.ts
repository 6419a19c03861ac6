import { beforeAll, describe, expect, it } from 'vitest';
import { foundAt } from '../../../models/latent/recipe.ts';
import { readOnnx } from '../../../models/onnx/read.ts';
import { startRuntime } from '../cpu/ort.ts';
import { l1 } from '../metrics/metrics.ts';
import { toPlanar } from '../pictures/pictures.ts';
import { randomGenerator } from '../testing/testing-model.ts';
import { Generator, wishFor } from './generator.ts';
import { learnPictures, project } from './projector.ts';

describe('a picture that is looked for', () => {
  const bytes = randomGenerator();
  beforeAll(() => startRuntime(1));

  it('is found nearer than any drawn one, at the point that is given back', async () => {
    const generator = new Generator(bytes, 'noise');
    const sought = await generator.make(wishFor({ kind: 'mix', coarse: seed(77), fine: seed(78), level: 1 }));
    const heard: number[] = [];
    const progress = (done: number, total: number): void => void heard.push(done / total);
    const found = await project(readOnnx(bytes), generator, sought, { threads: 1, steps: 200, progress });
    expect(found.l1).toBeLessThan(0.5 * found.drawnL1);
    const made = await generator.make(wishFor(foundAt(found.point)));
    // Pictures are of whole levels.
    expect(l1(toPlanar(made), toPlanar(sought)) / 2).toBeCloseTo(found.l1, 2);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.at(-1)).toBeGreaterThan(0.95);
    generator.release();
  });

  it('is learned by its generator in a place of its own, and elsewhere that makes what it made before', async () => {
    const generator = new Generator(bytes, 'noise');
    const pictures = [await generator.make(wishFor({ kind: 'mix', coarse: seed(77), fine: seed(78), level: 1 }))];
    pictures.push(await generator.make(wishFor({ kind: 'mix', coarse: seed(77), fine: seed(79), level: 2 })));
    const options = { threads: 1, steps: 150 };
    const taught = await learnPictures({ ...readOnnx(bytes), bytes }, generator, [...pictures, pictures[0]!], options);
    const after = new Generator(taught.bytes, 'taught');
    const planes = async (of: Generator, at: number): Promise<Float32Array> =>
      toPlanar(await of.make(wishFor(seed(at)))).slice();
    for (const [i, picture] of pictures.entries()) {
      const { seed: at, drawnL1 } = taught.places[i]!;
      const away = l1(await planes(after, at), toPlanar(picture)) / 2;
      expect(away).toBeLessThan(0.7 * drawnL1);
      expect(l1(await planes(generator, 5), await planes(after, 5)) / 2).toBeLessThan(0.5 * (drawnL1 - away));
    }
    expect(new Set(taught.places.map(({ seed: at }) => at)).size).toBe(3);
    generator.release();
    after.release();
  });

  it('belongs to its model: another latent refuses it in words', async () => {
    const generator = new Generator(bytes, 'noise');
    const made = generator.make(wishFor(foundAt(new Float32Array(5))));
    await expect(made).rejects.toThrow(/found with another model/);
    generator.release();
  });

  it('is looked for in no model whose layers are not those that it names', async () => {
    const generator = new Generator(bytes, 'noise');
    const picture = await generator.make(wishFor(seed(1)));
    const other = project({ ...readOnnx(bytes), weights: new Map() }, generator, picture, { threads: 1 });
    await expect(other).rejects.toThrow(/cannot look for a picture in that model/);
    generator.release();
  });
});

const seed = (n: number) => ({ kind: 'seed', seed: n }) as const;
