/** Every command of the studio, one row each. */
import { t } from '../text/en.ts';
import { type Command, type CommandStudio } from './command.ts';
import { WORKSPACES, type WorkspaceName } from '../../preload/contract/workspaces.ts';
import { LATENT_COMMANDS } from './latent.ts';
import { SKETCH_COMMANDS } from './sketch.ts';
import { STYLE_COMMANDS } from './style.ts';

const always = (): boolean => true;
const inProject = ({ project }: CommandStudio): boolean => project !== null;
const writable = ({ project }: CommandStudio): boolean => project !== null && !project.readOnly;

const go = (workspace: WorkspaceName, i: number): Command => ({
  id: `go-${workspace}`,
  label: t.commands.go(t.workspaces[workspace]),
  words: t.commands.goWords[workspace],
  icon: workspace,
  keys: `$mod+${i + 1}`,
  when: inProject,
  run: (studio) => studio.go(workspace),
});

const dialog = (id: string, row: Omit<Command, 'id' | 'run' | 'when'>): Command => ({
  id,
  ...row,
  when: always,
  run: (studio) => studio.openDialog(id),
});

export const COMMANDS: readonly Command[] = [
  // No key: browsers keep Ctrl+N for themselves.
  dialog('new-project', { label: t.commands.newProject, icon: 'plus' }),
  {
    id: 'open-project',
    label: t.commands.openProject,
    icon: 'folder',
    keys: '$mod+o',
    when: always,
    run: (studio) => void studio.openProject(),
  },
  {
    id: 'close-project',
    label: t.commands.closeProject,
    icon: 'close',
    when: inProject,
    run: (studio) => void (studio.sketch?.settle() ?? Promise.resolve()).then(() => studio.closeProject()),
  },
  {
    id: 'import-pictures',
    label: t.commands.importPictures,
    words: t.commands.importWords,
    icon: 'import',
    keys: '$mod+i',
    when: writable,
    run: (studio) => studio.openDialog('import'),
  },
  {
    id: 'cut-sheet',
    label: t.commands.cutSheet,
    words: t.commands.cutWords,
    icon: 'import',
    when: writable,
    run: (studio) => studio.openDialog('sprite-sheet'),
  },
  {
    id: 'train',
    label: t.commands.train,
    words: t.commands.trainWords,
    icon: 'train',
    keys: '$mod+Enter',
    when: (studio) => writable(studio) && studio.project!.datasets.length > 0,
    run: (studio) => studio.newTraining(),
  },
  {
    id: 'pause-training',
    label: t.commands.pause,
    icon: 'pause',
    when: ({ running }) => running !== null,
    run: (studio) => studio.training('pause', studio.running!),
  },
  {
    id: 'resume-training',
    label: t.commands.resume,
    icon: 'play',
    when: ({ paused }) => paused !== null,
    run: (studio) => studio.training('resume', studio.paused!),
  },
  {
    id: 'stop-training',
    label: t.commands.stop,
    icon: 'stop',
    when: ({ running, paused }) => (running ?? paused) !== null,
    run: (studio) => studio.training('stop', (studio.running ?? studio.paused)!),
  },
  ...WORKSPACES.map(go),
  dialog('palette', { label: t.commands.palette, icon: 'search', keys: '$mod+k' }),
  {
    id: 'toggle-theme',
    label: t.commands.toggleTheme,
    icon: 'theme',
    keys: '$mod+Shift+l',
    when: always,
    run: (studio) => studio.toggleTheme(),
  },
  dialog('settings', { label: t.commands.settings, icon: 'settings', keys: '$mod+,' }),
  ...(['engines', 'licences'] as const).map((tab): Command => ({
    id: tab,
    ...t.commands.tabs[tab],
    icon: tab === 'engines' ? 'settings' : 'library',
    when: always,
    run: (studio) => studio.openDialog('settings', { tab }),
  })),
  {
    id: 'help',
    label: t.commands.help,
    words: t.commands.helpWords,
    icon: 'help',
    keys: 'F1',
    when: always,
    // The guides are called as the workspaces are; before there is a project, the one that leads to all.
    run: (studio) => studio.openDialog('help', { guide: studio.project ? studio.workspace : null }),
  },
  dialog('shortcuts-help', { label: t.commands.shortcuts, icon: 'keyboard', keys: 'Shift+?' }),
  ...SKETCH_COMMANDS,
  ...STYLE_COMMANDS,
  ...LATENT_COMMANDS,
];

const byId = new Map(COMMANDS.map((command) => [command.id, command]));

/** Runs a command, when it can be run now. @returns whether it was */
export function runCommand(id: string, studio: CommandStudio): boolean {
  const command = byId.get(id);
  if (!command?.when(studio)) return false;
  command.run(studio);
  return true;
}

/** A command that is known to be there. */
export function commandOf(id: string): Command {
  const command = byId.get(id);
  if (!command) throw new RangeError(`There is no command "${id}"`);
  return command;
}
