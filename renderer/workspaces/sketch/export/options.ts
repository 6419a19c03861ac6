/** What can be exported, and as what. */
import type { ExportOptions } from '../../../../preload/contract/index.ts';

export const WHATS: readonly ExportOptions['what'][] = ['result', 'drawing', 'both', 'height', 'normal', 'material'];

/** For the result as it is, to be dragged into another program. */
export const RESULT_PNG: ExportOptions = {
  ...{ format: 'png', what: 'result', normals: 'opengl', height: null, relief: 1, invert: false },
};

/** The formats that make sense for a thing, the usual one first. */
export function formatsFor(what: ExportOptions['what']): readonly ExportOptions['format'][] {
  if (what === 'both') return ['psd', 'png', 'png16', 'webp'];
  if (what === 'height') return ['png16', 'png'];
  if (what === 'normal' || what === 'material') return ['png', 'png16'];
  return ['png', 'webp', 'png16', 'psd'];
}

/** Whether a thing is worked out from the relief of the result. */
export const isMap = (what: ExportOptions['what']): boolean =>
  what === 'height' || what === 'normal' || what === 'material';
export const hasNormals = (what: ExportOptions['what']): boolean => what === 'normal' || what === 'material';

/** Where the green of a normal map points in each engine. */
export const ENGINES = { unity: 'opengl', unreal: 'directx', godot: 'opengl', blender: 'opengl' } as const;
export type EngineName = keyof typeof ENGINES;
