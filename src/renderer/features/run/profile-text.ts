import type { CommandKind } from '../../../contract/automation/kinds/index.ts';
import { commandKinds } from '../../../contract/automation/kinds/index.ts';

/** What the picker of a profile says while none is chosen. */
export function noProfileText(kind: CommandKind | undefined, needed: boolean): string {
  if (needed) return 'Choose a profile';
  return kind !== undefined && commandKinds[kind].needsBrowser ? 'None (temporary profile)' : 'None';
}
