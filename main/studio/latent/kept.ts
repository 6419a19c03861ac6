/** What a person kept of what a generator made: `models/<id>.kept.json`, beside the model. */
import { z } from 'zod';
import { keptPicture, wish } from '../../../preload/contract/schemas.ts';
import type { RecordKind } from '../../records.ts';

/** How the file ends. */
export const KEPT_END = '.kept.json';

/** A slider that a person made: along which direction of the latent it moves. */
const slider = z.object({ id: z.string().min(1), title: z.string(), direction: z.array(z.number()) });

const schema = z.object({
  format: z.literal(1),
  kept: z.array(keptPicture),
  sliders: z.array(slider),
  /** The key pictures of the animation. */
  keyPictures: z.array(wish).default([]),
});
export type Kept = z.infer<typeof schema>;

export const KEPT: RecordKind<Kept> = { schema, format: 1 };
