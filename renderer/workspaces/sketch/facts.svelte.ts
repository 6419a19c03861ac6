/** What is known of models for drawing with them. Asked once a model. */
import { SvelteMap } from 'svelte/reactivity';
import type { Result } from '../../../preload/contract/index.ts';
import { studio } from '../../studio.svelte.ts';

type Facts = Result<'paint.facts'>;

const known = new SvelteMap<string, Facts>();
// eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
const asked = new Map<string, Promise<void>>();

/** What is known of a model now. */
export const factsOf = (model: string | null): Facts | null => (model ? (known.get(model) ?? null) : null);

/** Finds out about a model. A failure is told, and it is asked again the next time. */
export function learnFacts(model: string): Promise<void> {
  const asking = asked.get(model) ?? ask(model);
  asked.set(model, asking);
  return asking;
}

async function ask(model: string): Promise<void> {
  const facts = await studio.attempt(studio.call('paint.facts', { model }));
  if (facts) known.set(model, facts);
  else asked.delete(model);
}
