/** What a command is, and what of the studio it may use. Types alone, so that the registry is tested without a window. */
import type { Job, Project } from '../../preload/contract/index.ts';

export const WORKSPACES = ['train', 'sketch', 'style', 'upscale', 'latent', 'library'] as const;
export type WorkspaceName = (typeof WORKSPACES)[number];

/** What commands see of the studio. */
export interface CommandStudio {
  readonly project: Project | null;
  /** The training that runs, or the one that is paused. */
  readonly running: Job | null;
  readonly paused: Job | null;
  go(workspace: WorkspaceName): void;
  openDialog(name: string, args?: object): void;
  openProject(): Promise<void>;
  closeProject(): Promise<void>;
  newTraining(): void;
  toggleTheme(): void;
  training(what: 'pause' | 'resume' | 'stop', job: Job): void;
}

/** Names of icons (commands/icons.ts has the pictures). */
export type IconName =
  | WorkspaceName
  | 'plus'
  | 'folder'
  | 'close'
  | 'search'
  | 'theme'
  | 'settings'
  | 'import'
  | 'play'
  | 'pause'
  | 'stop'
  | 'keyboard';

/** One thing that a person can do: the same object behind button, palette, shortcut and menu. */
export interface Command {
  id: string;
  label: string;
  icon?: IconName;
  /** As tinykeys writes it: `$mod+k`; `$mod` is Ctrl, or Cmd on a Mac. */
  keys?: string;
  /** Whether it can be done now. */
  when: (studio: CommandStudio) => boolean;
  run: (studio: CommandStudio) => void;
}
