/** The check that nothing parses what others wrote without bounds. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const CHECK = join(import.meta.dirname, '../../scripts/lib/check/parses.mjs');

// Catches a check that has gone blind: it would let every parser pass.
it('names every line that parses without bounds, and no other', async () => {
  const tree = await mkdtemp(join(tmpdir(), 'tabagent-parses-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(tree, { recursive: true, force: true }) };
  const bad = [
    'export const a = (t: string) => JSON.parse(t);',
    'export const b = (all: string[]) => all.map(JSON.parse);',
    'export const c = z.array(z.json());',
    'export const d = async (r: Response) => await r.json();',
  ];
  const good = [
    'export const e = (v: unknown) => JSON.parse(JSON.stringify(v));',
    'export const f = (t: string) => parseBounded(t);',
    'export const g = (v: unknown) => redactor.json(v);',
  ];
  const folder = join(tree, 'src/main/features');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'new.ts'), `${[...bad, ...good].join('\n')}\n`);
  execFileSync('git', ['init', '--quiet'], { cwd: tree });
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, [CHECK], { cwd: tree }, (error, stdout) =>
      resolve({ code: error?.code, output: stdout }),
    );
  });
  const named = output.split('\n').filter((line) => line.startsWith('src/main/features/new.ts:'));
  expect(named).toEqual(bad.map((line, index) => `src/main/features/new.ts:${index + 1}: ${line}`));
  expect(code).toBe(1);
});
