/** Names of settings, as people read them. */

/** `ganWeight` as "Gan weight"; digits that belong to a name stay with it. */
export function fieldLabel(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
