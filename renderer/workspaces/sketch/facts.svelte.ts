/** What is known of models for drawing with them. Asked once a model. */
import { SvelteMap } from 'svelte/reactivity';
import type { Result } from '../../../preload/contract/index.ts';
import { studio } from '../../studio.svelte.ts';

type Facts = Result<'paint.facts'>;

const known = new SvelteMap<string, Facts>();
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
const asked = new Set<string>();

/** What is known of a model now. */
export const factsOf = (model: string | null): Facts | null => (model ? (known.get(model) ?? null) : null);

/** Finds out about a model. A failure is told, and it is asked again the next time. */
export async function learnFacts(model: string): Promise<void> {
  if (asked.has(model)) return;
  asked.add(model);
  const facts = await studio.attempt(studio.call('paint.facts', { model }));
  if (facts) known.set(model, facts);
  else asked.delete(model);
}
