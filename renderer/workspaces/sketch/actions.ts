/** What can be done with an open drawing, one row an action: when, and how. Buttons, keys and the palette all end here. */
import type { SketchFacade } from '../../commands/command.ts';
import type { SketchAction } from '../../commands/sketch-actions.ts';
import { TOOLS, type BrushSettings, type ToolName } from '../../canvas/types.ts';
import { dialogs, openDialog } from '../../dialogs/dialogs.svelte.ts';
import { runCommand } from '../../commands/registry.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';
import { keepPiece, pasted, readPicture, writePicture } from './clipboard.ts';
import type { OpenDrawing } from './open-drawing.svelte.ts';
import { sketchState, VIEWS } from './sketch.svelte.ts';
import { largerSize, smallerSize } from './tools/brush-size.ts';

interface Row {
  /** Whether it can be done now, beyond being allowed to. */
  can?: (drawing: OpenDrawing) => boolean;
  /** It changes nothing of the drawing: also for projects that are open for looking only. */
  looks?: true;
  run: (drawing: OpenDrawing) => unknown;
}

const TURN = 15;
const ZOOM = 1.25;
const HARDNESS = 0.1;

/** The brush whose settings keys change: the eraser's while it is in the hand. */
const which = ({ editor }: OpenDrawing): 'brush' | 'eraser' => (editor.tool === 'eraser' ? 'eraser' : 'brush');
const brush = (drawing: OpenDrawing, change: (now: BrushSettings) => Partial<BrushSettings>): void => {
  const name = which(drawing);
  drawing.editor.setBrush(name, change(drawing.editor.settings[name]));
};
const clamp = (n: number): number => Math.max(0, Math.min(1, +n.toFixed(3)));

/** Corrections are paint over the result: they mix with nothing. */
const mixes = ({ runes }: OpenDrawing): boolean => runes.active.role !== 'correction';
const neighbour = (drawing: OpenDrawing, by: 1 | -1): string | undefined => {
  const { layers, active } = drawing.runes.state;
  return layers[layers.findIndex(({ id }) => id === active) + by]?.id;
};
const goTo = (by: 1 | -1): Row => ({
  can: (drawing) => neighbour(drawing, by) !== undefined,
  looks: true,
  run: (drawing) => drawing.choose(neighbour(drawing, by)!),
});

/** Text that is marked elsewhere on the page is what Ctrl+C means then. */
const nothingMarked = (): boolean => getSelection()?.isCollapsed !== false;

async function keep(taken: ReturnType<OpenDrawing['editor']['copy']>): Promise<void> {
  if (taken && !(await keepPiece(taken))) studio.toast('warning', t.sketch.clipboard.denied);
}

/** Pastes a picture of the system, or the piece that was copied here. */
export async function paste(drawing: OpenDrawing, reading: Promise<Blob | null>): Promise<void> {
  const { editor } = drawing;
  const { width, height } = editor.state;
  // Where reading is refused, what was copied here can be pasted all the same.
  const file = await reading.catch(() => null);
  try {
    const piece = await pasted(file, Math.max(width, height));
    if (piece) editor.paste(piece.pixels, piece.at, t.sketch.clipboard.layer);
    else studio.toast('info', t.sketch.clipboard.empty);
  } catch (error) {
    studio.toast('warning', `${t.sketch.clipboard.unreadable} ${messageOf(error)}`);
  }
}

const tool = (name: ToolName): Row => ({
  ...(name === 'hand' && { looks: true }),
  run: ({ editor }) => (name === 'transform' ? editor.beginTransform() : editor.setTool(name)),
});
const opacity = (tenths: number): Row => ({ run: (drawing) => brush(drawing, () => ({ opacity: tenths / 10 })) });

