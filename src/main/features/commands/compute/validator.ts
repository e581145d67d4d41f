/** Validation with JSON Schema (2020-12). Runs in a process that can be ended: both schema and value may be hostile. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { objectsBelow, unsealable } from '../secrets/schema-walk.ts';
import { isPattern, PatternError, patternEngine } from './patterns.ts';
import type { Issue } from './requests.ts';

/** Issues that one answer names. */
const MAX_ISSUES = 100;
const MAX_MESSAGE = 500;
/** Compiled schemas that are kept, and characters of all their texts. */
const MAX_CACHED = 100;
const MAX_CACHED_SIZE = 1024 * 1024;
/** Holds names of members, among which `$async` is one like any other. */
const NAMES = /\/(?:properties|patternProperties|\$defs|definitions|dependentSchemas)$/;

/** A schema with its validator, or with why it has none. */
export type Compiled = { schema: JsonObject } & ({ validate: ValidateFunction } | { problem: string });

const checker = new Ajv2020({ strict: false });

/** Keywords that are no validation. */
function refusedKeyword(schema: JsonObject): string | null {
  for (const [at, pointer] of objectsBelow(schema)) {
    if (at.$async !== undefined && !NAMES.test(pointer)) return `${pointer}/$async is not supported; remove it`;
  }
  return null;
}

function compile(schema: JsonObject): Compiled {
  try {
    const refused = refusedKeyword(schema);
    if (refused !== null) return { schema, problem: refused };
    if (!checker.validateSchema(schema)) {
      return { schema, problem: `schema is invalid: ${checker.errorsText(checker.errors, { dataVar: 'schema' })}` };
    }
    // An instance of its own: Ajv keeps names of inner schemas for ever, and two commands may use the same one. Schemas that are referred to
    // are not copied to each place, so that the code grows with the text.
    const code = { regExp: patternEngine() };
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false, inlineRefs: false, code });
    addFormats.default(ajv);
    // Both say how a form asks for a text.
    ajv.addFormat('password', true);
    ajv.addFormat('file', true);
    ajv.addFormat('regex', isPattern);
    return { schema, validate: ajv.compile(schema) };
  } catch (error) {
    if (error instanceof PatternError) return { schema, problem: error.in(schema) };
    return { schema, problem: error instanceof Error ? error.message : String(error) };
  }
}

const cache = new Map<string, Compiled>();
let cachedSize = 0;

/** The validator of a schema's JSON text. */
export function compiled(text: string): Compiled {
  const known = cache.get(text);
  const found = known ?? compile(JSON.parse(text) as JsonObject);
  if (known) cache.delete(text);
  else cachedSize += text.length;
  cache.set(text, found);
  for (const oldest of cache.keys()) {
    if (cache.size <= MAX_CACHED && cachedSize <= MAX_CACHED_SIZE) break;
    cache.delete(oldest);
    cachedSize -= oldest.length;
  }
  return found;
}

/** Says where a schema would hide a secret, or null. */
export function hiddenSecret(schema: JsonObject): string | null {
  const hidden = unsealable(schema);
  return hidden && `${hidden.pointer} ${hidden.reason}`;
}

/** What a text of a format looks like. */
const FORMATS: Readonly<Record<string, string>> = {
  uri: 'must be a full address, such as https://example.com',
  url: 'must be a full address, such as https://example.com',
  email: 'must be an email address, such as name@example.com',
  date: 'must be a date, such as 2026-11-30',
  time: 'must be a time, such as 07:30:00Z',
  'date-time': 'must be a date and time, such as 2026-11-30T07:30:00Z',
  uuid: 'must be a UUID',
  hostname: 'must be the name of a host, such as example.com',
  ipv4: 'must be an IPv4 address, such as 192.0.2.1',
  ipv6: 'must be an IPv6 address, such as 2001:db8::1',
};

function issueOf(error: ErrorObject): Issue {
  const base = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const missing = error.keyword === 'required' ? [String(error.params.missingProperty)] : [];
  const extra = error.keyword === 'additionalProperties' ? [String(error.params.additionalProperty)] : [];
  const path = [...base, ...missing, ...extra].join('.');
  if (error.keyword === 'required') return { path, message: `${missing[0]} is required` };
  if (error.keyword === 'additionalProperties') return { path, message: 'unknown field' };
  if (error.keyword === 'enum')
    return { path, message: `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}` };
  if (error.keyword === 'format') return { path, message: FORMATS[String(error.params.format)] ?? 'has a wrong form' };
  return { path, message: error.message ?? 'has a wrong value' };
}

/** What is wrong with an input, the first of many; empty when it fits. @returns a text when the schema cannot be applied to it */
export function issuesOf(validate: ValidateFunction, input: JsonObject): Issue[] | string {
  try {
    if (validate(input)) return [];
  } catch (error) {
    if (error instanceof RangeError) return 'a reference in it leads back to itself without end';
    throw error;
  }
  return (validate.errors ?? []).slice(0, MAX_ISSUES).map((error) => {
    const { path, message } = issueOf(error);
    return { path, message: message.slice(0, MAX_MESSAGE) };
  });
}
