/** What a pane shows, from the bottom to the top, and on which of the three planes. */
import { isPlain } from '../../preload/contract/layers/stack.ts';
import type { DrawingState, LayerState, Overlay } from './types.ts';

export interface Show {
  drawing: boolean;
  /** Stretched over the document's frame, above the drawing. */
  result: { canvas: HTMLCanvasElement; opacity: number } | null;
  /** Paint over a wrong result. */
  corrections: boolean;
}

export type SceneItem = { readonly key: string } & (
  | { kind: 'paper'; colour: string }
  | { kind: 'layer'; id: string; opacity: number }
  /** References and paint, as they mix; a piece that is being moved mixes too. */
  | { kind: 'composite'; floating: FloatingPiece | undefined }
  | { kind: 'floating'; floating: FloatingPiece; opacity: number }
  | { kind: 'result'; canvas: HTMLCanvasElement; opacity: number }
);

type FloatingPiece = Extract<Overlay, { kind: 'floating' }>;

/** Only the middle plane is drawn again while a stroke goes on. */
export interface Planes {
  under: readonly SceneItem[];
  active: readonly SceneItem[];
  over: readonly SceneItem[];
}

export function planes(state: DrawingState, show: Show, overlays: readonly Overlay[]): Planes {
  const visible = state.layers.filter((layer) => layer.visible && layer.opacity > 0);
  // Layers that do nothing but cover each other are planes, which is fastest; others are composed.
  const plain = isPlain(state.layers.filter(({ role }) => role !== 'correction'));
  const of = (role: LayerState['role']): SceneItem[] =>
    visible
      .filter((layer) => layer.role === role)
      .map(({ id, opacity }) => ({ key: `layer ${id}`, kind: 'layer', id, opacity }));
  const floating = overlays.find((overlay) => overlay.kind === 'floating');
  const items: SceneItem[] = [{ key: 'paper', kind: 'paper', colour: state.paper }];
  if (show.drawing && plain) items.push(...of('reference'), ...of('paint'));
  else if (show.drawing) items.push({ key: 'composite', kind: 'composite', floating });
  if (show.result) items.push({ key: 'result', kind: 'result', ...show.result });
  if (show.corrections) items.push(...of('correction'));
  const { role, opacity } = state.layers.find(({ id }) => id === state.active)!;
  const at = items.findIndex((item) =>
    item.kind === 'layer' ? item.id === state.active : item.kind === 'composite' && role !== 'correction',
  );
  if (at < 0) return { under: items, active: [], over: [] };
  const active = [items[at]!];
  if (floating && active[0]!.kind !== 'composite')
    active.push({ key: 'floating', kind: 'floating', floating, opacity });
  return { under: items.slice(0, at), active, over: items.slice(at + 1) };
}