const ROWS: Readonly<Record<SketchAction, Row>> = {
  ...(Object.fromEntries(TOOLS.map((name) => [name, tool(name)])) as Record<ToolName, Row>),
  'opacity-1': opacity(1),
  'opacity-2': opacity(2),
  'opacity-3': opacity(3),
  'opacity-4': opacity(4),
  'opacity-5': opacity(5),
  'opacity-6': opacity(6),
  'opacity-7': opacity(7),
  'opacity-8': opacity(8),
  'opacity-9': opacity(9),
  'opacity-10': opacity(10),
  smaller: { run: (drawing) => brush(drawing, ({ size }) => ({ size: smallerSize(size) })) },
  larger: { run: (drawing) => brush(drawing, ({ size }) => ({ size: largerSize(size) })) },
  softer: { run: (drawing) => brush(drawing, ({ hardness }) => ({ hardness: clamp(hardness - HARDNESS) })) },
  harder: { run: (drawing) => brush(drawing, ({ hardness }) => ({ hardness: clamp(hardness + HARDNESS) })) },
  swap: { run: ({ editor }) => editor.swapColours() },
  'reset-colours': { run: ({ editor }) => editor.resetColours() },

  undo: { can: ({ runes }) => runes.canUndo, run: ({ editor }) => editor.undo() },
  redo: { can: ({ runes }) => runes.canRedo, run: ({ editor }) => editor.redo() },
  cut: { can: nothingMarked, run: ({ editor }) => keep(editor.cut()) },
  copy: { can: nothingMarked, looks: true, run: ({ editor }) => keep(editor.copy()) },
  paste: { run: (drawing) => paste(drawing, readPicture()) },
  'copy-result': {
    can: ({ live }) => live.has,
    looks: true,
    run: async ({ live }) => {
      const written = await writePicture(live.canvas);
      if (written) studio.toast('info', t.sketch.clipboard.copiedResult);
      else studio.toast('warning', t.sketch.clipboard.resultDenied);
    },
  },
  'select-all': { run: ({ editor }) => editor.selectAll() },
  deselect: { can: ({ runes }) => runes.selection !== null, run: ({ editor }) => editor.deselect() },
  invert: { run: ({ editor }) => editor.invertSelection() },
  clear: { run: ({ editor }) => editor.clear() },
  'fill-selection': { run: ({ editor }) => editor.fillSelection() },

  'new-layer': {
    run: (drawing) => drawing.addLayer(),
  },
  'duplicate-layer': {
    run: ({ editor }) => editor.setActive(editor.duplicateLayer(editor.state.active)),
  },
  'clip-layer': {
    can: mixes,
    run: ({ editor, runes }) => editor.updateLayer(runes.active.id, { clipped: !runes.active.clipped }),
  },
  'lock-alpha': {
    can: ({ runes }) => runes.active.role !== 'group',
    run: ({ editor, runes }) => editor.updateLayer(runes.active.id, { alphaLocked: !runes.active.alphaLocked }),
  },
  'mask-layer': {
    can: mixes,
    run: ({ editor, runes }) => {
      if (runes.active.mask) editor.setMasking(!runes.state.masking);
      else editor.addMask(runes.active.id);
    },
  },
  'group-layer': {
    can: mixes,
    run: ({ editor, runes }) => editor.groupLayer(runes.active.id, t.sketch.layers.groupName),
  },
  'merge-down': {
    can: ({ editor, runes }) => editor.canMergeDown(runes.state.active),
    run: ({ editor }) => editor.mergeDown(editor.state.active),
  },
  'layer-above': goTo(1),
  'layer-below': goTo(-1),

  fit: { looks: true, run: ({ view }) => view.fit() },
  actual: { looks: true, run: ({ view }) => view.actual() },
  'zoom-in': { looks: true, run: ({ view }) => view.zoomAt(ZOOM) },
  'zoom-out': { looks: true, run: ({ view }) => view.zoomAt(1 / ZOOM) },
  'turn-right': { looks: true, run: ({ view }) => view.rotateBy(TURN) },
  'turn-left': { looks: true, run: ({ view }) => view.rotateBy(-TURN) },
  'mirror-view': { looks: true, run: ({ view }) => view.mirror() },
  'reset-view': { looks: true, run: ({ view }) => view.reset() },
  'next-view': {
    looks: true,
    run: () => (sketchState.mode = VIEWS[(VIEWS.indexOf(sketchState.mode) + 1) % VIEWS.length]!),
  },
  panels: { looks: true, run: () => (sketchState.panels = !sketchState.panels) },

  wrap: { run: ({ editor }) => editor.setWrap(!editor.state.wrap) },
  correct: {
    can: ({ live, teaching, modelKnown }) => teaching.correcting || (modelKnown && live.has),
    run: ({ teaching }) => teaching.toggle(),
  },
  remember: {
    can: ({ teaching }) => teaching.correcting && teaching.fresh && !teaching.busy,
    run: ({ teaching }) => teaching.remember(),
  },
  'from-picture': { run: () => openDialog('from-picture') },
  save: {
    run: (drawing) => (drawing.finish(), drawing.saving.save()),
  },
  export: { looks: true, run: (drawing) => openDialog('export-drawing', { drawing }) },
  leave: { looks: true, run: () => sketchState.leave() },
};

/** The drawing as commands see it. */
export const facadeOf = (drawing: OpenDrawing): SketchFacade => ({
  can: (action) => {
    if (sketchState.drawing !== drawing || dialogs.open.some(({ name }) => name !== 'palette')) return false;
    const { looks, can } = ROWS[action];
    return (looks || !drawing.readOnly) && (can?.(drawing) ?? true);
  },
  run: (action) => void ROWS[action].run(drawing),
  settle: () => (drawing.finish(), drawing.saving.save()),
});

/** Does something by its command, as a key would. */
export const act = (action: SketchAction): boolean => runCommand(`sketch-${action}`, studio);
