/**
 * The processes of the engine, one a role: how they are started, and how they speak with their parent. */
import { fork } from 'node:child_process';
import { DeviceLost, UserError } from '../../errors.ts';
import { nodeBinary } from '../../node.ts';
import { built } from '../../root.ts';
import type { RoleFailure } from './messages.ts';

export type Role = 'trainer' | 'loader' | 'worker' | 'painter';

/** A process of ours, seen from its parent. */
export interface RoleProcess {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once; `how` says in words how it ended ("was killed (SIGKILL)"). */
  onExit(listener: (how: string) => void): void;
  /** Asks it to end: it does so by itself, without writing. */
  end(): void;
  /** Ends it whatever it does. */
  kill(): void;
}

export type Launch = (role: Role) => RoleProcess;

/** Starts a role as a child process of Node. */
export const forkRole: Launch = (role) => {
  const child = fork(built(`${role}.js`), {
    execPath: nodeBinary(),
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    pid: child.pid,
    // Sending fails only when it is gone, and then `exit` says so.
    send: (message) => void child.send(message as object, () => undefined),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      let told = false;
      const once = (how: string): void => {
        if (!told) listener(how);
        told = true;
      };
      child.on('error', (error) => once(`could not be started (${error.message})`));
      child.on('exit', (code, signal) => once(signal ? `was killed (${signal})` : `ended with status ${code}`));
    },
    end: () => {
      if (child.connected) child.disconnect();
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

/**
 * The parent, seen from a role: hears its messages, and gives the function that sends to it. A role whose parent is gone
 * ends at once, without writing.
 */
export function parent(hear: (message: never) => void): (message: object) => void {
  // Ctrl-C reaches every process of the terminal: the parent decides.
  process.on('SIGINT', () => undefined);
  if (!process.send) throw new Error('This program is started by Maquette, not by hand');
  process.on('message', (message) => hear(message as never));
  process.on('disconnect', () => process.exit(0));
  return (message) => void process.send!(message, undefined, undefined, () => undefined);
}

/** What is said of a failure to the process that asked. */
export function failureOf(error: unknown): RoleFailure {
  if (error instanceof UserError) return { message: error.message, of: 'user' };
  if (error instanceof DeviceLost) return { message: error.message, of: 'device' };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), of: 'us' };
}

const ERRORS = { user: UserError, device: DeviceLost, us: Error } as const;

/** The error that a failure was. */
export const errorOf = ({ message, of }: RoleFailure): Error => new ERRORS[of](message);
