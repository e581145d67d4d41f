/** A command while it is edited. */
import { z } from 'zod';
import type { Command, CommandKind, CommandSpec } from '../../../contract/automation/commands.ts';
import { COMMAND_KINDS } from '../../../contract/automation/kinds/index.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { type DraftEntry, NO_DRAFT } from '../../lib/drafts/drafts.ts';
import { pendingEdits, type Stored } from '../../lib/drafts/merge.ts';
import type { Input } from '../../lib/live/query.ts';
import { keepDraft } from './draft-storage.ts';
import type { KindTemplate } from './kinds/kind.ts';

/** What can be edited. */
export interface Draft {
  name: string;
  kind: CommandKind;
  description: string;
  folder: string | null;
  tags: string[];
  spec: JsonObject;
  input_schema: JsonObject;
  defaults: JsonObject;
  uses: { profile: boolean; services: string[] };
  timeout_seconds: number;
  retry: { max: number; backoff_seconds: number; factor: number };
  concurrency_key: string | null;
  enabled: boolean;
}

const object = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
/** One that is still being typed may be a text. */
const number = z.custom<number>((value) => typeof value === 'number' || typeof value === 'string');

/** What the members of a draft can be, however they are wrong otherwise. */
export const DRAFT_SHAPE: { readonly [N in keyof Draft]: z.ZodType<Draft[N]> } = {
  name: z.string(),
  kind: z.enum(COMMAND_KINDS),
  description: z.string(),
  folder: z.string().nullable(),
  tags: z.array(z.string()),
  spec: object,
  input_schema: object,
  defaults: object,
  uses: z.object({ profile: z.boolean(), services: z.array(z.string()) }),
  timeout_seconds: number,
  retry: z.object({ max: number, backoff_seconds: number, factor: number }),
  concurrency_key: z.string().nullable(),
  enabled: z.boolean(),
};

/** The draft of a stored command without changes. */
export function draftOf(command: Command): Draft {
  const {
    name,
    kind,
    description,
    folder,
    tags,
    input_schema,
    defaults,
    uses,
    timeout_seconds,
    retry,
    concurrency_key,
    enabled,
  } = command;
  return {
    name,
    kind,
    description,
    folder,
    tags,
    spec: specJson(command.spec),
    input_schema,
    defaults,
    uses,
    timeout_seconds,
    retry,
    concurrency_key,
    enabled,
  };
}

const specJson = (spec: CommandSpec): JsonObject => ({ ...spec }) as JsonObject;

/** A new command from a template. */
export function draftFrom(template: KindTemplate & { kind: CommandKind }): Draft {
  return {
    name: template.name,
    kind: template.kind,
    description: '',
    folder: null,
    tags: [],
    spec: template.spec,
    input_schema: template.input_schema,
    defaults: template.defaults,
    uses: { profile: false, services: [] },
    timeout_seconds: 600,
    retry: { max: 0, backoff_seconds: 5, factor: 2 },
    concurrency_key: null,
    enabled: true,
  };
}

/** A stored command as its draft is merged with it. */
export const storedOf = (command: Command): Stored => ({
  version: command.version,
  members: { ...draftOf(command) } as unknown as JsonObject,
});

/** The merge-patch that stores the unsaved edits of a command; members that nobody touched, masked secrets among them, are not sent. */
export function patchOf(command: Command, entry: DraftEntry): Input<'commands_update'> {
  const members = pendingEdits(entry).filter((name) => name !== 'kind');
  return {
    id: command.id,
    version: Math.max(command.version, entry.version ?? 0),
    ...Object.fromEntries(members.map((name) => [name, entry.edits[name]])),
  };
}

/** Where new commands are edited that are not stored yet: each has a key of its own. */
const NEW = 'new-';
export const isNewKey = (key: string): boolean => key.startsWith(NEW);

/** Key of the draft that was begun last, until its composer is shown. */
let unseen: string | null = null;

/** Whether the draft has just been begun; true once. */
export function takeNew(key: string): boolean {
  const isNew = key === unseen;
  if (isNew) unseen = null;
  return isNew;
}

/** Begins the draft of a new command. @returns its key */
export function beginDraft(draft: Draft): string {
  const key = `${NEW}${crypto.randomUUID().slice(0, 8)}`;
  unseen = key;
  keepDraft(key, { ...NO_DRAFT, edits: { ...draft } as unknown as JsonObject }, draft.input_schema);
  return key;
}

/** One member of a spec as text, whatever it is. */
export function specText(spec: JsonObject, name: string): string {
  const value: Json | undefined = spec[name];
  return typeof value === 'string' ? value : '';
}

/** Lines of names and values as an object; a line counts once it has a name and the mark. */
export function parsePairs(text: string, mark: '=' | ':'): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(mark);
      const name = line.slice(0, Math.max(0, at)).trim();
      return name === '' ? [] : [[name, line.slice(at + 1).trim()]];
    }),
  );
}

/** The other way. */
export function pairsText(value: JsonObject, mark: '=' | ':'): string {
  return Object.entries(value)
    .map(([name, item]) => `${name}${mark === ':' ? ': ' : '='}${String(item)}`)
    .join('\n');
}

/** Whether lines can hold these pairs: a value of several lines, or with spaces at an end, would be another one afterwards. */
export const fitsInLines = (value: JsonObject, mark: '=' | ':'): boolean =>
  JSON.stringify(parsePairs(pairsText(value, mark), mark)) === JSON.stringify(value);
