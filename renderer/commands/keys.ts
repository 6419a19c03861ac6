/** Shortcuts as they are written for people, and when they are not for us. */

const SIGNS: Readonly<Record<string, { mac: string; others: string }>> = {
  $mod: { mac: '⌘', others: 'Ctrl' },
  Shift: { mac: '⇧', others: 'Shift' },
  Alt: { mac: '⌥', others: 'Alt' },
  Enter: { mac: '↵', others: 'Enter' },
  BracketLeft: { mac: '[', others: '[' },
  BracketRight: { mac: ']', others: ']' },
  Backslash: { mac: '\\', others: '\\' },
  Slash: { mac: '/', others: '/' },
  Equal: { mac: '+', others: '+' },
  Minus: { mac: '−', others: '−' },
  Digit0: { mac: '0', others: '0' },
  PageUp: { mac: 'Page up', others: 'Page up' },
  PageDown: { mac: 'Page down', others: 'Page down' },
  Backspace: { mac: '⌫', others: 'Backspace' },
  Delete: { mac: '⌦', others: 'Delete' },
  Insert: { mac: 'Insert', others: 'Insert' },
  Home: { mac: 'Home', others: 'Home' },
  Tab: { mac: '⇥', others: 'Tab' },
};

/** `$mod+Shift+l` as "Ctrl+Shift+L", or as "⌘⇧L" on a Mac. */
export function shownKeys(keys: string, mac: boolean): string {
  // Shift is part of how a sign like "?" is typed: naming it would only puzzle.
  const parts = keys.split('+').filter((part, _, all) => part !== 'Shift' || /^\w+$/.test(all.at(-1)!));
  return parts.map((part) => SIGNS[part]?.[mac ? 'mac' : 'others'] ?? part.toUpperCase()).join(mac ? '' : '+');
}

/** What a field has for itself together with Ctrl or Cmd: undo, the clipboard, selecting all. */
const OF_FIELDS = /^(?:[zyxcva]|backspace|delete|home)$/i;
/** What moves within a slider, a list or a menu. */
const MOVES = /^(?:Home|End|PageUp|PageDown|Arrow.*)$/;
const LETTER = /^.$/u;

/** The parts of a key press that are looked at. */
interface KeyPress {
  target: unknown;
  key?: string;
  shiftKey?: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Whether the key press belongs to what has the focus: text being typed, a slider being moved, a menu being searched. */
export function isTyping({ target, key = '', ctrlKey, metaKey }: KeyPress): boolean {
  const element = (target ?? {}) as Partial<HTMLInputElement>;
  const within = (selector: string): boolean =>
    typeof element.closest === 'function' && element.closest(selector) !== null;
  // Tab goes from control to control, except on a canvas.
  if (key === 'Tab') return !within('[data-canvas-area]');
  const text =
    (element.tagName === 'INPUT' && !['range', 'checkbox', 'radio', 'button'].includes(element.type ?? 'text')) ||
    element.tagName === 'TEXTAREA' ||
    element.isContentEditable === true;
  if (ctrlKey || metaKey) return text && OF_FIELDS.test(key);
  if (text || element.tagName === 'SELECT') return true;
  if (MOVES.test(key)) return element.type === 'range' || within('[role=slider], [role=listbox], [role=menu]');
  return LETTER.test(key) && within('[role=menu]');
}
