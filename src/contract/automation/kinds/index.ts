/** The kinds of commands. Types, schemas and lists of kinds are derived from {@link commandKinds}. */
import { z } from 'zod';
import { browser } from './browser.ts';
import { http } from './http.ts';
import type { CommandKindRecord } from './kind.ts';
import { process } from './process.ts';

/** Every kind by its name; the order is that of the API and of menus. */
export const commandKinds = { browser, process, http } as const satisfies Record<string, CommandKindRecord>;

/** Names of the kinds. */
export const COMMAND_KINDS = Object.keys(commandKinds) as readonly (keyof typeof commandKinds)[];
export const CommandKind = z.enum(COMMAND_KINDS);
export type CommandKind = z.infer<typeof CommandKind>;

/** Spec of one kind, or of any. */
export type SpecOf<K extends CommandKind> = z.output<(typeof commandKinds)[K]['spec']>;
export type CommandSpec = SpecOf<CommandKind>;

/** A kind's schema with a `kind` that must be there. */
function tagged(kind: CommandKind): z.ZodObject {
  const { spec }: CommandKindRecord = commandKinds[kind];
  return spec.extend({ kind: z.literal(kind) });
}

/** Spec of any kind; `kind` tells which. */
// map() forgets that there is at least one option, and which spec each of them describes.
export const CommandSpec = z.discriminatedUnion(
  'kind',
  COMMAND_KINDS.map(tagged) as [z.ZodObject, ...z.ZodObject[]],
) as z.ZodType as z.ZodType<CommandSpec>;
