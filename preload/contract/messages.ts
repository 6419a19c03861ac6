/** The few messages that carry the contract, whatever carries them. No schema and no Node here: windows load this. */

/** Why a call failed: `user` bad input, `fault` ours, `refused` the message broke the contract, `gone` no connection. */
export type ErrorCode = 'user' | 'fault' | 'refused' | 'gone';

export type ToStudio =
  | { type: 'call'; id: number; name: string; args: unknown }
  | { type: 'subscribe' | 'unsubscribe'; name: string };

export type ToWindow =
  | { type: 'result'; id: number; value: unknown }
  | { type: 'error'; id: number; code: ErrorCode; message: string }
  | { type: 'event'; name: string; data: unknown };

/** A way for messages between two sides. Uint8Arrays inside a message arrive as such. */
export interface Channel<Out, In> {
  send(message: Out): void;
  /** Set once, before the first message is awaited. */
  onMessage(listener: (message: In) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}
