/** The pictures of the registry's icons. */
import Brush from '@lucide/svelte/icons/brush';
import FolderOpen from '@lucide/svelte/icons/folder-open';

import ImagePlus from '@lucide/svelte/icons/image-plus';
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
};
