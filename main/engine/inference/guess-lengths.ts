/**
 * Which heights and widths a model takes whose file leaves them open: found by trying. Networks that halve a picture
 * need multiples of 2, 4, 8, ...; attention windows of 7, 12, 24; a few odd lengths only.
 */
import { UserError } from '../../errors.ts';
import type { Size } from './tiles.ts';

/** The sizes that a model takes: one, or all lengths that are `rest` more than a multiple of `multiple`. */
export interface Lengths {
  size: Size | null;
  multiple: number;
  rest: number;
  /** One of them. */
  length: number;
}

const LARGEST_MULTIPLE = 64;
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/**
 * Lengths that are tried until one works: first such as are multiples of much, then every one until twice the largest
 * multiple, among which there is one for any multiple and rest.
 */
const TRIED = [96, 128, 112, 120, 168, ...upTo(LARGEST_MULTIPLE).map((more) => LARGEST_MULTIPLE + more)];

/** @param works why it does not take a size, or null where it does */
export async function findLengths(
  { height, width }: { height: number | null; width: number | null },
  works: (size: Size) => Promise<UserError | null>,
): Promise<Lengths | UserError> {
  const fixed = height ?? width;
  if (fixed !== null) {
    // One that leaves the other side open is used as if it were square.
    const size = { height: height ?? fixed, width: width ?? fixed };
    return (await works(size)) ?? { size, multiple: 1, rest: 0, length: fixed };
  }
  const square = async (length: number): Promise<UserError | null> => works({ width: length, height: length });
  let refusal: UserError | undefined;
  for (const length of TRIED) {
    const problem = await square(length);
    if (problem === null) return stepFrom(length, square);
    refusal ??= problem;
  }
  return new UserError(`it takes none of the sizes that were tried (${TRIED[0]} x ${TRIED[0]}: ${refusal!.message})`);
}

/** From a length that works: the least step after which the next does, and the one after that. */
async function stepFrom(length: number, works: (length: number) => Promise<UserError | null>): Promise<Lengths> {
  const divisors = upTo(length).filter((step) => length % step === 0 && step <= 2 * LARGEST_MULTIPLE);
  for (const step of new Set([...divisors, ...upTo(LARGEST_MULTIPLE)]))
    if ((await works(length + step)) === null && (await works(length + 2 * step)) === null)
      return { size: null, multiple: step, rest: length % step, length };
  return { size: { width: length, height: length }, multiple: 1, rest: 0, length };
}
