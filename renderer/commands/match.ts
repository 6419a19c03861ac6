/** How well a command answers what was typed: by the beginnings of its words, and of what else people call it. */

/** @returns 0 where it does not answer, else up to 1, the more the surer it is meant */
export function match(label: string, typed: string, words: readonly string[] = []): number {
  const [name, wanted] = [label.toLowerCase(), typed.trim().toLowerCase()];
  if (name.startsWith(wanted)) return name === wanted ? 1 : 0.9;
  const asked = wanted.split(/\s+/);
  const named = wordsOf(name);
  const called = words.flatMap((word) => wordsOf(word.toLowerCase()));
  const begins = (all: readonly string[]) => (word: string) => all.some((each) => each.startsWith(word));
  if (asked.every(begins(named))) return 0.7;
  if (asked.every(begins([...named, ...called]))) return 0.5;
  // A part of a word: "scale" of Upscale.
  return asked.every((word) => name.includes(word)) ? 0.3 : 0;
}

const wordsOf = (text: string): string[] => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
