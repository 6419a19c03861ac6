/** What is meant by the name of a model on the command line. */
import { expect, it } from 'vitest';
import { starterFile } from '../../studio/starters.ts';
import { modelFile, openTranslator } from './models.ts';

it('a model that is brought along is meant by its name, and works for what it does', () => {
  expect(modelFile('materials')).toBe(starterFile('materials', 'model.onnx'));
  expect(() => modelFile('nobody')).toThrow('or the name of a model that is brought along: render, materials, ink');
  expect(() => openTranslator('materials', undefined, 'height')).toThrow('does not tell the height of pictures');
  expect(() => openTranslator('height', undefined, 'translate')).toThrow('it is for height maps, and translates none');
});
