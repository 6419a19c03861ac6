/** A first training that explains itself: sample pictures, three minutes, and a guide beside it. */
import { studio } from '../../../studio.svelte.ts';
import { Form } from '../form/form.svelte.ts';
import { trainState } from '../train.svelte.ts';

/** So few are written quickly, and enough for three minutes. */
const PICTURES = 300;
const MINUTES = 3;

export async function showHow(): Promise<void> {
  const id = await studio.startWithSamples(PICTURES);
  if (id === undefined) return;
  const project = await studio.attempt(studio.call('projects.current', {}));
  const dataset = project?.datasets.find((one) => one.id === id);
  if (!dataset) return;
  const form = new Form(dataset);
  await form.ready;
  const quick = form.family?.presets[0];
  if (quick) form.usePreset(quick);
  form.draft.minutes = MINUTES;
  const run = await form.start({ remember: false });
  if (run === null) {
    if (form.error) studio.toast('error', form.error);
    return;
  }
  trainState.guided = run;
  trainState.select('run', run);
}
