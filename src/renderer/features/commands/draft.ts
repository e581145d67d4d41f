/** A command while it is edited: unsaved changes survive going to another screen. */
import { create } from 'zustand';
import type { Command, CommandKind, CommandSpec } from '../../../contract/automation/commands.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import type { Input } from '../../lib/live/query.ts';
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

/** Names of the members in which two drafts differ. */
export function changedMembers(before: Draft, after: Draft): (keyof Draft)[] {
  return (Object.keys(after) as (keyof Draft)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
}

/** The merge-patch that makes a stored command equal to its draft; masked secrets that nobody touched are not sent. */
export function patchOf(command: Command, draft: Draft): Input<'commands_update'> {
  const members = changedMembers(draftOf(command), draft).filter((key) => key !== 'kind');
  return { id: command.id, version: command.version, ...Object.fromEntries(members.map((key) => [key, draft[key]])) };
}

interface Drafts {
  /** Members that differ from the stored command, by command id; `new` is the one that is not stored yet. */
  edits: Record<string, Partial<Draft>>;
  /** Input typed into the run panel, by command id. */
  inputs: Record<string, JsonObject>;
  setEdits(id: string, edits: Partial<Draft> | null): void;
  setInput(id: string, input: JsonObject): void;
}

/** Unsaved changes of this window. */
export const useDrafts = create<Drafts>()((set) => ({
  edits: {},
  inputs: {},
  setEdits: (id, next) =>
    set(({ edits }) => {
      const { [id]: _old, ...rest } = edits;
      return { edits: next === null ? rest : { ...rest, [id]: next } };
    }),
  setInput: (id, input) => set(({ inputs }) => ({ inputs: { ...inputs, [id]: input } })),
}));

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
