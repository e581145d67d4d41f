/** Names of repos and revisions as callers give them. */
import { invalidField } from '../../../../contract/kernel/errors.ts';
import { issueText } from '../../../../contract/kernel/text/issue-text.ts';
import type { HubRepo, Revision } from './listing.ts';

/** @throws AppError `validation-error` that names the field */
export function named(field: string, schema: typeof HubRepo | typeof Revision, value: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidField(field, parsed.error.issues.map(issueText)[0] ?? 'Has a wrong value');
}
