/** The keys that mean the canvas while it has the focus. */
import type { Editor } from '../../../canvas/editor.ts';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const LEAP = 10;

type Keyed = Pick<Editor, 'nudge' | 'confirm' | 'cancel' | 'deselect' | 'busy' | 'selection'>;

/** Does what a key means. @returns whether it meant something */
export function canvasKey({ key, shiftKey }: { key: string; shiftKey: boolean }, editor: Keyed): boolean {
  const arrow = ARROWS[key];
  if (arrow) editor.nudge(arrow[0] * (shiftKey ? LEAP : 1), arrow[1] * (shiftKey ? LEAP : 1));
  else if (key === 'Enter') editor.confirm();
  else if (key === 'Escape' && editor.busy) editor.cancel();
  else if (key === 'Escape' && editor.selection) editor.deselect();
  else return false;
  return true;
}
