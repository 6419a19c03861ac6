/** What a command is, and what of the studio it may use. Types alone, so that the registry is tested without a window. */
import type { WorkspaceName } from '../../preload/contract/workspaces.ts';
import type { SketchAction } from './sketch-actions.ts';
import type { Job, Project } from '../../preload/contract/index.ts';
import type { ToolName } from '../canvas/types.ts';

/** A workspace, as commands see it: what can be done there now. */
interface Facade<Action> {
  can(action: Action): boolean;
  run(action: Action): void;
}

/** The drawing that is open. */
export interface SketchFacade extends Facade<SketchAction> {
  /** Ends once everything that was drawn is written down, or could not be. */
  settle(): Promise<unknown>;
}

/** What can be done with the pictures that are translated. */
export type BatchesAction =
  | 'begin'
  | 'lens'
  | 'previous'
  | 'next'
  | 'weaker'
  | 'stronger'
  | 'enlarge'
  | 'save-all'
  | 'pause'
  | 'resume';

/** A workspace that makes something of many pictures. */
export type BatchesFacade = Facade<BatchesAction>;

/** What can be done with the pictures that a generator makes. */
export type LatentAction =
  | 'others'
  | 'keep'
  | 'more'
  | 'hold'
  | 'mix'
  | 'add'
  | 'has'
  | 'has-not'
  | 'slider'
  | 'find'
  | 'save';

export type LatentFacade = Facade<LatentAction>;

/** What commands see of the studio. */
export interface CommandStudio {
  readonly project: Project | null;
  readonly workspace: WorkspaceName;
  /** Null while no drawing is open. */
  readonly sketch: SketchFacade | null;
  /** Null while neither Style nor Upscale is shown. */
  readonly batches: BatchesFacade | null;
  /** Null while Latent is not shown, or has nothing to make pictures with. */
  readonly latent: LatentFacade | null;
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
  | ToolName
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
  | 'keyboard'
  | 'help'
  | 'undo'
  | 'redo'
  | 'copy'
  | 'layers'
  | 'view'
  | 'repeat'
  | 'pencil'
  | 'picture'
  | 'export'
  | 'save'
  | 'lens'
  | 'previous'
  | 'next'
  | 'star'
  | 'lock';

/** Under which heading the list of shortcuts has a command. */
export type HelpGroup =
  | 'studio'
  | 'tools'
  | 'strokes'
  | 'editing'
  | 'layers'
  | 'looking'
  | 'drawing'
  | 'style'
  | 'latent';

/** One thing that a person can do: the same object behind button, palette, shortcut and menu. */
export interface Command {
  id: string;
  label: string;
  /** Other words that people look for it by. */
  words?: readonly string[];
  icon?: IconName;
  /** As tinykeys writes it: `$mod+k`; `$mod` is Ctrl, or Cmd on a Mac. */
  keys?: string;
  /** Other keys that do the same. */
  also?: readonly string[];
  group?: HelpGroup;
  /** What the list of shortcuts says in place of keys and label; null for rows that it leaves out. */
  help?: { keys: string; label: string } | null;
  /** Whether it can be done now. */
  when: (studio: CommandStudio) => boolean;
  run: (studio: CommandStudio) => void;
}
