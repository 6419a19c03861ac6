/** A studio with a window, for tests. */
import { Client } from '../../preload/contract/client.ts';
import type { Project } from '../../preload/contract/index.ts';
import type { ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { channelPair } from '../../preload/contract/pair.ts';
import { forkRole, type Launch } from '../engine/processes/roles.ts';
import { Studio } from './studio.ts';

export interface OpenedStudio {
  studio: Studio;
  client: Client;
  log: string[];
  token: (path: string) => string;
  project: () => Promise<Project>;
}

/** One that starts its processes with `launch`. */
export async function openStudio(launch: Launch = forkRole): Promise<OpenedStudio> {
  const [log, values]: [string[], Record<string, unknown>] = [[], {}];
  const studio = new Studio({
    host: 'browser',
    store: { get: (key) => values[key], set: (key, value) => void (values[key] = value) },
    log: (line) => log.push(line),
    launch,
  });
  const [ours, theirs] = channelPair<ToStudio, ToWindow>();
  studio.server.add(theirs);
  const client = new Client(ours);
  await client.call('settings.set', { threads: 1 });
  return {
    ...{ studio, client, log },
    token: (path) => studio.tokens.of(path).token,
    project: async () => (await client.call('projects.current', {}))!,
  };
}
