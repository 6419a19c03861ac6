import { describe, expect, it } from 'vitest';
import { layersToSend, SavePlan } from './save-plan.ts';

describe('saving by itself', () => {
  it('waits until it has been calm for a second', () => {
    const plan = new SavePlan();
    expect(plan.due(0, false)).toBeNull();
    plan.changed(0);
    plan.changed(400);
    expect(plan.due(600, false)).toBe(800);
    expect(plan.due(1400, false)).toBe(0);
  });
  it('does not wait longer than ten seconds', () => {
    const plan = new SavePlan();
    for (let at = 0; at <= 9900; at += 300) plan.changed(at);
    expect(plan.due(9900, false)).toBe(100);
  });
  it('never comes during a stroke, and at once after a long one', () => {
    const plan = new SavePlan();
    plan.changed(0);
    plan.changed(12_000);
    expect(plan.due(12_000, true)).toBeNull();
    expect(plan.due(12_001, false)).toBe(0);
  });
  it('has what changes during a save in the next one', () => {
    const plan = new SavePlan();
    plan.changed(0);
    plan.begin();
    expect(plan.pending).toBe(false);
    plan.changed(1100);
    plan.succeeded();
    expect(plan.due(1200, false)).toBe(900);
  });
  it('tries again after a failure, less and less often', () => {
    const plan = new SavePlan();
    plan.changed(0);
    plan.begin();
    plan.failed(1000);
    expect(plan.due(1000, false)).toBe(2000);
    plan.begin();
    plan.failed(3000);
    expect(plan.due(3000, false)).toBe(5000);
    plan.begin();
    plan.succeeded();
    plan.changed(9000);
    expect(plan.due(9000, false)).toBe(1000);
  });
  it('sends the layers that were painted on, and those that came (back)', () => {
    expect(layersToSend(['a', 'b', 'c'], new Set(['b', 'gone']), new Set(['a', 'b']))).toEqual(['b', 'c']);
  });
});
