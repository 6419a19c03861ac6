/** What the guide says of a first training, each from when there is something to see of it. */

/** How far a training is. */
export interface Standing {
  /** Whether the expert has said anything yet. */
  judged: boolean;
  /** Whether there is a picture of what it makes. */
  shown: boolean;
  /** 0 to 1; null before that is known. */
  share: number | null;
  ended: boolean;
}

const LESSONS = {
  forger: () => true,
  expert: ({ judged }) => judged,
  pictures: ({ shown }) => shown,
  even: ({ share }) => (share ?? 0) >= 0.5,
  done: ({ ended }) => ended,
} satisfies Record<string, (standing: Standing) => boolean>;

export type Lesson = keyof typeof LESSONS;

/** The lessons that there is something to see of, in their order. */
export const lessonsAt = (standing: Standing): Lesson[] =>
  (Object.keys(LESSONS) as Lesson[]).filter((lesson) => LESSONS[lesson](standing));
