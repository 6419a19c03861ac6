/** How results were saved last: the next time it begins so. */
import type { Picked, SaveFormat } from '../../preload/contract/index.ts';

export class Saving {
  format = $state<SaveFormat>('png');
  suffix = $state('');
  place = $state.raw<Picked | null>(null);
}
