/** The kinds of commands. Types, schemas and lists of kinds are derived from {@link commandKinds}. */
import { z } from 'zod';
import { analyze } from './analyze.ts';
import { browser } from './browser.ts';
import { http } from './http.ts';
import type { CommandKindRecord } from './kind.ts';
import { llm } from './llm.ts';
import { playwright_test } from './playwright-test.ts';
import { process } from './process.ts';

/** Every kind by its name; the order is that of the API and of menus. */
export const commandKinds = { browser, playwright_test, process, http, llm, analyze } as const satisfies Record<
  string,
  CommandKindRecord
>;

/** Names of the kinds. */
export const COMMAND_KINDS = Object.keys(commandKinds) as readonly (keyof typeof commandKinds)[];
export const CommandKind = z.enum(COMMAND_KINDS);
export type CommandKind = z.infer<typeof CommandKind>;

/** Spec of one kind, or of any. */
export type SpecOf<K extends CommandKind> = z.output<(typeof commandKinds)[K]['spec']>;
export type CommandSpec = SpecOf<CommandKind>;

/** Kinds by what computes their attempts. */
export type KindIn<P extends CommandKindRecord['runsIn']> = {
  [K in CommandKind]: (typeof commandKinds)[K]['runsIn'] extends P ? K : never;
}[CommandKind];
/** A command that the inference engine computes, and one that a process of its own runs. */
export type EngineSpec = SpecOf<KindIn<'engine'>>;
export type ExecutorSpec = SpecOf<KindIn<'executor'>>;

/** Whether the inference engine computes a command. */
export const isEngineSpec = (spec: CommandSpec): spec is EngineSpec => commandKinds[spec.kind].runsIn === 'engine';

/** A kind's schema with a `kind` that must be there. */
function tagged(kind: CommandKind): z.ZodObject {
  const { spec }: CommandKindRecord = commandKinds[kind];
  return spec.extend({ kind: z.literal(kind) });
}

// map() forgets that there is at least one option, and which spec each of them describes.
const specOf = <T>(kinds: readonly CommandKind[]) =>
  z.discriminatedUnion('kind', kinds.map(tagged) as [z.ZodObject, ...z.ZodObject[]]) as z.ZodType as z.ZodType<T>;

/** Spec of any kind; `kind` tells which. */
export const CommandSpec = specOf<CommandSpec>(COMMAND_KINDS);
export const ExecutorSpec = specOf<ExecutorSpec>(
  COMMAND_KINDS.filter((kind) => commandKinds[kind].runsIn === 'executor'),
);
