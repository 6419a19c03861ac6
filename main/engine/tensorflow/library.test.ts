/** Where TensorFlow is looked for, and what is said where it cannot be used: on folders laid out as they may be found. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { checkVersion, examineLibrary } from './install.ts';
import { addOnOf, locate, PACKAGE, recordFile, type Located } from './library.ts';

const folder = temporary();
afterAll(() => folder.remove());
const root = folder.path('root');
const home = join(root, 'node_modules', PACKAGE);
const node20 = { versions: { node: '20.20.2' } };

/** Writes files, with the folders that they lie in. */
function put(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
const reasonOf = (located: Located): string => ('reason' in located ? located.reason : 'it is there');

beforeEach(() => rmSync(root, { recursive: true, force: true }));

describe('TensorFlow is looked for', () => {
  const look = (running: Parameters<typeof locate>[0] = node20): Located =>
    locate(running, [folder.path('none'), root]);
  const built = { [join(home, 'package.json')]: '{}', [addOnOf(home)]: 'an add-on' };

  it('and found where its add-on is built', () => {
    put(built);
    expect(look()).toEqual({ folder: home });
  });

  it('and what would have to be there is said where it is not', () => {
    expect(reasonOf(look())).toMatch(/not installed.*engines --install tensorflow FOLDER/);
    put({ [join(home, 'package.json')]: '{}' });
    expect(reasonOf(look())).toContain(`its add-on was not built (no ${addOnOf(home)})`);
  });

  it('not where it cannot run, and that is said', () => {
    put(built);
    expect(reasonOf(look({ versions: { node: '24.1.0', electron: '45.0.0' } }))).toContain('memory cage');
    expect(reasonOf(look({ versions: { node: '23.0.0' } }))).toMatch(
      /Node 23 no longer has \(util\.isNullOrUndefined\)/,
    );
    expect(look({ versions: { node: '22.12.0' } })).toEqual({ folder: home });
  });

  it('and the library that it was built against has to be the same still', () => {
    const library = join(root, 'libtensorflow.so.2');
    const record = { library, version: '2.21.0', sha256: 'abc', bytes: 5 };
    put({ ...built, [recordFile(root)]: JSON.stringify(record) });
    expect(reasonOf(look())).toContain(`${library}, which its add-on was built against, is gone`);
    put({ [library]: 'other bytes' });
    expect(reasonOf(look())).toContain('is not the TensorFlow 2.21.0 any more');
    put({ [library]: 'bytes' });
    expect(look()).toEqual({ folder: home });
  });
});

describe('a libtensorflow of the person', () => {
  const [include, header] = [join(root, 'include'), join(root, 'include', 'tensorflow', 'c')];
  const headers = { [join(header, 'c_api.h')]: '', [join(header, 'eager', 'c_api.h')]: '' };

  it('is found as it is published for C, and as it lies in a wheel', () => {
    for (const [place, name] of [
      ['lib', 'libtensorflow.so.2'],
      ['.', 'libtensorflow_cc.so.2'],
    ] as const) {
      rmSync(root, { recursive: true, force: true });
      const library = join(root, place, name);
      put({ ...headers, [library]: '', [join(root, place, 'libtensorflow_framework.so.2')]: '' });
      expect(examineLibrary(root)).toEqual({ library, include });
    }
  });

  it('is refused where a part of it is missing, which is named', () => {
    put(headers);
    expect(() => examineLibrary(root)).toThrow(/has no libtensorflow: it would have to hold libtensorflow\.so\.2/);
    put({ [join(root, 'libtensorflow.so.2')]: '' });
    expect(() => examineLibrary(root)).toThrow('libtensorflow_framework.so.2');
    put({ [join(root, 'libtensorflow_framework.so.2')]: '' });
    rmSync(join(header, 'eager'), { recursive: true });
    expect(() => examineLibrary(root)).toThrow(`${join(header, 'eager', 'c_api.h')} is missing`);
  });

  it('is of version 2.9 or newer', () => {
    for (const good of ['2.9.1', '2.21.0']) expect(() => checkVersion(good)).not.toThrow();
    for (const bad of ['1.15.0', '2.8.4', '3.0.0', 'nightly']) expect(() => checkVersion(bad)).toThrow(bad);
  });
});
