/** Constants, numbers and strings of a schema as rules. */
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { type Grammar, literal } from './gbnf.ts';
import { keywordsOf } from './merge.ts';
import { integersIn, numbersIn, type Range } from './numbers.ts';
import { PatternRefused, patternCharacters } from './pattern.ts';
import { inside, type Place, refuse } from './place.ts';
import { isOf, KEYWORDS, typesOf } from './types.ts';

const MAX_REPEAT = 1000;

const FORMATS: Readonly<Record<string, string>> = {
  date: '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
  time: '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? "Z"',
  uuid: '[0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12}',
};

/** One of the values of `enum` or `const` that the type allows. */
export function constantOf(grammar: Grammar, values: readonly Json[], schema: JsonObject, place: Place): string {
  const other = keywordsOf(schema).find((keyword) => !['type', 'enum', 'const'].includes(keyword));
  if (other !== undefined) refuse(inside(place, other), 'beside enum or const it is not checked');
  const types = schema.type === undefined ? null : typesOf(schema, place);
  const allowed = values.filter((value) => types === null || types.some((type) => isOf(type, value)));
  if (allowed.length === 0) refuse(inside(place, 'enum'), 'no value fits it');
  return grammar.add('enum', allowed.map((value) => literal(JSON.stringify(value))).join(' | '));
}

export function numberOf(grammar: Grammar, type: 'integer' | 'number', schema: JsonObject, place: Place): string {
  const range: Range = { low: null, high: null };
  for (const keyword of KEYWORDS.number) {
    const bound = schema[keyword];
    if (bound === undefined) continue;
    const at = inside(place, keyword);
    if (typeof bound !== 'number') return refuse(at, 'it is no number');
    const excludes = keyword.startsWith('exclusive');
    if (type === 'number' && (excludes || !Number.isInteger(bound)))
      refuse(at, 'bounds of "number" have to be whole and included');
    if (Math.abs(bound) > 1e14) refuse(at, 'it is too large');
    const isLow = keyword.endsWith('inimum');
    const nearest = isLow ? Math.ceil(bound) : Math.floor(bound);
    const step = excludes && nearest === bound ? (isLow ? 1 : -1) : 0;
    if (isLow) range.low = Math.max(range.low ?? Number.NEGATIVE_INFINITY, nearest + step);
    else range.high = Math.min(range.high ?? Number.POSITIVE_INFINITY, nearest + step);
  }
  if (range.low === null && range.high === null) return grammar.base(type);
  if (range.low !== null && range.high !== null && range.low > range.high) refuse(place, 'no number fits it');
  return grammar.add(type, type === 'integer' ? integersIn(range) : numbersIn(range));
}

/** The bounds of a repetition. */
export function counts(
  schema: JsonObject,
  least: string,
  most: string,
  place: Place,
): { min: number; max: number | null } {
  const bound = (keyword: string): number | null => {
    const value = schema[keyword];
    if (value === undefined) return null;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_REPEAT)
      return refuse(inside(place, keyword), `it has to be 0 to ${MAX_REPEAT}`);
    return value;
  };
  const [min, max] = [bound(least) ?? 0, bound(most)];
  if (max !== null && max < min) refuse(inside(place, most), `it is less than ${least}`);
  return { min, max };
}

export function stringOf(grammar: Grammar, schema: JsonObject, place: Place): string {
  const { pattern, format } = schema;
  const sized = schema.minLength !== undefined || schema.maxLength !== undefined;
  if ([pattern !== undefined, format !== undefined, sized].filter(Boolean).length > 1)
    refuse(
      inside(place, pattern === undefined ? 'format' : 'pattern'),
      'only one of pattern, format and length can be enforced',
    );
  if (typeof format === 'string') {
    const known = format === 'date-time' ? `${FORMATS.date} "T" ${FORMATS.time}` : FORMATS[format];
    return known === undefined
      ? refuse(inside(place, 'format'), `the format ${JSON.stringify(format)} is not supported`)
      : grammar.add('format', `"\\"" ${known} "\\""`);
  }
  if (pattern !== undefined) {
    try {
      grammar.base('plain');
      return grammar.add('pattern', `"\\"" ${patternCharacters(String(pattern))} "\\""`);
    } catch (error) {
      if (error instanceof PatternRefused) return refuse(inside(place, 'pattern'), error.message);
      throw error;
    }
  }
  if (!sized) return grammar.base('string');
  const { min, max } = counts(schema, 'minLength', 'maxLength', place);
  return grammar.add('string', `"\\"" ${grammar.base('plain')}{${min},${max ?? ''}} "\\""`);
}
