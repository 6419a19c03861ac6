/** The pictures of the registry's icons. */
import Brush from '@lucide/svelte/icons/brush';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import ImagePlus from '@lucide/svelte/icons/image-plus';
import Help from '@lucide/svelte/icons/circle-question-mark';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Library from '@lucide/svelte/icons/library';
import Orbit from '@lucide/svelte/icons/orbit';
import Pause from '@lucide/svelte/icons/pause';
import PenTool from '@lucide/svelte/icons/pen-tool';
import Play from '@lucide/svelte/icons/play';
import Plus from '@lucide/svelte/icons/plus';
import Scaling from '@lucide/svelte/icons/scaling';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import Square from '@lucide/svelte/icons/square';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Train from '@lucide/svelte/icons/graduation-cap';
import X from '@lucide/svelte/icons/x';
import BrushTool from '@lucide/svelte/icons/paintbrush';
import Circle from '@lucide/svelte/icons/circle';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import Eraser from '@lucide/svelte/icons/eraser';
import Frame from '@lucide/svelte/icons/square-dashed';
import Gradient from '@lucide/svelte/icons/contrast';
import Hand from '@lucide/svelte/icons/hand';
import Image from '@lucide/svelte/icons/image';
import Lasso from '@lucide/svelte/icons/lasso';
import Layers from '@lucide/svelte/icons/layers';
import Move from '@lucide/svelte/icons/move';
import PaintBucket from '@lucide/svelte/icons/paint-bucket';
import Pencil from '@lucide/svelte/icons/pencil-line';
import Pentagon from '@lucide/svelte/icons/pentagon';
import Pipette from '@lucide/svelte/icons/pipette';
import RectangleHorizontal from '@lucide/svelte/icons/rectangle-horizontal';
import Redo from '@lucide/svelte/icons/redo-2';
import Repeat from '@lucide/svelte/icons/repeat';
import Save from '@lucide/svelte/icons/save';
import Slash from '@lucide/svelte/icons/slash';
import Undo from '@lucide/svelte/icons/undo-2';
import View from '@lucide/svelte/icons/eye';
import Lens from '@lucide/svelte/icons/zoom-in';
import Previous from '@lucide/svelte/icons/chevron-left';
import Next from '@lucide/svelte/icons/chevron-right';
import Lock from '@lucide/svelte/icons/lock';
import Star from '@lucide/svelte/icons/star';
import type { Icon } from '../ui/icon.ts';
import type { IconName } from './command.ts';

export const ICONS: Readonly<Record<IconName, Icon>> = {
  train: Train,
  sketch: PenTool,
  style: Brush,
  upscale: Scaling,
  latent: Orbit,
  library: Library,
  plus: Plus,
  folder: FolderOpen,
  close: X,
  search: Search,
  theme: SunMoon,
  settings: Settings,
  import: ImagePlus,
  play: Play,
  pause: Pause,
  stop: Square,
  keyboard: Keyboard,
  help: Help,
  brush: BrushTool,
  eraser: Eraser,
  line: Slash,
  rectangle: RectangleHorizontal,
  ellipse: Circle,
  polygon: Pentagon,
  fill: PaintBucket,
  gradient: Gradient,
  eyedropper: Pipette,
  select: Frame,
  lasso: Lasso,
  transform: Move,
  hand: Hand,
  undo: Undo,
  redo: Redo,
  copy: Copy,
  layers: Layers,
  view: View,
  repeat: Repeat,
  pencil: Pencil,
  picture: Image,
  export: Download,
  save: Save,
  lens: Lens,
  previous: Previous,
  next: Next,
  star: Star,
  lock: Lock,
};
