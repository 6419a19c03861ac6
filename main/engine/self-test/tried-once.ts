/** A device is tried once, by its probe's process, until it or what computes there is another one. */
import type { SelfTest } from '../engine.ts';
import { startProbe, type Probe } from './probe.ts';
import { keepVerdict, keptVerdict, verdictFile, verdictKey } from './verdicts.ts';

/** @param device what is tried, and with which versions of what computes there */
export async function triedOnce<Device>(probe: Probe<Device>, device: readonly string[]): Promise<SelfTest> {
  const key = verdictKey(device);
  const kept = keptVerdict(verdictFile(), key);
  if (kept) return kept;
  const result = await startProbe(probe, 'test');
  // A driver that dies may do better next time: only what was computed is kept.
  if (!('verdict' in result) || !result.verdict)
    return { passed: false, wrong: ['reason' in result ? result.reason : 'it was not tried'], stepMs: null };
  keepVerdict(verdictFile(), key, result.verdict);
  return result.verdict;
}
