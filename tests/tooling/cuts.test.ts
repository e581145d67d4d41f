/** The check that nothing in executors cuts a text before it is redacted. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const CHECK = join(import.meta.dirname, '../../scripts/lib/check/cuts.mjs');

// Catches a check that has gone blind: it would let every cut pass.
it('names every line that cuts, and no other', async () => {
  const tree = await mkdtemp(join(tmpdir(), 'tabagent-cuts-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(tree, { recursive: true, force: true }) };
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
  const folder = join(tree, 'src/workers/executor');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'new.ts'), `${[...bad, ...good].join('\n')}\n`);
  execFileSync('git', ['init', '--quiet'], { cwd: tree });
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [CHECK], { cwd: tree }, (error, stdout) =>
      resolve({ code: error?.code, output: stdout }),
    );
  });
  const named = output.split('\n').filter((line) => line.startsWith('src/workers/executor/new.ts:'));
  expect(named).toEqual(bad.map((line, index) => `src/workers/executor/new.ts:${index + 1}: ${line}`));
  expect(code).toBe(1);
});
