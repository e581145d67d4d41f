/** Patterns of schemas, matched by the engine that the host has: in time linear in the text, whatever the pattern. */
import type { RE2JS } from 're2js';
import { useEffect, useState } from 'react';
import type { Matcher } from './model/check.ts';
import type { Field } from './model/field.ts';

type Engine = typeof RE2JS;

let engine: Engine | null = null;
/** Patterns by their text; null for one that the engine does not take. */
const compiled = new Map<string, RE2JS | null>();
/** Patterns that are kept. */
const MAX_KEPT = 200;

/** @returns null for a pattern that the engine does not take */
function compile(of: Engine, pattern: string): RE2JS | null {
  try {
    return of.compile(of.translateRegExp(pattern));
  } catch {
    return null;
  }
}

const matches: Matcher = (pattern, text) => {
  if (engine === null) return null;
  if (!compiled.has(pattern)) {
    if (compiled.size >= MAX_KEPT) compiled.clear();
    compiled.set(pattern, compile(engine, pattern));
  }
  return compiled.get(pattern)?.matcher(text).find() ?? null;
};

const hasPattern = ({ schema, fields, item }: Field): boolean =>
  typeof schema.pattern === 'string' || fields.some(hasPattern) || (item !== null && hasPattern(item));

/** Matches patterns, once the engine is loaded; it is loaded when a field has one. */
export function usePatterns(fields: readonly Field[]): Matcher {
  const [, setLoaded] = useState(false);
  const needed = fields.some(hasPattern);
  useEffect(() => {
    if (!needed || engine !== null) return;
    let isGone = false;
    void import('re2js').then((module) => {
      engine = module.RE2JS;
      if (!isGone) setLoaded(true);
    });
    return () => {
      isGone = true;
    };
  }, [needed]);
  return matches;
}
