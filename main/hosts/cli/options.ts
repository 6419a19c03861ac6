/** Flags: parsed strictly, and for a family derived from its settings' schema. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { z } from 'zod';
import type { Family } from '../../../models/families/family.ts';
import { UserError } from '../../errors.ts';

/** A parser of numbers within limits, with a message that names them. */
export function number(low: number, high: number, kind: 'whole' | 'any' = 'whole'): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (
      text.trim() === '' ||
      !Number.isFinite(value) ||
      value < low ||
      value > high ||
      (kind === 'whole' && !Number.isInteger(value))
    )
      throw new InvalidArgumentError(
        `It must be a ${kind === 'whole' ? 'whole number' : 'number'} from ${low} to ${high}.`,
      );
    return value;
  };
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds a flag for every setting of a family. */
export function addSettings(command: Command, family: Family): void {
  for (const [name, field] of Object.entries(family.settings.shape)) {
    const {
      description = '',
      default: preset,
      enum: choices,
    } = z.toJSONSchema(field as z.ZodType, { io: 'input' }) as {
      description?: string;
      default?: unknown;
      enum?: string[];
    };
    const option = new Option(
      `--${kebab(name)} <value>`,
      choices ? `${description} (${choices.join(', ')})` : description,
    );
    command.addOption(option.default(undefined, String(preset)));
  }
}

/**
 * A family's settings from the flags. @throws UserError naming the flag that is wrong
 * @param otherwise what a setting is that no flag says; the family's default where that says nothing either
 */
export function readSettings(
  family: Family,
  flags: Readonly<Record<string, unknown>>,
  otherwise: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const raw: Record<string, unknown> = { ...otherwise };
  for (const [name, field] of Object.entries(family.settings.shape)) {
    const text = flags[name];
    if (typeof text !== 'string') continue;
    const { type } = z.toJSONSchema(field as z.ZodType, { io: 'input' });
    raw[name] = type === 'number' || type === 'integer' ? (text.trim() === '' ? NaN : Number(text)) : text;
  }
  const parsed = family.settings.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const flag = String(issue.path[0]);
  throw new UserError(`--${kebab(flag)} ${String(flags[flag])} will not do: ${issue.message}`);
}
