import { describe, expect, it } from 'vitest';
import { exportOptions } from '../../../../preload/contract/schemas.ts';
import { ENGINES, formatsFor, hasNormals, isMap, RESULT_PNG, WHATS } from './options.ts';

describe('what can be exported', () => {
  it('has a format each, and all of them are of the contract', () => {
    for (const what of WHATS)
      for (const format of formatsFor(what))
        expect(exportOptions.safeParse({ ...RESULT_PNG, what, format }).success).toBe(true);
    expect(WHATS.map((what) => formatsFor(what)[0])).toEqual(['png', 'png', 'psd', 'png16', 'png', 'png']);
  });
  it('is a map when it comes from the relief', () => {
    expect(WHATS.filter(isMap)).toEqual(['height', 'normal', 'material']);
    expect(WHATS.filter(hasNormals)).toEqual(['normal', 'material']);
    expect(ENGINES).toMatchObject({ unity: 'opengl', unreal: 'directx', godot: 'opengl' });
  });
});
