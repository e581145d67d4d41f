/** Checks an HTTP answer against what a command expects. */
import { isDeepStrictEqual } from 'node:util';
import type { HttpSpec } from '../../../contract/automation/kinds/http.ts';
import { clip, type TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';

/** The parts of an answer that can be expected. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Text of the body; null when it is too large or not text. */
  text: string | null;
  /** The body as JSON; undefined when it is not. */
  json: Json | undefined;
  durationMs: number;
}

/** Longest value that is shown, characters. */
const MAX_SHOWN = 200;

/** Value at a JSON Pointer (RFC 6901); undefined when there is none. */
export function atPointer(document: Json | undefined, pointer: string): Json | undefined {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((node, part) => {
      if (typeof node !== 'object' || node === null) return undefined;
      if (Array.isArray(node)) return /^(0|[1-9]\d*)$/.test(part) ? node[Number(part)] : undefined;
      return Object.hasOwn(node, part) ? node[part] : undefined;
    }, document);
}

/**
 * Every expectation that an answer does not meet, by its path in the spec. Without a status of its own a command expects one below 400.
 */
export function unmet(expect: HttpSpec['expect'], answer: Answer, redactor: TextRedactor): Record<string, string> {
  const show = (value: unknown) => clip(redactor, JSON.stringify(value) ?? 'nothing', MAX_SHOWN, '…');
  const errors: Record<string, string> = {};
  const { status, headers, body_contains, json, max_duration_ms } = expect;
  const statuses = status === undefined ? null : [status].flat();
  if (statuses === null ? answer.status >= 400 : !statuses.includes(answer.status)) {
    errors['expect.status'] =
      `is ${answer.status}, expected ${statuses === null ? 'less than 400' : statuses.join(' or ')}`;
  }
  for (const [name, wanted] of Object.entries(headers ?? {})) {
    const got = answer.headers.get(name);
    if (got !== wanted) errors[`expect.headers.${name}`] = `is ${show(got)}, expected ${show(wanted)}`;
  }
  if (body_contains !== undefined && !answer.text?.includes(body_contains)) {
    errors['expect.body_contains'] =
      answer.text === null ? 'the body is too large or not text' : `the body does not contain ${show(body_contains)}`;
  }
  for (const [pointer, wanted] of Object.entries(json ?? {})) {
    if (answer.json === undefined) errors[`expect.json.${pointer}`] = 'the body is not JSON';
    else {
      const got = atPointer(answer.json, pointer);
      if (!isDeepStrictEqual(got, wanted))
        errors[`expect.json.${pointer}`] = `is ${show(got)}, expected ${show(wanted)}`;
    }
  }
  if (max_duration_ms !== undefined && answer.durationMs > max_duration_ms) {
    errors['expect.max_duration_ms'] = `took ${answer.durationMs} ms, expected ${max_duration_ms} at most`;
  }
  return errors;
}
