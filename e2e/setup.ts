/**
 * Before the tests: a Chromium, through Debian's packages where none is here and we may install one; and nothing of tests
 * that were killed. After them neither.
 */
import { spawnSync } from 'node:child_process';
import { findBrowser } from '../main/hosts/chromium.ts';
import { endOrphans } from './processes.ts';

export default function setup(): () => void {
  endOrphans();
  installBrowser();
  return endOrphans;
}

function installBrowser(): void {
  if (findBrowser() !== null || process.platform !== 'linux' || process.getuid?.() !== 0) return;
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
}
