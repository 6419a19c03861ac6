import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProbe, type Found } from '../self-test/probe.ts';
import type { DeviceInfo } from './device.ts';
import { gpuProbe } from './probe.ts';
import { keepVerdict, keptVerdict, verdictKey } from '../self-test/verdicts.ts';

const device = {
  name: 'Card',
  vendor: 'v',
  architecture: 'a',
  driver: '1.2',
  software: false,
  matrixLanes: 0,
  features: [],
};
const verdict = { passed: false, wrong: ['Conv2d case 1: 0.1 off'], tried: 85, largest: 1e-6, stepMs: 2.5 };

describe('what a probe process says', () => {
  it('is read from its last line', () => {
    const said: Found<DeviceInfo> = { device, verdict };
    expect(
      readProbe(gpuProbe('single'), `a driver's own words\n${JSON.stringify(said)}\n`, { code: 0, signal: null }),
    ).toEqual(said);
  });

  it.each([
    ['', { code: null, signal: 'SIGSEGV' }, 'the graphics driver took the probe down: it was ended by SIGSEGV'],
    ['{"device":', { code: 134, signal: null }, 'the graphics driver took the probe down: it ended with code 134'],
    ['nothing of ours', { code: 1, signal: null }, 'the graphics driver took the probe down: it ended with code 1'],
  ])('is told in words where it died: %j', (stdout, exit, reason) => {
    expect(readProbe(gpuProbe('single'), stdout, exit)).toEqual({ device: null, reason });
  });
});

describe('verdicts', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'maquette-verdicts-')), 'below', 'verdicts.json');

  it('are kept by device, driver and version', () => {
    keepVerdict(file, verdictKey(['Card', '1.2', '1.0']), verdict);
    expect(keptVerdict(file, verdictKey(['Card', '1.2', '1.0']))).toEqual(verdict);
    expect(keptVerdict(file, verdictKey(['Card', '1.2', '1.1']))).toBeNull();
    expect(keptVerdict(file, verdictKey(['Card', '1.3', '1.0']))).toBeNull();
  });

  it('are forgotten where the file is broken', () => {
    writeFileSync(file, '{');
    expect(keptVerdict(file, verdictKey(['Card', '1.2', '1.0']))).toBeNull();
  });
});
