/** What a model that Maquette brings along is used for, once the project has it. */
import type { Starter } from '../../preload/contract/index.ts';
import { studio } from '../studio.svelte.ts';
import { latentState } from './latent/latent.svelte.ts';
import { sketchState } from './sketch/sketch.svelte.ts';

export const beginWith: Record<Starter['does'], (model: string) => void> = {
  translate: (model) => void sketchState.drawWith(model),
  generate: (model) => latentState.exploreWith(model),
  // It has its work where height maps are exported; here is what it is.
  height: (model) => {
    studio.focus = { model };
    studio.go('library');
  },
};
