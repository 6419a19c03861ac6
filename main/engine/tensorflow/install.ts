/**
 * Builds TensorFlow's add-on against a libtensorflow that the person has: the one that its makers publish for C, or the one
 * inside Python's wheel. Needed because the package's own download has been refused since August 2026 (tensorflow/tfjs
 * #8742). Everything lies in one folder of Maquette's own, which is made anew each time.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { startProbe } from '../self-test/probe.ts';
import { TENSORFLOW_PROBE } from './probe.ts';
import { addOnOf, installFolder, PACKAGE, PACKAGE_VERSION, recordFile, type Installed } from './library.ts';

/** What npm says of the package's contents; any other are not what was looked at. */
const INTEGRITY = 'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==';

/** The names that it has in the two ways in which it is published; with the first one goes the framework beside it. */
const LIBRARIES = ['libtensorflow.so.2', 'libtensorflow_cc.so.2'];
const FRAMEWORK = 'libtensorflow_framework.so.2';

/** What the package's add-on was written for, and what it has been seen to run on. */
const OLDEST = [2, 9] as const;

/** What a folder holds that a person names. */
export interface Offered {
  library: string;
  include: string;
}

/** Finds the library and its headers. @throws UserError saying what would have to be there */
export function examineLibrary(folder: string): Offered {
  const places = [folder, join(folder, 'lib')].map((place) => resolve(place));
  const library = places
    .flatMap((place) => LIBRARIES.map((name) => join(place, name)))
    .find((file) => existsSync(file) && existsSync(join(dirname(file), FRAMEWORK)));
  if (!library)
    throw new UserError(
      `${folder} has no libtensorflow: it would have to hold ${LIBRARIES.join(' or ')} and ${FRAMEWORK}, itself or in lib/ (Python's wheel tensorflow-cpu has them in its folder tensorflow/)`,
    );
  const include = join(resolve(folder), 'include');
  for (const header of ['c_api.h', 'eager/c_api.h'])
    if (!existsSync(join(include, 'tensorflow', 'c', header)))
      throw new UserError(`${folder} has no headers for it: ${join(include, 'tensorflow', 'c', header)} is missing`);
  return { library, include };
}

/** @throws UserError where it is no version that the add-on is known to run on */
export function checkVersion(version: string): void {
  const [major, minor] = version.split('.').map(Number);
  if (major !== OLDEST[0] || !(minor! >= OLDEST[1]))
    throw new UserError(
      `This is TensorFlow ${version}; it has to be ${OLDEST.join('.')} or newer, and of the same major version`,
    );
}

/** Where Node keeps the headers that an add-on is built with. */
function nodeHeaders(): string {
  const places = [join(dirname(dirname(process.execPath)), 'include', 'node'), '/usr/include/node'];
  const found = places.find((place) => existsSync(join(place, 'node_api.h')));
  if (!found)
    throw new UserError(
      `Node's headers (node_api.h) are not there; install them (Debian: libnode-dev), or Node from nodejs.org`,
    );
  return found;
}

/** Runs a program to its end. @throws UserError with the end of what it said, where it fails or is not there */
async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', ({ message }) =>
      fail(new UserError(`${program} could not be started (${message}); install it and try again`)),
    );
    child.on('close', done);
  });
  if (code !== 0) throw new UserError(`${program} failed:\n${said.trim().split('\n').slice(-8).join('\n')}`);
}

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

const lockSchema = z.object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) });

/**
 * Fetches the package without running its own scripts, and builds its add-on. `say` hears each part as it begins.
 * @throws UserError where something is missing or fails; then nothing is left of it
 */
export async function install(folder: string, say: (line: string) => void): Promise<Installed> {
  if (process.platform !== 'linux')
    throw new UserError('The add-on of TensorFlow is built on Linux only; on other systems use another engine');
  const offered = examineLibrary(folder);
  const headers = nodeHeaders();
  const target = installFolder();
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  try {
    say(`fetching ${PACKAGE} ${PACKAGE_VERSION} from npm`);
    writeFileSync(join(target, 'package.json'), '{ "private": true }\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...quiet, `${PACKAGE}@${PACKAGE_VERSION}`], target);
    const lock = lockSchema.parse(JSON.parse(readFileSync(join(target, 'package-lock.json'), 'utf8')));
    if (lock.packages[`node_modules/${PACKAGE}`]?.integrity !== INTEGRITY)
      throw new UserError(
        `What npm gave as ${PACKAGE} ${PACKAGE_VERSION} is not what it should be: its digest differs`,
      );
    const home = join(target, 'node_modules', PACKAGE);
    say(`building its add-on against ${offered.library} `);
    await compile(home, offered, headers);
    const found = await startProbe(TENSORFLOW_PROBE, 'find');
    if (!found.device) throw new UserError(`The add-on was built, but ${found.reason}`);
    checkVersion(found.device.version);
    const installed: Installed = {
      ...{ library: offered.library, version: found.device.version },
      ...{ sha256: await digestOf(offered.library), bytes: statSync(offered.library).size },
    };
    writeFileSync(recordFile(target), `${JSON.stringify(installed, null, 2)}\n`);
    return installed;
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw error;
  }
}

async function compile(home: string, { library, include }: Offered, headers: string): Promise<void> {
  const addOn = addOnOf(home);
  mkdirSync(dirname(addOn), { recursive: true });
  const sources = readdirSync(join(home, 'binding')).filter((name) => name.endsWith('.cc'));
  const place = dirname(library);
  const args = [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'],
    ...[headers, home, dirname(home), include].map((each) => `-I${each}`),
    ...sources.map((name) => join('binding', name)),
    ...['-o', addOn, `-L${place}`, `-l:${library.slice(place.length + 1)}`, `-l:${FRAMEWORK}`, `-Wl,-rpath,${place}`],
  ];
  await run('g++', args, home);
}
