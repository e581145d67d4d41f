/** The check that nothing in executors cuts a text before it is redacted. */
import { expect, it } from 'vitest';
import { runCheck } from '../support/check-run.ts';

// Catches a check that has gone blind: it would let every cut pass.
it('names every line that cuts, and no other', async () => {
  const bad = [
    'export const a = (t: string) => t.slice(0, 9);',
    'export const b = (t: string) => t.slice(-9);',
    'export const c = (t: string) => t.substring(2);',
    'export const d = (t: Buffer) => t.subarray(0, 9);',
    "export const e = (t: string) => t.split('x', 1)[0];",
    'export const f = (t: object) => inspect(t);',
    'export const g = (t: object) => inspect(t, { maxStringLength: 9 });',
  ];
  const good = ["export const h = (t: string) => t.split('x');", 'export const i = (t: object) => inspect(t, WHOLE);'];
  const file = 'src/workers/executor/new.ts';
  const { code, named } = await runCheck('cuts.mjs', file, [...bad, ...good]);
  expect(named).toEqual(bad.map((line, index) => `${file}:${index + 1}: ${line}`));
  expect(code).toBe(1);
});
