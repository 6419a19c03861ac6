import type { HTMLInputAttributes } from 'svelte/elements';

/** What a field with a native input takes: the field's own words, and whatever the input knows. */
export type InputProps<T> = Omit<HTMLInputAttributes, 'value'> & {
  label: string;
  value: T;
  hint?: string | undefined;
  error?: string | undefined;
};
