/**
 * TensorFlow, where a person has it: the package @tensorflow/tfjs-node-gpu with an add-on that was built, either by npm
 * (which leaves the package out where that fails) or by `maquette engines --install tensorflow`. Looked for without
 * loading anything; why it cannot be used is said exactly, with what would have to be there.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import type { TensorFlow, TfTensor } from '../../../models/graph/tensorflow-api.ts';
import { homeFolder } from '../../home.ts';
import { ROOT } from '../../root.ts';

export const PACKAGE = '@tensorflow/tfjs-node-gpu';
export const PACKAGE_VERSION = '4.22.0';

/** What is used of the package besides the operators. */
export interface TfNode extends TensorFlow {
  tensor(values: number[] | Float32Array, shape: number[]): TfTensor;
  tidy(compute: () => void): void;
  version: { tfjs: string };
  backend(): { isUsingGpuDevice: boolean; binding: { TF_Version?: string } };
}

/** Where `engines --install` puts it. */
export const installFolder = (): string => join(homeFolder(), 'engines', 'tensorflow');

/** What was installed, beside it: the library that the add-on was built against. */
export const installedSchema = z.object({
  library: z.string(),
  version: z.string(),
  sha256: z.string(),
  bytes: z.int(),
});
export type Installed = z.infer<typeof installedSchema>;
export const recordFile = (folder: string): string => join(folder, 'installed.json');

/** Where the add-on lies in the package. */
export const addOnOf = (folder: string): string => join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');

/** A package that can be loaded, or why there is none. */
export type Located = { folder: string } | { reason: string };

/** What is asked of the running process. */
interface Running {
  versions: { node: string; electron?: string };
}

const HOW =
  '`maquette engines --install tensorflow FOLDER` builds it against a libtensorflow of your own (FOLDER holds it and its headers)';

/** The last Node with all that the package calls; `util.isNullOrUndefined` went with 23. */
const LAST_NODE = 22;

/** Looks where the package is. @param roots the folders that may hold node_modules, in the order in which they are asked */
export function locate(running: Running = process, roots: readonly string[] = [installFolder(), ROOT]): Located {
  const node = Number(running.versions.node.split('.')[0]);
  if (running.versions.electron !== undefined)
    return { reason: "Electron's memory cage refuses the buffers of its add-on; on the command line it can be used" };
  if (node > LAST_NODE)
    return {
      reason: `${PACKAGE} ${PACKAGE_VERSION} calls a function that Node ${node} no longer has (util.isNullOrUndefined); it runs on Node 20 and ${LAST_NODE}`,
    };
  const folders = roots
    .map((root) => join(root, 'node_modules', PACKAGE))
    .filter((folder) => existsSync(join(folder, 'package.json')));
  const whole = folders.find((folder) => existsSync(addOnOf(folder)));
  if (whole !== undefined) return changed(whole) ?? { folder: whole };
  if (folders.length > 0)
    return {
      reason: `the package ${PACKAGE} is there, but its add-on was not built (no ${addOnOf(folders[0]!)}): ${HOW}`,
    };
  return {
    reason: `the package ${PACKAGE} is not installed, as npm leaves it out where its add-on cannot be built: ${HOW}`,
  };
}

/** Why an add-on does not fit the library that it was built against any more; null where it does. */
function changed(folder: string): Located | null {
  const record = recordFile(join(folder, '..', '..', '..'));
  if (!existsSync(record)) return null;
  const { library, version, bytes } = installedSchema.parse(JSON.parse(readFileSync(record, 'utf8')));
  const again = 'run `maquette engines --install tensorflow` again';
  if (!existsSync(library)) return { reason: `${library}, which its add-on was built against, is gone: ${again}` };
  if (statSync(library).size !== bytes)
    return {
      reason: `${library} is not the TensorFlow ${version} any more that its add-on was built against: ${again}`,
    };
  return null;
}

/** Loads the package: a native add-on that may take the process down. @throws Error saying what is missing */
export function loadTensorFlow(folder: string): TfNode {
  // Its messages about instructions and missing cards go to stderr otherwise.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  const tf = createRequire(join(folder, 'package.json'))(folder) as TfNode;
  // Nothing is differentiated here: gradients are part of the graphs.
  return { ...tf, stopGradient: (x) => x };
}
