/** What the host knows about one kind of command. */
import type { CommandKind, SpecOf } from '../../../../contract/automation/kinds/index.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';

/** One finding about a spec; `path` starts with `spec`. */
export interface SpecIssue {
  path: string;
  message: string;
}

/** What a dry run says beyond the schema and the variables. */
export interface Preview {
  errors: SpecIssue[];
  warnings: string[];
  /** Members to show beside those of the resolved spec. */
  shown: JsonObject;
}

/** A part of a spec that others on the machine can see while it runs. */
export interface ExposedPart {
  /** Starts with `spec`. */
  path: string;
  text: string;
}

/** One record of the registry in `index.ts`. */
export interface HostKind<K extends CommandKind> {
  /** Null when the spec holds no `{{variables}}`. `isJson` names the parts in which a lone variable keeps its JSON type. */
  readonly templates: { isJson(path: readonly string[]): boolean } | null;
  /** What may hold no secret unless the spec allows it, and whether it does. */
  exposed(spec: SpecOf<K>): { parts: readonly ExposedPart[]; allowed: boolean };
  /** Names of the private files that an attempt gets. */
  files(spec: SpecOf<K>): readonly string[];
  /** Checks a resolved spec without running anything, in a process that can be ended; `input` is masked. */
  preview(spec: SpecOf<K>, about: { input: JsonObject; hasProfile: boolean }): Preview;
}
