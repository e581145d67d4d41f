/** The check that nothing parses what others wrote without bounds. */
import { expect, it } from 'vitest';
import { runCheck } from '../support/check-run.ts';

// Catches a check that has gone blind: it would let every parser pass.
it('names every line that parses without bounds, and no other', async () => {
  const bad = [
    'export const a = (t: string) => JSON.parse(t);',
    'export const b = (all: string[]) => all.map(JSON.parse);',
    'export const c = z.array(z.json());',
    'export const d = async (r: Response) => await r.json();',
    'const h = createBoundedParser(BOUNDS);',
  ];
  const good = [
    'export const e = (v: unknown) => JSON.parse(JSON.stringify(v));',
    'export const f = (t: string) => parseBounded(t);',
    'export const g = (v: unknown) => redactor.json(v);',
    'export const i = (all: string[]) => all.map(createBoundedParser(BOUNDS));',
  ];
  const file = 'src/main/features/new.ts';
  const { code, named } = await runCheck('parses.mjs', file, [...bad, ...good]);
  expect(named).toEqual(bad.map((line, index) => `${file}:${index + 1}: ${line}`));
  expect(code).toBe(1);
});
