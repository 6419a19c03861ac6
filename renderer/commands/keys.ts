/** Shortcuts as they are written for people, and when they are not for us. */

const SIGNS: Readonly<Record<string, { mac: string; others: string }>> = {
  $mod: { mac: '⌘', others: 'Ctrl' },
  Shift: { mac: '⇧', others: 'Shift' },
  Alt: { mac: '⌥', others: 'Alt' },
  Enter: { mac: '↵', others: 'Enter' },
};

/** `$mod+Shift+l` as "Ctrl+Shift+L", or as "⌘⇧L" on a Mac. */
export function shownKeys(keys: string, mac: boolean): string {
  // Shift is part of how a sign like "?" is typed: naming it would only puzzle.
  const parts = keys.split('+').filter((part, _, all) => part !== 'Shift' || /^\w+$/.test(all.at(-1)!));
  return parts.map((part) => SIGNS[part]?.[mac ? 'mac' : 'others'] ?? part.toUpperCase()).join(mac ? '' : '+');
}

/** Whether the key press is text being typed: keys without Ctrl or Cmd then belong to the field. */
export function isTyping(event: { target: unknown; ctrlKey: boolean; metaKey: boolean }): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  const { tagName, isContentEditable, type } = (event.target ?? {}) as Partial<HTMLInputElement>;
  if (tagName === 'INPUT') return !['range', 'checkbox', 'radio', 'button'].includes(type ?? 'text');
  return tagName === 'TEXTAREA' || tagName === 'SELECT' || isContentEditable === true;
}
