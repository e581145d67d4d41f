/** What the host knows about each kind of command. */
import type { CommandKind, SpecOf } from '../../../../contract/automation/kinds/index.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { analyze } from './analyze.ts';
import { browser } from './browser.ts';
import { http } from './http.ts';
import type { HostKind, Preview } from './kind.ts';
import { llm } from './llm.ts';
import { playwright_test } from './playwright-test.ts';
import { process } from './process.ts';

export type { SpecIssue } from './kind.ts';

/** Every kind by its name. */
export const hostKinds: { readonly [K in CommandKind]: HostKind<K> } = {
  browser,
  playwright_test,
  process,
  http,
  llm,
  analyze,
};

/** {@link HostKind.preview} of the kind. */
export function previewOf<K extends CommandKind>(
  kind: K,
  spec: SpecOf<K>,
  about: { input: JsonObject; hasProfile: boolean },
): Preview {
  return hostKinds[kind].preview(spec, about);
}

/** {@link HostKind.exposed} of the kind. */
export function exposedIn<K extends CommandKind>(kind: K, spec: SpecOf<K>): ReturnType<HostKind<K>['exposed']> {
  return hostKinds[kind].exposed(spec);
}

/** {@link HostKind.files} of the kind. */
export function filesIn<K extends CommandKind>(kind: K, spec: SpecOf<K>): readonly string[] {
  return hostKinds[kind].files(spec);
}
