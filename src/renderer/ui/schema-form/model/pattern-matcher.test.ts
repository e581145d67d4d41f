import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { patternMatcher } from './pattern-matcher.ts';

/** A pattern that the host took in earlier versions. */
const LARGE = `^${'(?:a?){1000}'.repeat(18)}[bc]$`;

test('patterns are matched by the engine of the host', () => {
  const matches = patternMatcher(RE2JS);
  expect(matches('^a+$', 'aa')).toBe(true);
  expect(matches('^a+$', 'ab')).toBe(false);
  expect(matches('^[a-z]{1,1000}$', 'a'.repeat(150))).toBe(true);
  expect(matches('(a)\\1', 'aa')).toBeNull();
  expect(matches('a'.repeat(1001), 'a')).toBeNull();
});

// Would catch: a command that blocks the page for seconds at each key, by a long text, or by many fields.
test('what would take long to match is left to the host', () => {
  const matches = patternMatcher(RE2JS);
  // Compiled once, which takes a moment.
  expect(matches(LARGE, '')).toBe(false);
  const begun = performance.now();
  expect(matches(LARGE, 'a'.repeat(40_000))).toBeNull();
  const answers = Array.from({ length: 1000 }, (_, n) => matches('^[a-z]{1,1000}$', `${'a'.repeat(150)}${n}`));
  expect(performance.now() - begun).toBeLessThan(500);
  expect(answers[0]).toBe(false);
  expect(answers.at(-1)).toBeNull();
});

// Would catch: fields whose faults are never told, because those before them use up the time.
test('what was not matched is matched when the page has had its turn', async () => {
  const matches = patternMatcher(RE2JS);
  const texts = Array.from({ length: 5 }, (_, n) => `${'a'.repeat(50)}${n}`);
  const all = () => texts.map((text) => matches('^[a-z]{1,1000}$', text));
  expect(all()).toContain(null);
  await new Promise((resolve) => setTimeout(resolve));
  all();
  await new Promise((resolve) => setTimeout(resolve));
  expect(new Set(all())).toEqual(new Set([false]));
});
