/** Keys that a person gives to commands in the place of those they come with. */
import { COMMANDS } from './registry.ts';
import type { Command } from './command.ts';

/** By the command's id, as tinykeys writes them; '' for none. */
export type OwnKeys = Readonly<Record<string, string>>;

/** The keys of a command now, the one that is shown first. */
export function keysOf({ id, keys, also = [] }: Command, own: OwnKeys): string[] {
  const given = own[id];
  if (given === undefined) return [...(keys ? [keys] : []), ...also];
  return given === '' ? [] : [given];
}

/** The commands of each key. Several have one key where only one of them can ever be run. */
export function commandsByKey(own: OwnKeys): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const command of COMMANDS)
    for (const key of keysOf(command, own)) found.set(key, [...(found.get(key) ?? []), command.id]);
  return found;
}

/** Whether keys are given to a command by its id alone, and not shown for several at once. */
export const isOwnable = ({ help }: Command): boolean => help === undefined;

const owner = (id: string): string => /^(sketch|style|latent)-/.exec(id)?.[1] ?? 'everywhere';
const plain = (key: string): string => key.toLowerCase().replace(/digit(?=\d)/, '');

/** The commands that have a key already and can be run where another one can. */
export const holdersOf = (key: string, id: string, own: OwnKeys): Command[] =>
  COMMANDS.filter((command) => {
    if (command.id === id || !keysOf(command, own).some((each) => plain(each) === plain(key))) return false;
    const [one, other] = [owner(id), owner(command.id)];
    return one === other || one === 'everywhere' || other === 'everywhere';
  });

/** Gives a key to a command; those that had it have none then. '' takes its keys away, null gives back its first ones. */
export function given(own: OwnKeys, id: string, key: string | null): Record<string, string> {
  const others = Object.entries(own).filter(([each]) => each !== id);
  const next = Object.fromEntries(key === null ? others : [...others, [id, key]]);
  const command = COMMANDS.find((each) => each.id === id);
  for (const each of command ? keysOf(command, next) : [])
    for (const holder of holdersOf(each, id, next)) next[holder.id] = '';
  return next;
}

const ALONE = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Dead', 'Escape', ' ', 'Tab']);

/** What was pressed, as tinykeys writes it; null for what is no shortcut: modifiers alone, the space bar, Escape, Tab. */
export function pressed(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>) {
  const { key, code } = event;
  if (ALONE.has(key)) return null;
  // Letters by name, signs and digits by where they lie: those change with Shift.
  const named = /^[a-z]$/i.test(key) ? key.toLowerCase() : key.length > 1 ? key : code;
  const held = [event.ctrlKey || event.metaKey ? '$mod' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : ''];
  return [...held.filter(Boolean), named].join('+');
}
