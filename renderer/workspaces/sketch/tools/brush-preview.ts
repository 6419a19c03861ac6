/** A stroke that shows a brush, drawn as all strokes are. */
import { plainLayer } from '../../../../preload/contract/layers/stack.ts';
import type { Brush } from '../../../canvas/brushes.ts';
import { Editor } from '../../../canvas/editor.ts';
import type { PenSample, Surface } from '../../../canvas/types.ts';

export const PREVIEW = { width: 132, height: 34 };

/** A wave that is pressed harder on its way, and lightly again at its end. */
export function previewOf(brush: Brush): Surface {
  const { width, height } = PREVIEW;
  const layers = [plainLayer({ id: 'stroke', title: '' })];
  const state = { width, height, wrap: false, layers, active: 'stroke', masking: false, paper: '#ffffff' };
  const editor = new Editor({ state });
  editor.setBrush('brush', { ...brush, size: 12, smoothing: 0 });
  const samples = Array.from({ length: 40 }, (_, i): PenSample => {
    const way = i / 39;
    return {
      ...{ x: 12 + way * (width - 24), y: height / 2 + 7 * Math.sin(way * 2 * Math.PI), time: i * 10 },
      ...{ pressure: 0.15 + 0.8 * Math.sin(way * Math.PI), shift: false, alt: false, mod: false },
    };
  });
  editor.down(samples[0]!);
  editor.move(samples.slice(1));
  editor.up(samples.at(-1)!);
  return editor.surface('stroke');
}
