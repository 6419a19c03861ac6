/** What a person kept of what a generator made: `models/<id>.kept.json`, beside the model. */
import { z } from 'zod';
import { keptPicture, type KeptPicture } from '../../../preload/contract/schemas.ts';
import type { RecordKind } from '../../records.ts';

/** How the file ends. */
export const KEPT_END = '.kept.json';

export const KEPT: RecordKind<{ format: 1; kept: KeptPicture[] }> = {
  schema: z.object({ format: z.literal(1), kept: z.array(keptPicture) }),
  format: 1,
};
