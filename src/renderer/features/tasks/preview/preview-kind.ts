/** How a file of a task is shown in place. */
import type { Artifact } from '../../../../contract/automation/artifacts.ts';

export type PreviewKind = 'image' | 'drawing' | 'video' | 'table' | 'json' | 'text' | 'page' | 'pdf' | 'archive';

const TYPES: readonly [pattern: RegExp, kind: PreviewKind][] = [
  [/^image\/svg\+xml$/, 'drawing'],
  [/^image\//, 'image'],
  [/^video\//, 'video'],
  [/^text\/(?:csv|tab-separated-values)$/, 'table'],
  [/^application\/(?:[\w.+-]+\+)?json$/, 'json'],
  [/^text\/html$/, 'page'],
  [/^application\/pdf$/, 'pdf'],
  [/^application\/(?:zip|x-zip-compressed)$/, 'archive'],
  [/^text\/|[/+](?:xml|yaml|javascript|x-ndjson|x-sh)$/, 'text'],
];

/** For files whose type says nothing, such as a table that a server sent as plain text. */
const EXTENSIONS: readonly [pattern: RegExp, kind: PreviewKind][] = [
  [/\.(?:csv|tsv)$/i, 'table'],
  [/\.(?:json|har)$/i, 'json'],
  [/\.zip$/i, 'archive'],
  [/\.(?:txt|log|md|ndjson|ya?ml|toml|ini|sql)$/i, 'text'],
];

const GENERAL = /^(?:text\/plain|application\/octet-stream)$/;

/** @returns null for a file that can only be saved */
export function previewKind({ mime, name }: Pick<Artifact, 'mime' | 'name'>): PreviewKind | null {
  const type = mime.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const byName = EXTENSIONS.find(([pattern]) => pattern.test(name))?.[1];
  if (GENERAL.test(type) && byName !== undefined) return byName;
  return TYPES.find(([pattern]) => pattern.test(type))?.[1] ?? null;
}
