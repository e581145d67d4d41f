/** What changed between two versions, in the words of the form. */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { words } from '../../../lib/format.ts';
import { asText, differencesOf } from '../composer/conflict/differences.ts';

/** Titles of members that every command has, by path. */
const TITLES: Readonly<Record<string, string>> = {
  input_schema: 'Input schema',
  defaults: 'Default input',
  'uses.profile': 'Requires a profile',
  timeout_seconds: 'Timeout (s)',
  'retry.max': 'Retries',
  'retry.backoff_seconds': 'Backoff (s)',
  'retry.factor': 'Backoff factor',
};

/** Members whose members are changes of their own. */
const APART: readonly string[] = ['spec', 'uses', 'retry'];

/** Longer texts are compared line by line. */
const SHORT = 60;

/** One changed field. */
export interface VersionChange {
  /** Of the member, `spec.script`. */
  path: string;
  title: string;
  /** Before and after. */
  from: string;
  to: string;
  /** Too long for a sentence, or of several lines. */
  isText: boolean;
  /** What the text is. */
  isJson: boolean;
}

/** A value as it stands in a sentence. */
function spoken(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return `“${value}”`;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(spoken).join(', ');
  return typeof value === 'object' ? (Object.keys(value).length === 0 ? 'none' : JSON.stringify(value)) : String(value);
}

function changeOf(path: string, title: string, from: Json | undefined, to: Json | undefined): VersionChange {
  const sentence = { from: spoken(from), to: spoken(to) };
  const isText = [sentence.from, sentence.to].some((value) => value.length > SHORT || value.includes('\n'));
  const isJson = [from, to].some((value) => isJsonObject(value) || Array.isArray(value));
  const base = { path, title, isText, isJson };
  return isText ? { ...base, from: asText(from), to: asText(to) } : { ...base, ...sentence };
}

/**
 * The changed fields.
 * @param diff as the host has it: members with their old and new value
 * @param titles of the members of the spec
 */
export function changesOf(
  diff: readonly { path: string; from: Json; to: Json }[],
  titles: Readonly<Record<string, string>>,
): VersionChange[] {
  return diff.flatMap(({ path, from, to }) => {
    if (!APART.includes(path)) return [changeOf(path, TITLES[path] ?? words(path), from, to)];
    const parts = differencesOf([path], {}, { [path]: from } as JsonObject, { [path]: to } as JsonObject);
    return parts.map(({ path: [member, below], mine, theirs }) => {
      const full = below === undefined ? member : `${member}.${below}`;
      const title = (member === 'spec' && below !== undefined ? titles[below] : TITLES[full]) ?? words(below ?? member);
      return changeOf(full, title, mine, theirs);
    });
  });
}

/** A version in one line. Only the first one is made; a later one without a difference was saved as it was. */
export function summaryOf(
  version: number,
  changes: readonly Pick<VersionChange, 'title'>[],
  restored: number | null = null,
): string {
  const titles = changes.map(({ title }) => title).join(', ');
  if (restored !== null) return `Restored from version ${restored}${titles === '' ? '' : `: ${titles}`}`;
  return titles !== '' ? titles : version === 1 ? 'Created' : 'No visible changes';
}
