/**
 * Labels of one trait are its values. Where pictures have several traits, each label is `trait=value`, all values of a
 * trait beside each other, and a picture has one of each.
 */

export interface Trait {
  name: string;
  values: string[];
  /** The place of its first value among all labels. */
  begin: number;
}

/** The label of a value of one among several traits. */
export const labelOf = (trait: string, value: string): string => `${trait}=${value}`;

/** The traits of some labels, in order. @param alone how the trait is called where there is only one */
export function traitsOf(labels: readonly string[], alone = 'label'): Trait[] {
  const split = labels.map((label) => /^([^=]+)=(.*)$/.exec(label));
  const names = [...new Set(split.map((parts) => parts?.[1]))];
  // One name before all of them says nothing: they may be called so.
  if (names.includes(undefined) || names.length < 2) return [{ name: alone, values: [...labels], begin: 0 }];
  return (names as string[]).map((name) => ({
    name,
    values: split.flatMap((parts) => (parts?.[1] === name ? [parts[2]!] : [])),
    begin: split.findIndex((parts) => parts?.[1] === name),
  }));
}
