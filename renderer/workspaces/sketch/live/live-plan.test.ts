import { describe, expect, it } from 'vitest';
import { DRAFT_MS, LivePlan, type Asking } from './live-plan.ts';

const box = (left: number, width = 10) => ({ left, top: 0, width, height: 10 });

/** A plan whose first picture is sent and shown. */
function settled(): LivePlan {
  const plan = new LivePlan();
  plan.markAll();
  plan.answered((plan.next(0) as Asking).turn, 'done');
  return plan;
}
const asked = (plan: LivePlan, now: number) => plan.next(now);

describe('what is asked of a model while a person draws', () => {
  it('is the whole picture the first time, and nothing before anything is there', () => {
    const plan = new LivePlan();
    expect(plan.next(0)).toBeNull();
    plan.mark(box(0));
    expect(plan.next(0)).toMatchObject({ quality: 'full', changed: 'all' });
  });
  it('is a draft of what changed while the pen is down, one at a time and not too often', () => {
    const plan = settled();
    plan.stroke(true);
    plan.mark(box(0));
    const first = asked(plan, 1000) as Asking;
    expect(first).toMatchObject({ quality: 'draft', changed: box(0) });
    plan.mark(box(20));
    expect(plan.next(1200)).toBeNull();
    expect(plan.answered(first.turn, 'done')).toBe(true);
    expect(plan.next(1000 + DRAFT_MS - 10)).toBe(10);
    expect(plan.next(1210)).toMatchObject({ quality: 'draft', changed: box(20) });
  });
  it('gathers what changed meanwhile', () => {
    const plan = settled();
    plan.stroke(true);
    plan.mark(box(0));
    plan.mark(box(20));
    expect(plan.next(1000)).toMatchObject({ changed: { left: 0, top: 0, width: 30, height: 10 } });
  });
  it('is the full result at once when the pen is lifted, also while a draft is under way and nothing changed since', () => {
    const plan = settled();
    plan.stroke(true);
    plan.mark(box(0));
    const draft = asked(plan, 1000) as Asking;
    plan.stroke(false);
    const full = asked(plan, 1010) as Asking;
    expect(full).toMatchObject({ quality: 'full', changed: null });
    expect(plan.answered(draft.turn, 'stale')).toBe(false);
    expect(plan.answered(full.turn, 'done')).toBe(true);
    expect(plan.next(5000)).toBeNull();
  });
  it('is asked once more when something changed while the full result was made', () => {
    const plan = settled();
    plan.mark(box(0));
    const full = asked(plan, 1000) as Asking;
    plan.mark(box(5));
    expect(plan.next(1001)).toBeNull();
    plan.answered(full.turn, 'done');
    expect(plan.next(1002)).toMatchObject({ quality: 'full', changed: box(5) });
  });
  it('is everything again when the studio lost the picture', () => {
    const plan = settled();
    plan.mark(box(0));
    plan.answered((asked(plan, 1000) as Asking).turn, 'lost');
    expect(plan.next(1001)).toMatchObject({ quality: 'full', changed: 'all' });
  });
  it('waits for the next stroke after a failure, and then sends everything', () => {
    const plan = settled();
    plan.mark(box(0));
    plan.answered((asked(plan, 1000) as Asking).turn, 'failed');
    expect(plan.next(1001)).toBeNull();
    plan.mark(box(5));
    expect(plan.next(1002)).toMatchObject({ changed: 'all' });
  });
  it('does not fail over and over during one stroke', () => {
    const plan = settled();
    plan.stroke(true);
    plan.mark(box(0));
    plan.answered((asked(plan, 1000) as Asking).turn, 'failed');
    plan.mark(box(5));
    expect(plan.next(1200)).toBeNull();
    plan.stroke(false);
    expect(plan.next(1300)).toMatchObject({ quality: 'full', changed: 'all' });
  });
  it('goes on until all of a large result is there', () => {
    const plan = settled();
    plan.mark(box(0));
    const first = asked(plan, 1000) as Asking;
    plan.answered(first.turn, 'done', 3);
    const rest = asked(plan, 1001) as Asking;
    expect(rest).toMatchObject({ quality: 'full', changed: null });
    plan.answered(rest.turn, 'done', 0);
    expect(plan.next(1002)).toBeNull();
    plan.stroke(true);
    plan.mark(box(0));
    plan.answered((asked(plan, 2000) as Asking).turn, 'done', 2);
    expect(plan.next(2200)).toMatchObject({ quality: 'draft', changed: null });
  });
  it('shows no answer that is older than what is shown, and none of another model', () => {
    const plan = settled();
    plan.stroke(true);
    plan.mark(box(0));
    const draft = asked(plan, 1000) as Asking;
    plan.stroke(false);
    const full = asked(plan, 1001) as Asking;
    expect(plan.answered(full.turn, 'done')).toBe(true);
    expect(plan.answered(draft.turn, 'done')).toBe(false);
    plan.mark(box(0));
    const before = asked(plan, 1002) as Asking;
    plan.markAll(true);
    expect(plan.answered(before.turn, 'done')).toBe(false);
    expect(plan.next(1003)).toMatchObject({ changed: 'all' });
  });
});
