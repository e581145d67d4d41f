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

/** One record of the registry in `index.ts`. */
export interface HostKind<K extends CommandKind> {
  /** Null when the spec holds no `{{variables}}`. `isJson` names the parts in which a lone variable keeps its JSON type. */
  readonly templates: { isJson(path: readonly string[]): boolean } | null;
  /** Checks a resolved spec without running anything; `input` is masked. */
  preview(spec: SpecOf<K>, about: { input: JsonObject; hasProfile: boolean }): Preview;
}
