/** Patterns of schemas, matched by the engine that the host has: in time linear in the text, whatever the pattern. */
import { useEffect, useState } from 'react';
import type { Matcher } from './model/check.ts';
import type { Field } from './model/field.ts';
import { patternMatcher } from './model/pattern-matcher.ts';

let matcher: Matcher | null = null;

const matches: Matcher = (pattern, text) => matcher?.(pattern, text) ?? null;

const hasPattern = ({ schema, fields, item }: Field): boolean =>
  typeof schema.pattern === 'string' || fields.some(hasPattern) || (item !== null && hasPattern(item));

/** Matches patterns, once the engine is loaded; it is loaded when a field has one. */
export function usePatterns(fields: readonly Field[]): Matcher {
  const [, setLoaded] = useState(false);
  const needed = fields.some(hasPattern);
  useEffect(() => {
    if (!needed || matcher !== null) return;
    let isGone = false;
    void import('re2js').then((module) => {
      matcher ??= patternMatcher(module.RE2JS);
      if (!isGone) setLoaded(true);
    });
    return () => {
      isGone = true;
    };
  }, [needed]);
  return matches;
}
