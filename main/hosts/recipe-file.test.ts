import { Command } from 'commander';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { SAMPLE_NAMES } from '../studio/samples.ts';
import { addTrain } from './cli/train.ts';
import { temporary } from '../testing/folder.ts';
import { keepOut, readRecipe, recipeNames } from './recipe-file.ts';

const folder = temporary();
afterAll(() => folder.remove());

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

  it('keeps pictures out of each folder by their place among the names, and learns from all others', () => {
    const [sample, learned, keptOut] = ['sample', 'learned', 'kept-out'].map((name) => folder.path(name)) as [
      string,
      string,
      string,
    ];
    const names = Array.from({ length: 23 }, (_, i) => `${String(i + 1).padStart(2, '0')}.png`);
    for (const side of ['A', 'B']) {
      mkdirSync(folder.path('sample', side), { recursive: true });
      for (const name of names) writeFileSync(folder.path('sample', side, name), name);
    }
    keepOut(sample, { every: 10, from: 5 }, { learned, keptOut });
    for (const side of ['A', 'B']) {
      expect(readdirSync(folder.path('kept-out', side))).toEqual(['05.png', '15.png']);
      expect(readdirSync(folder.path('learned', side))).toEqual(names.filter((name) => !/^.5/.test(name)));
    }
  });
});
