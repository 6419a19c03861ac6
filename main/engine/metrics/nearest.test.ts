import { describe, expect, it } from 'vitest';
import { Random } from '../../../models/graph/random.ts';
import { LearnedPictures } from './nearest.ts';

const random = new Random(3, 'pictures');
const picture = (): Uint8Array => new Uint8Array(300).map(() => random.below(256));
/** A picture with noise of so many levels. */
const retouched = (of: Uint8Array, levels: number): Uint8Array =>
  of.map((value) => Math.max(0, Math.min(255, value + random.below(2 * levels + 1) - levels)));

describe('a made picture', () => {
  const all = Array.from({ length: 40 }, picture);
  const learned = new LearnedPictures([null, ...all]);

  it('is a copy of the one that it was made from, and not of one that it merely resembles', () => {
    expect(learned.nearest(retouched(all[7]!, 10))).toMatchObject({ index: 8, copy: true });
    expect(learned.nearest(picture())!.copy).toBe(false);
    expect(learned.nearest(picture())!.distance).toBeGreaterThan(0.7);
    const halfway = all[3]!.map((value, i) => (i % 4 === 0 ? value : random.below(256)));
    expect(learned.nearest(halfway)).toMatchObject({ index: 4, copy: false });
  });

  it('is found where one picture was learned two hundred times, whose twins say nothing of what is usual', () => {
    const twins = new LearnedPictures([...all, ...Array.from({ length: 200 }, () => all[5]!)]);
    expect(twins.nearest(retouched(all[5]!, 8))).toMatchObject({ index: 5, copy: true });
    expect(twins.nearest(picture())!.copy).toBe(false);
  });

  it('has nothing to be like where nothing could be read', () => {
    expect(new LearnedPictures([null]).nearest(picture())).toBeNull();
    const one = picture();
    expect(new LearnedPictures([one, one]).nearest(one)!.copy).toBe(true);
    expect(new LearnedPictures([one]).nearest(picture())!.copy).toBe(false);
  });
});
