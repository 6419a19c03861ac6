/** Checks the Train form before it is sent: what is wrong, by field. The studio checks again. */
import type { Field, TrainingForm } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';

/** The form while it is filled in: an empty number is null. */
export interface Draft {
  title: string;
  family: string;
  size: number;
  channels: 3 | 4;
  minutes: number | null;
  batch: number | null;
  seed: number | null;
  holdout: number;
  augment: TrainingForm['augment'];
  settings: Record<string, number | string | null>;
}

export type Problems = Readonly<Record<string, string>>;

const words = t.train.form.errors;

interface Limits {
  least?: number | null;
  most?: number | null;
  whole?: boolean;
}

function numberProblem(value: unknown, { least, most, whole }: Limits): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return words.required;
  if (whole && !Number.isInteger(value)) return words.whole;
  if (typeof least === 'number' && value < least) return words.least(least);
  if (typeof most === 'number' && value > most) return words.most(most);
  return null;
}

/** What is wrong with a draft, by the names of its fields; those of the family begin with `settings.`. */
export function problemsOf(draft: Draft, fields: readonly Field[]): Problems {
  const found: [string, string | null][] = [
    ['title', draft.title.trim() ? null : words.name],
    [
      'minutes',
      draft.minutes !== null && draft.minutes <= 0 ? words.positive : numberProblem(draft.minutes, { most: 1e6 }),
    ],
    ['batch', numberProblem(draft.batch, { least: 1, most: 64, whole: true })],
    ['seed', numberProblem(draft.seed, { least: 0, most: 2 ** 32, whole: true })],
    ...fields.map((field): [string, string | null] => [
      `settings.${field.name}`,
      field.type === 'choice'
        ? null
        : numberProblem(draft.settings[field.name], {
            least: field.minimum,
            most: field.maximum,
            whole: field.type === 'integer',
          }),
    ]),
  ];
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null));
}
