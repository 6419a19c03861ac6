/** What is true of a dataset's pictures, as a look at a few of them says. */
import { UserError } from '../../errors.ts';
import { describeDataset } from './describe.ts';
import { spread } from './spread.ts';

/** So many pictures, evenly over the dataset, are enough to know. */
const LOOKED_AT = 8;

/**
 * Whether half or more of the drawings, or of the finished pictures, are so. One that cannot be read says nothing; the
 * doctor names it.
 */
export async function mostly(
  folder: string,
  side: 'drawings' | 'finished',
  isSo: (file: string, half: 'left' | 'right' | undefined) => Promise<boolean>,
): Promise<boolean> {
  const { pictures } = describeDataset(folder);
  const looked = spread(pictures, LOOKED_AT);
  const at = side === 'drawings' ? 0 : -1;
  const half = side === 'drawings' ? 'left' : 'right';
  const seen = await Promise.all(
    looked.map(({ sides, halves }) =>
      isSo(`${folder}/${sides.at(at)!}`, halves && half).catch((error: unknown) => {
        if (error instanceof UserError) return false;
        throw error;
      }),
    ),
  );
  return looked.length > 0 && seen.filter(Boolean).length * 2 >= looked.length;
}
