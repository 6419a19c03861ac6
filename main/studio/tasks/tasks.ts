/** What the task worker can do, and the messages in which it is asked. */
import type { RoleFailure } from '../../engine/processes/messages.ts';
import type { PictureNews } from '../batch-tasks.ts';
import type { datasetTasks } from '../datasets/tasks.ts';
import type { drawingTasks } from '../drawings/tasks.ts';
import type { latentTasks } from '../latent/tasks.ts';
import type { modelTasks } from './models.ts';
import type { pictureTasks } from './pictures.ts';

export type Progress = (done: number, total: number, news?: PictureNews) => void;

export type Tasks = typeof pictureTasks &
  typeof datasetTasks &
  typeof drawingTasks &
  typeof modelTasks &
  typeof latentTasks;
export type TaskName = keyof Tasks;
export type TaskArgs<K extends TaskName> = Parameters<Tasks[K]>[0];
export type TaskResult<K extends TaskName> = Awaited<ReturnType<Tasks[K]>>;

/** The tables of tasks, what takes the longest to load last. */
const TABLES: readonly (() => Promise<Partial<Tasks>>)[] = [
  async () => (await import('./pictures.ts')).pictureTasks,
  async () => (await import('../datasets/tasks.ts')).datasetTasks,
  async () => (await import('../drawings/tasks.ts')).drawingTasks,
  async () => (await import('./models.ts')).modelTasks,
  async () => (await import('../latent/tasks.ts')).latentTasks,
];

/**
 * The task of a name. Tables are loaded as far as it is found: whoever asks for thumbnails alone does not wait until
 * what drives graphics cards is read.
 */
export async function taskOf<K extends TaskName>(name: K): Promise<Tasks[K]> {
  for (const load of TABLES) {
    const task = (await load())[name];
    if (task) return task;
  }
  throw new Error(`there is no task ${name}`);
}

export interface TaskRequest {
  id: number;
  task: TaskName;
  args: unknown;
}

export type TaskReply =
  | { id: number; type: 'progress'; done: number; total: number; news?: PictureNews | undefined }
  | { id: number; type: 'done'; value: unknown }
  | ({ id: number; type: 'failed' } & RoleFailure);
