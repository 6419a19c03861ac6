/** What the rooms of an open project share. */
import type { EventData, EventName } from '../../../preload/contract/index.ts';
import type { Launch } from '../../engine/processes/roles.ts';
import type { TaskWorker } from '../tasks/client.ts';
import type { JobQueue } from '../jobs.ts';
import type { ProjectFolder } from '../project.ts';
import type { Tokens } from '../tokens.ts';

export interface Context {
  folder: ProjectFolder;
  queue: JobQueue;
  worker: TaskWorker;
  launch: Launch;
  tokens: Tokens;
  /** Threads that an engine may use. */
  threads(): number;
  /** The engine that trains, by its name, or `auto`. */
  engine(): string;
  /** A failure in words for a person; a fault of ours is logged. */
  explain(error: unknown): string;
  /** The project is not what it was: windows hear of it. */
  changed(): void;
  tell<K extends EventName>(name: K, data: EventData<K>): void;
}

/** Trainings and batches take turns: the engine is one. */
export const ENGINE_LANE = 'engine';

/** An address that both hosts answer: `/media/` and its parts. See media.ts. */
export const mediaAddress = (...parts: (string | number)[]): string =>
  `/media/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
