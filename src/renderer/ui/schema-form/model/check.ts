/**
 * What is wrong with a value, in plain words, as far as a form can say at once. The host checks the whole schema again; what only it
 * knows comes with its answer.
 */

import { isJsonObject, sameJson } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { plural } from '../../../lib/format.ts';
import { below, type Field } from './field.ts';
import { isEmptied } from './values.ts';

/** Whether a text has a match of a pattern; null when that is not known here. */
export type Matcher = (pattern: string, text: string) => boolean | null;

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** Formats that can be told without doubt. */
const FORMATS: Readonly<Record<string, { isValid(text: string): boolean; words: string }>> = {
  date: { isValid: isDate, words: 'Must be a date, such as 2026-11-27' },
  'date-time': {
    isValid: (text) => {
      const [date = '', time = ''] = text.split(/[T ]/i);
      return isDate(date) && isTime(time);
    },
    words: 'Must be a date and time with a time zone, such as 2026-11-27T09:30:00Z',
  },
  time: { isValid: isTime, words: 'Must be a time with a time zone, such as 09:30:00Z' },
  uri: {
    isValid: (text) => /^[a-z][a-z\d+.-]*:\S+$/i.test(text),
    words: 'Must be a full address, such as https://example.com',
  },
  email: { isValid: (text) => /^[^\s@]+@[^\s@]+$/.test(text), words: 'Must be an email address' },
};

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) return false;
  // The day before the first of the next month is the last one of this month.
  const last = new Date(Date.UTC(2000, Number(month), 0));
  last.setUTCFullYear(Number(year), Number(month), 0);
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= last.getUTCDate();
}

function isTime(text: string): boolean {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|[+-]\d\d(?::?\d\d)?)$/i.exec(text);
  return match !== null && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3]) <= 60;
}

function textProblem(
  text: string,
  { minLength, maxLength, pattern, format }: JsonObject,
  matches: Matcher,
): string | null {
  const length = [...text].length;
  const [min, max] = [number(minLength), number(maxLength)];
  if (min !== null && length < min) return `Must have at least ${plural(min, 'character')}`;
  if (max !== null && length > max) return `Must have at most ${plural(max, 'character')}`;
  const known = typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (known !== undefined && !known.isValid(text)) return known.words;
  if (typeof pattern === 'string' && matches(pattern, text) === false) return `Must match the pattern ${pattern}`;
  return null;
}

function numberProblem(value: Json, isWhole: boolean, schema: JsonObject): string | null {
  if (typeof value !== 'number') {
    const isTooLarge = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value);
    return isTooLarge
      ? 'Has more digits than a number can hold'
      : isWhole
        ? 'Must be a whole number'
        : 'Must be a number';
  }
  if (isWhole && !Number.isInteger(value)) return 'Must be a whole number';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === 'number' && value < minimum) return `Must be at least ${minimum}`;
  if (typeof maximum === 'number' && value > maximum) return `Must be at most ${maximum}`;
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum)
    return `Must be greater than ${exclusiveMinimum}`;
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return `Must be less than ${exclusiveMaximum}`;
  // Other steps cannot be told exactly in binary numbers; the host says.
  const isOff =
    typeof multipleOf === 'number' && Number.isInteger(multipleOf) && multipleOf > 0 && value % multipleOf !== 0;
  return isOff ? `Must be a multiple of ${multipleOf}` : null;
}

function listProblem(items: readonly Json[], { minItems, maxItems, uniqueItems }: JsonObject): string | null {
  const [min, max] = [number(minItems), number(maxItems)];
  if (min !== null && items.length < min) return `Must have at least ${plural(min, 'item')}`;
  if (max !== null && items.length > max) return `Must have at most ${plural(max, 'item')}`;
  const isRepeated = uniqueItems === true && new Set(items.map((item) => JSON.stringify(item))).size < items.length;
  return isRepeated ? 'Lists the same item twice' : null;
}

/** What is wrong with the value of one field itself, not with what is in it; null when nothing is. */
export function problemOf(field: Field, value: Json | undefined, matches: Matcher): string | null {
  const { kind, schema, required, nullable, title, choices, item } = field;
  if (value === undefined || isEmptied(field, value)) {
    // An empty value of a nullable field is sent as null.
    return required && !(nullable && value === '') ? `${title || 'A value'} is required` : null;
  }
  if (value === null && nullable) return null;
  switch (kind) {
    case 'text':
    case 'long':
    case 'secret':
    case 'file':
    case 'date':
    case 'date-time':
    case 'time':
      return typeof value === 'string' ? textProblem(value, schema, matches) : 'Must be a text';
    case 'number':
    case 'integer':
      return numberProblem(value, kind === 'integer', schema);
    case 'choice':
      return choices.some((choice) => sameJson(choice.value, value)) ? null : 'Must be one of the listed values';
    case 'choices':
    case 'tags': {
      if (!Array.isArray(value)) return 'Must be a list';
      const [wrong] = item === null ? [] : value.flatMap((each) => problemOf(item, each, matches) ?? []);
      return listProblem(value, schema) ?? (wrong === undefined ? null : `Each item: ${wrong.toLowerCase()}`);
    }
    case 'rows':
      return Array.isArray(value) ? listProblem(value, schema) : 'Must be a list';
    case 'group':
    case 'boolean':
    case 'json':
      return null;
  }
}

/** What is wrong with the fields and with everything in them, by path below `at`. */
export function problemsOf(
  fields: readonly Field[],
  value: JsonObject,
  at: string,
  matches: Matcher,
): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (field: Field, each: Json | undefined, path: string) => {
    const problem = problemOf(field, each, matches);
    if (problem !== null) found[path] = problem;
    const { item } = field;
    if (field.kind === 'group' && isJsonObject(each))
      for (const member of field.fields) visit(member, each[member.name], below(path, member.name));
    if (field.kind === 'rows' && item !== null && Array.isArray(each))
      for (const [index, row] of each.entries()) visit(item, row, below(path, index));
  };
  for (const field of fields) visit(field, value[field.name], below(at, field.name));
  return found;
}

/** The limits of a field in words, such as "1 to 100"; null when there are none to tell. */
export function limitsOf({ kind, schema }: Field): string | null {
  const range = (min: number | null, max: number | null, unit: string): string | null => {
    const text =
      min !== null && max !== null ? `${min} to ${max}` : min !== null ? `At least ${min}` : `At most ${max}`;
    return min === null && max === null ? null : `${text}${unit}`;
  };
  switch (kind) {
    case 'number':
    case 'integer':
      return range(number(schema.minimum), number(schema.maximum), '');
    case 'text':
      return range(number(schema.minLength), number(schema.maxLength), ' characters');
    case 'tags':
    case 'choices':
    case 'rows':
      return range(number(schema.minItems), number(schema.maxItems), ' items');
    default:
      return null;
  }
}
