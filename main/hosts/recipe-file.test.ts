import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { SAMPLE_NAMES } from '../studio/samples.ts';
import { addTrain } from './cli/train.ts';
import { readRecipe, recipeNames } from './recipe-file.ts';

describe('a recipe', () => {
  const program = new Command();
  addTrain(program);
  const families = program.commands[0]!.commands;

  it.each(recipeNames())('%s names a sample, a family, and flags that the family takes', (name) => {
    const { sample, family, train, trainings } = readRecipe(name);
    expect(Object.keys(SAMPLE_NAMES)).toContain(sample);
    const options = families.find((one) => one.name() === family)!.options;
    for (const flags of trainings.map((more) => ({ ...train, ...more })))
      for (const [flag, value] of Object.entries(flags)) {
        const option = options.find(({ long }) => long === `--${flag}`);
        expect(option, flag).toBeDefined();
        if (value !== true) expect(() => option!.parseArg?.(String(value), undefined), flag).not.toThrow();
      }
  });
});
