/** Patterns of schemas, matched on the page's thread as far as that takes no time that is felt; the host matches them all. */
import type { RE2JS } from 're2js';
import type { Matcher } from './check.ts';

type Engine = Pick<typeof RE2JS, 'compile' | 'translateRegExp'>;

/** Patterns, and answers, that are kept. */
const MAX_KEPT = 200;
/** Characters of a pattern; the host takes no longer ones. */
const MAX_PATTERN = 1000;
/** Instructions times characters, which is what RE2 takes time for: about 20 ms for all that is matched before the page gets its turn. */
const MAX_STEPS = 400_000;

/** @returns null for a pattern that the engine does not take */
function compile(engine: Engine, pattern: string): RE2JS | null {
  if (pattern.length > MAX_PATTERN) return null;
  try {
    return engine.compile(engine.translateRegExp(pattern));
  } catch {
    return null;
  }
}

/** Adds to a map that forgets everything when it is full. */
function keep<V>(map: Map<string, V>, key: string, value: V): V {
  if (map.size >= MAX_KEPT) map.clear();
  map.set(key, value);
  return value;
}

/** Makes a matcher; what it does not know because it would take too long, it may know when it is asked again. */
export function patternMatcher(engine: Engine): Matcher {
  const compiled = new Map<string, RE2JS | null>();
  const answers = new Map<string, boolean>();
  let steps = 0;

  /** Whether so many steps are left until the page has had its turn. */
  function spend(more: number): boolean {
    if (steps + more > MAX_STEPS) return false;
    if (steps === 0) {
      setTimeout(() => {
        steps = 0;
      });
    }
    steps += more;
    return true;
  }

  return (pattern, text) => {
    const known = compiled.get(pattern);
    const program = known === undefined ? keep(compiled, pattern, compile(engine, pattern)) : known;
    if (program === null) return null;
    const key = `${pattern}\n${text}`;
    const answer = answers.get(key);
    if (answer !== undefined) return answer;
    if (!spend(Math.max(1, program.programSize() * text.length))) return null;
    return keep(answers, key, program.matcher(text).find());
  };
}
