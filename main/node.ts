/**
 * The Node that runs what is ours outside the window. Electron's own cannot: its fuses forbid it, and its memory cage
 * refuses the buffers of native engines. A package carries one; a checkout names the one that started it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How a checkout tells Electron which Node started it. */
export const NODE_VARIABLE = 'MAQUETTE_NODE';

/** Where a package keeps its Node, seen from its resources. */
export const carriedNode = (platform: NodeJS.Platform): string =>
  join('node', platform === 'win32' ? 'node.exe' : 'node');

/** What is asked of the running process. */
interface Running {
  execPath: string;
  platform: NodeJS.Platform;
  versions: { electron?: string };
  env: Readonly<Record<string, string | undefined>>;
  /** Electron's; a package's own files lie there. */
  resourcesPath?: string;
}

/** @throws Error in Electron, where neither a package nor a checkout gives one */
export function nodeBinary(running: Running = process): string {
  if (running.versions.electron === undefined) return running.execPath;
  const carried = join(running.resourcesPath ?? '', carriedNode(running.platform));
  if (existsSync(carried)) return carried;
  const named = running.env[NODE_VARIABLE];
  if (named !== undefined) return named;
  throw new Error(`There is no Node for the engine: neither ${carried} nor ${NODE_VARIABLE}`);
}
