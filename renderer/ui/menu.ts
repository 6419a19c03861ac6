/** What a menu shows. */
import type { Icon } from './icon.ts';

/** One line of a menu; `separated` draws a line above it. */
export interface MenuItem {
  label: string;
  icon?: Icon | undefined;
  keys?: string | undefined;
  disabled?: boolean;
  separated?: boolean;
  run: () => void;
}
