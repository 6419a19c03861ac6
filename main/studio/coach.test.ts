import { describe, expect, it } from 'vitest';
import type { HeldOutMeasure } from '../../preload/contract/index.ts';
import { Coach } from './coach.ts';

const kinds = (coach: Coach): string[] => coach.advice().map(({ kind }) => kind);

/** A coach who has seen many steps with these probabilities. */
function seen(pReal: number, pFake: number, steps = 400): Coach {
  const coach = new Coach(1000);
  for (let step = 1; step <= steps; step++) coach.step({ step, pReal, pFake });
  return coach;
}

const judgedBy = (measure: HeldOutMeasure, values: readonly number[]): Coach => {
  const coach = new Coach(1000);
  for (const value of values) coach.heldOut({ measure, value });
  return coach;
};
const judged = (...l1: number[]): Coach => judgedBy('l1', l1);

describe('the training coach', () => {
  it('says which side is winning, and nothing of an even game or a short one', () => {
    expect(kinds(seen(0.97, 0.03))).toEqual(['discriminatorWins']);
    expect(kinds(seen(0.8, 0.9))).toEqual(['generatorWins']);
    expect(kinds(seen(0.6, 0.4))).toEqual([]);
    expect(kinds(seen(0.97, 0.03, 50))).toEqual([]);
  });

  it('takes it back when the game turns, and says since when it holds', () => {
    const coach = seen(0.97, 0.03);
    expect(coach.advice()).toEqual([{ kind: 'discriminatorWins', since: 400 }]);
    for (let step = 401; step < 1500; step++) coach.step({ step, pReal: 0.55, pFake: 0.45 });
    expect(kinds(coach)).toEqual([]);
  });

  it('sees a generator that makes the same again, or copies, once that lasts', () => {
    const made = (...figures: [variety: number, copies: number][]): Coach => {
      const coach = new Coach(1000);
      coach.step({ step: 2000 });
      for (const [variety, copies] of figures) coach.made({ variety, copies });
      return coach;
    };
    expect(kinds(made([0.9, 0], [0.3, 0], [0.3, 0], [0.2, 0]))).toEqual(['alike']);
    expect(kinds(made([1, 0.3], [1, 0.5], [1, 0.2]))).toEqual(['copying']);
    expect(kinds(made([0.3, 0.5], [0.2, 0.5]))).toEqual([]);
    const young = new Coach(1000);
    for (let i = 0; i < 3; i++) young.made({ variety: 0.1, copies: 0 });
    expect(kinds(young)).toEqual([]);
    expect(kinds(made([0.3, 0.5], [0.3, 0.5], [0.3, 0.5], [0.9, 0]))).toEqual([]);
  });

  it('sees pictures that have stopped changing', () => {
    expect(kinds(judged(0.2, 0.1, 0.1, 0.1, 0.1001, 0.1, 0.1))).toEqual(['stalled']);
    expect(kinds(judged(0.2, 0.18, 0.15, 0.13, 0.12, 0.11))).toEqual([]);
    expect(kinds(judged(0.1, 0.1, 0.1))).toEqual([]);
  });

  it('sees held-out pictures getting worse, not one bad preview', () => {
    expect(kinds(judged(0.2, 0.12, 0.1, 0.1, 0.11, 0.12, 0.13, 0.14))).toEqual(['worse']);
    expect(kinds(judged(0.2, 0.12, 0.1, 0.1, 0.1, 0.1, 0.11, 0.1))).toEqual([]);
  });

  it('does not call it learning by heart where no truth is known', () => {
    expect(kinds(judgedBy('swd', [20, 12, 10, 10, 11, 12, 13, 14]))).toEqual([]);
    expect(kinds(judgedBy('swd', [20, 10, 10, 10, 10, 10, 10]))).toEqual(['stalled']);
  });

  it('warns of few pictures at once', () => {
    expect(kinds(new Coach(12))).toEqual(['fewPictures']);
  });
});
