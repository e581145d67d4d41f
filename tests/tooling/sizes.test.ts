/** The check of sizes: what is too large is named, and what is not is left alone. */
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CHECK = path.join(import.meta.dirname, '../../scripts/lib/check/stats.mjs');

let tree: string;
beforeEach(() => {
  tree = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-sizes-'));
  execFileSync('git', ['init', '--quiet'], { cwd: tree });
});
afterEach(() => fs.rmSync(tree, { recursive: true, force: true }));

const lines = (count: number, line = '// x') => `${line}\n`.repeat(count);
function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
  fs.writeFileSync(path.join(tree, file), text);
}
/** Enough tests for what the tree holds, in files of a good size. */
function writeTests(count: number): void {
  for (let file = 0; file * 100 < count; file++) write(`tests/t${file}.test.ts`, lines(100));
}
async function check(): Promise<{ code: number; named: string[]; output: string }> {
  execFileSync('git', ['add', '-A'], { cwd: tree });
  const [code, output] = await new Promise<[number, string]>((resolve) => {
    execFile(process.execPath, [CHECK], { cwd: tree }, (error, stdout) => resolve([Number(error?.code ?? 0), stdout]));
  });
  const named = output.split('\n').filter((line) => line.startsWith('  '));
  return { code, named: named.map((line) => line.trim().replace(/;.*/, '')), output };
}

// Catches a check that has gone blind: it would let every god file pass.
test('files, functions, folders and a lack of tests beyond the limits are named and fail the check', async () => {
  write('src/long.ts', lines(301));
  write('src/one.ts', `// A comment first.\nexport function big() {\n${lines(79)}}\nexport const small = () => 1;\n`);
  write('src/two.tsx', `export const Big = () => {\n${lines(80)}  return <p />;\n};\n`);
  for (let file = 0; file < 16; file++) write(`src/wide/f${file}.ts`, lines(1));
  write('tests/long.test.ts', lines(301));
  const { code, named } = await check();
  expect(code).toBe(1);
  expect(named).toEqual([
    'src/long.ts: 301 lines',
    'tests/long.test.ts: 301 lines',
    'src/two.tsx:1: a function of 83 lines',
    'src/one.ts:2: a function of 81 lines',
    'src/wide: 16 files',
    expect.stringMatching(/^test:src: 0\.\d+$/),
  ]);
});

test('what is within the limits passes, and its sizes are told', async () => {
  write('src/long.ts', lines(300));
  write('src/one.ts', `export function big() {\n${lines(78)}}\n`);
  for (let file = 0; file < 15; file++) write(`src/wide/f${file}.ts`, lines(1));
  writeTests(300);
  const { code, named, output } = await check();
  expect([code, named]).toEqual([0, []]);
  expect(output).toMatch(/functions +1 +lines: .*longest 80; over 80: 0/);
  expect(output).toMatch(/test:src +0\.76 +300 lines of tests, 395 of src/);
});

// Catches tests beside the code that count as code, so that a well tested folder is too large.
test('tests beside the code are tests', async () => {
  for (let file = 0; file < 15; file++) {
    write(`src/wide/f${file}.ts`, lines(10));
    write(`src/wide/f${file}.test.ts`, lines(10));
  }
  const { code, output } = await check();
  expect(code).toBe(0);
  expect(output).toContain('test:src     1.00');
});
