/** What tests of the canvas begin with. */
import { plainLayer } from '../../preload/contract/layers/stack.ts';
import { Editor } from './editor.ts';
import type { DrawingState, LayerState, PenSample, Point, Surface } from './types.ts';

export const layer = (id: string, change: Partial<LayerState> = {}): LayerState => ({
  ...plainLayer({ id, title: id }),
  ...change,
});

/** An editor with a crisp brush of a few pixels, so that what is drawn can be said exactly. */
export function editorOf(width: number, height: number, change: Partial<DrawingState> = {}): Editor {
  const layers = change.layers ?? [layer('layer-1')];
  const state = {
    width,
    height,
    wrap: false,
    layers,
    active: layers[0]!.id,
    masking: false,
    paper: '#ffffff',
    ...change,
  };
  const editor = new Editor({ state });
  editor.setBrush('brush', { size: 4, hardness: 1, opacity: 1, smoothing: 0, pressureSize: false });
  editor.setBrush('eraser', { size: 4, hardness: 1, opacity: 1, smoothing: 0, pressureSize: false });
  editor.setColour('#ff0000');
  return editor;
}

export const pen = (x: number, y: number, change: Partial<PenSample> = {}): PenSample => ({
  x,
  y,
  pressure: 0.5,
  time: 0,
  shift: false,
  alt: false,
  mod: false,
  ...change,
});

/** Presses at the first point, moves through the others, and lets go at the last. */
export function drag(
  editor: Editor,
  points: readonly (readonly [number, number])[],
  keys: Partial<PenSample> = {},
): void {
  const samples = points.map(([x, y], i) => pen(x, y, { time: i * 10, ...keys }));
  editor.down(samples[0]!);
  for (const sample of samples.slice(1)) editor.move([sample]);
  editor.up(samples.at(-1)!);
}

export const bytes = (editor: Editor, id = editor.state.active): number[] => [...editor.surface(id).data];

/** A pixel as [r, g, b, a]. */
export function at({ width, data }: Surface, { x, y }: Point): number[] {
  const start = (y * width + x) * 4;
  return [...data.subarray(start, start + 4)];
}

export const alphaAt = (editor: Editor, x: number, y: number): number =>
  at(editor.surface(editor.state.active), { x, y })[3]!;
